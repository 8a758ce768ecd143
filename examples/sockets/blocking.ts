// The server in three models, 1: blocking. It serves one connection to its end before it takes the next, so every client
// waits for all who came before. Cheap, and slow.

import type { Socket } from 'node:net';
import type { Queue } from '../../src/index.js';
import { serveThreeClients } from '../three-clients.js';

async function serve(connections: Queue<Socket>): Promise<never> {
  for (;;) {
    const socket = await connections.get();
    for await (const data of socket) socket.write(String(data).toUpperCase());
  }
}

await serveThreeClients(serve);
