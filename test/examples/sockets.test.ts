// examples/sockets: each program as a process of its own. Order and kind of timing are held, never milliseconds.

import { expect, test } from 'vitest';
import { example, startExample } from './example.js';

/** `1 asks hello`, `1 gets HELLO` ... without the times. */
const dealings = (lines: readonly string[]): string[] =>
  lines.flatMap((line) => {
    const [, client, what] = /^client (\d): (.*) at [\d.]+ s$/.exec(line) ?? [];
    return client === undefined ? [] : [`${client} ${what}`];
  });

const processorTime = (lines: readonly string[]): number =>
  Number(/^processor: (\d+) ms/.exec(lines.find((line) => line.startsWith('processor')) ?? '')?.[1]);

test('blocking: a client is served when those before him have left', async () => {
  const lines = await example('sockets/blocking');
  expect(dealings(lines)).toEqual([
    '1 asks hello',
    '2 asks hello',
    '3 asks hello',
    '1 gets HELLO',
    '1 asks goodbye',
    '1 gets GOODBYE',
    '2 gets HELLO',
    '2 asks goodbye',
    '2 gets GOODBYE',
    '3 gets HELLO',
    '3 asks goodbye',
    '3 gets GOODBYE',
  ]);
});

test('non-blocking and multiplexed: all are served at once; polling costs the processor', async () => {
  const polled = await example('sockets/non-blocking');
  const multiplexed = await example('sockets/multiplexed');
  for (const lines of [polled, multiplexed]) {
    const done = dealings(lines);
    expect(done).toHaveLength(12);
    expect(done.slice(0, 6).sort()).toEqual([1, 2, 3].flatMap((n) => [`${n} asks hello`, `${n} gets HELLO`]));
    expect(lines.at(-1)).toMatch(/^looked \d+ times, found something 6 times$/);
  }
  const looks = (lines: readonly string[]) => Number(/\d+/.exec(lines.at(-1) ?? '')?.[0]);
  expect(looks(multiplexed)).toBeLessThan(20);
  expect(looks(polled)).toBeGreaterThan(100);
  expect(processorTime(polled)).toBeGreaterThan(2 * processorTime(multiplexed));
});

test('many-clients: 500 say hello at once', async () => {
  const lines = await example('sockets/many-clients');
  expect(lines.slice(-2)).toEqual([
    '500 clients, at most 500 connected at a time, 0 are left',
    '1500 greetings received, 1500 answered',
  ]);
  const rounds = lines.slice(0, -2).map((line) => line.at(-1));
  expect(rounds.sort()).toEqual([...'111112222233333']);
});

test('echo-server and echo-client: what is typed comes back in upper case', async () => {
  const server = startExample('sockets/echo-server', { args: ['0'] });
  try {
    const { value: greeting } = await server.lines.next();
    const [port = ''] = /\d+$/.exec(greeting) ?? [];
    const [one, two] = [1, 2].map(() => startExample('sockets/echo-client', { args: [port] }));
    for (const [client, typed, answered] of [
      [one, 'hello', '>> HELLO'],
      [two, 'grüße', '>> GRÜSSE'],
      [one, '\nand again', '>> >> AND AGAIN'],
    ] as const) {
      client?.type(typed);
      expect((await client?.lines.next())?.value).toBe(answered);
    }
    one?.type('quit');
    two?.process.stdin?.end();
    expect(await Promise.all([one?.ended, two?.ended])).toEqual([0, 0]);
    server.process.kill('SIGINT');
    expect(await server.ended).toBe(0);
  } finally {
    server.process.kill('SIGKILL');
  }
});
