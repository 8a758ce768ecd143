// The server in three models, 3: multiplexed. One greenlet sleeps until the system says which connections can be read,
// and reads those: every client is served at once, and the processor rests whenever nobody speaks. Node does this for
// every `for await` over a socket; here it is done by hand.

import type { Socket } from 'node:net';
import { Queue, spawn } from '../../src/index.js';
import { serveThreeClients } from '../three-clients.js';

const readable = new Queue<Socket>();
let looks = 0;
let finds = 0;

async function accept(connections: Queue<Socket>): Promise<never> {
  for (;;) {
    const socket = await connections.get();
    socket.on('readable', () => readable.putNowait(socket));
  }
}

async function serve(connections: Queue<Socket>): Promise<never> {
  spawn(accept, connections);
  for (;;) {
    const socket = await readable.get();
    looks++;
    const data: Buffer | null = socket.read();
    if (data === null) continue;
    finds++;
    socket.write(String(data).toUpperCase());
  }
}

await serveThreeClients(serve);
console.log(`looked ${looks} times, found something ${finds} times`);
