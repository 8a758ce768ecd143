// What the three models of a server have in common: three clients who come at the same time, and a bill for the processor.

import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { joinall, Queue, sleep, spawn } from '../src/index.js';

/** One second of the story, in ms. */
const SECOND = 100;

const start = performance.now();
const now = () => `${((performance.now() - start) / SECOND).toFixed(1)} s`;

/** Says hello, thinks for a second, says goodbye; prints the times before and after each wait for an answer. */
async function visit(client: number, port: number): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  const answers = createInterface({ input: socket })[Symbol.asyncIterator]();
  for (const word of ['hello', 'goodbye']) {
    console.log(`client ${client}: asks ${word} at ${now()}`);
    socket.write(`${word}\n`);
    const { value } = await answers.next();
    console.log(`client ${client}: gets ${value} at ${now()}`);
    await sleep(SECOND);
  }
  socket.end();
  await once(socket, 'close');
}

/**
 * Lets a server serve the three, ends it, and prints what that cost: the clients' share is the same in every model.
 *
 * @param serve gets the connections as they come; it goes on until it is killed
 */
export async function serveThreeClients(
  serve: (connections: Queue<Socket>) => Promise<never>,
): Promise<void> {
  const connections = new Queue<Socket>();
  const listener = createServer((socket) => connections.putNowait(socket)).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address() as AddressInfo;
  const before = process.cpuUsage();
  const server = spawn(serve, connections);
  await joinall([1, 2, 3].map((client) => spawn(visit, client, port)));
  const { user, system } = process.cpuUsage(before);
  await server.kill();
  listener.close();
  console.log(`processor: ${Math.round((user + system) / 1000)} ms in ${now()}`);
}
