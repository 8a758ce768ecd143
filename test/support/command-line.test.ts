// Standing in for the tool: a small program given to node with -e, which then does not run bin/fetchall.js.

import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { fetchall, startFetchall } from './command-line.js';

function program(code: string): readonly string[] {
  return ['-e', code];
}

const echo = program(`
  let input = '';
  process.stdin.setEncoding('utf8').on('data', (text) => (input += text)).on('end', () => {
    const event = { arguments: process.argv.slice(2), input, cwd: process.cwd(), x: process.env.X, vitest: process.env.VITEST };
    console.log(JSON.stringify(event));
    console.error('done');
    process.exitCode = 3;
  });
`);

test('arguments, input, folder and environment go in; output and exit code come out', async () => {
  const stdin = Readable.from(['one\n', 'two\n']);
  const result = await fetchall(['-', '--json'], { nodeFlags: echo, stdin, cwd: '/', env: { X: 'y' } });
  expect(result).toMatchObject({ code: 3, signal: null, stderr: 'done\n' });
  expect(result.lines).toEqual([{ arguments: ['-', '--json'], input: 'one\ntwo\n', cwd: '/', x: 'y' }]);
});

test('without input standard input is closed, and output that is no NDJSON is an error', async () => {
  const result = await fetchall([], { nodeFlags: echo });
  expect(result.lines).toHaveLength(1);
  const text = await fetchall([], { nodeFlags: program('console.log("text")') });
  expect(() => text.lines).toThrow();
});

const waiting = program(`
  process.on('SIGINT', () => { console.log('stopped'); process.exit(130); });
  setInterval(() => {}, 1000);
  console.log('ready');
`);

test('a signal is sent once a text has appeared', async () => {
  const signalAfter = { text: /rea.y/, signal: 'SIGINT' } as const;
  const result = await fetchall([], { nodeFlags: waiting, signalAfter });
  expect(result).toMatchObject({ code: 130, stdout: 'ready\nstopped\n' });
});

test('a process that takes too long is killed', async () => {
  await expect(fetchall([], { nodeFlags: waiting, timeout: 300 })).rejects.toThrow('more than 300 ms');
});

test('waiting for a text that never comes ends with the process', async () => {
  const command = startFetchall([], { nodeFlags: program('console.log("bye")') });
  await expect(command.sees('hello')).rejects.toThrow('bye');
  expect((await command.result).code).toBe(0);
});
