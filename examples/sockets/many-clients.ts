// 500 clients at once: when all have come, each says hello three times, and reads each answer before it goes on.
// There is a greenlet at either end, a thousand in one thread; the counters need no lock, for nothing is awaited between
// reading and writing one.

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { Event, joinall, StreamServer, sleep, spawn } from '../../src/index.js';

/** One second of the story, in ms. */
const SECOND = 50;
const CLIENTS = 500;
const GREETINGS = 3;

const everybodyIsHere = new Event();
let connected = 0;
let most = 0;
let received = 0;
let answered = 0;

async function answer(socket: Socket): Promise<void> {
  connected++;
  most = Math.max(most, connected);
  if (connected === CLIENTS) everybodyIsHere.set();
  for await (const greeting of socket) {
    received++;
    socket.write(String(greeting).toUpperCase());
  }
  connected--;
}

async function greet(client: number, port: number): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  const answers = createInterface({ input: socket })[Symbol.asyncIterator]();
  await everybodyIsHere.wait();
  for (let count = 1; count <= GREETINGS; count++) {
    const greeting = `client ${client} says hello ${count}`;
    socket.write(`${greeting}\n`);
    const { value } = await answers.next();
    if (value === greeting.toUpperCase()) answered++;
    if (client % 100 === 0) console.log(value);
    await sleep(2 * SECOND);
  }
  socket.end();
  await once(socket, 'close');
}

const server = new StreamServer('127.0.0.1:0', answer);
await server.start();
const clients = Array.from({ length: CLIENTS }, (_, index) => spawn(greet, index + 1, server.serverPort));
await joinall(clients, { raiseError: true });
await server.stop();
console.log(`${CLIENTS} clients, at most ${most} connected at a time, ${connected} are left`);
console.log(`${received} greetings received, ${answered} answered`);
