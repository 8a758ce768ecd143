// A port of 127.0.0.1 that takes no connection any more: connecting to it neither succeeds nor fails. A thread listens and is
// then held, so that nobody accepts; when its queue is full, Linux answers no SYN.

import { connect, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { onTestFinished } from 'vitest';

const LISTEN = `
const { createServer } = require('node:net');
const { parentPort } = require('node:worker_threads');
const server = createServer();
server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
  parentPort.postMessage(server.address().port);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
});
`;

/** How long a connection on loopback is waited for until it counts as not coming, in ms. */
const PATIENCE = 300;

/** @returns the port; null where this system lets connections wait in another way */
export async function fullBacklog(): Promise<number | null> {
  const worker = new Worker(LISTEN, { eval: true });
  const sockets: Socket[] = [];
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await worker.terminate();
  });
  const port = await new Promise<number>((resolve) => worker.once('message', resolve));
  for (let count = 0; count < 16; count++) {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {});
    sockets.push(socket);
    const came = new Promise<boolean>((resolve) => socket.once('connect', () => resolve(true)));
    if (!(await Promise.race([came, wait(PATIENCE, false)]))) return port;
  }
  return null;
}
