// A concurrent echo server: every connection gets a greenlet of its own, which answers in upper case until its client
// leaves. Ctrl-C ends it: whoever is still connected after a second is cut off. Talk to it with echo-client.
//
//     npm run example sockets/echo-server [PORT]

import type { Socket } from 'node:net';
import { getcurrent, StreamServer } from '../../src/index.js';

const [port = '7007'] = process.argv.slice(2);

async function echo(socket: Socket): Promise<void> {
  const name = getcurrent()?.name;
  console.log(`${name}: a client has come`);
  // An encoding, so that a character in two halves is put together before it is changed.
  for await (const text of socket.setEncoding('utf8')) socket.write(String(text).toUpperCase());
  console.log(`${name}: the client has left`);
}

const server = new StreamServer(`127.0.0.1:${port}`, echo, { spawn: 1000 });
await server.start();
console.log(`listening on port ${server.serverPort}`);
process.once('SIGINT', () => void server.stop());
await server.serveForever();
console.log('stopped');
