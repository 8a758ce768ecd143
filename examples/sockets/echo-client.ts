// The interactive client of echo-server: what you type goes to the server, what it answers is printed. An empty line says
// nothing, so there is nothing to wait for; `quit` or the end of input ends it.
//
//     npm run example sockets/echo-client [PORT [HOST]]

import { once } from 'node:events';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';

const [port = '7007', host = '127.0.0.1'] = process.argv.slice(2);
const socket = connect(Number(port), host);
await once(socket, 'connect');

const answers = createInterface({ input: socket })[Symbol.asyncIterator]();
const keyboard = createInterface({ input: process.stdin, output: process.stdout, prompt: '>> ' });
keyboard.prompt();
for await (const line of keyboard) {
  if (line === 'quit') break;
  if (line !== '') {
    socket.write(`${line}\n`);
    const answer = await answers.next();
    if (answer.done) throw new Error('the server has hung up');
    console.log(answer.value);
  }
  keyboard.prompt();
}
keyboard.close();
socket.end();
