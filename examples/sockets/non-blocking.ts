// The server in three models, 2: non-blocking. It waits for nothing, but asks again and again: is there a connection? has
// this one sent something? and this? Every client is served at once, and the processor never rests.

import type { Socket } from 'node:net';
import { Empty, type Queue, sleep } from '../../src/index.js';
import { serveThreeClients } from '../three-clients.js';

let looks = 0;
let finds = 0;

/** A connection if there is one now: Empty is this kernel's "that would have blocked". */
function accept(connections: Queue<Socket>): Socket | null {
  try {
    return connections.getNowait();
  } catch (error) {
    if (error instanceof Empty) return null;
    throw error;
  }
}

async function serve(connections: Queue<Socket>): Promise<never> {
  const open = new Set<Socket>();
  for (;;) {
    const socket = accept(connections);
    if (socket !== null) open.add(socket);
    for (const socket of open) {
      looks++;
      const data: Buffer | null = socket.read();
      if (data !== null) {
        finds++;
        socket.write(String(data).toUpperCase());
      }
      if (socket.readableEnded) open.delete(socket);
    }
    await sleep(0);
  }
}

await serveThreeClients(serve);
console.log(`looked ${looks} times, found something ${finds} times`);
