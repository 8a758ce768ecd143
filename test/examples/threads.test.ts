// examples/threads: each program as a process of its own. Order and kind of timing are held, never milliseconds.

import { availableParallelism } from 'node:os';
import { expect, test } from 'vitest';
import { example } from './example.js';

/** The numbers of a line, in their order. */
const numbers = (line = ''): number[] => (line.match(/\d+(?:\.\d+)?/g) ?? []).map(Number);

/** The lines of one speaker, without his name. */
const spokenBy = (name: string, lines: readonly string[]): string[] =>
  lines.filter((line) => line.startsWith(`${name}: `)).map((line) => line.slice(name.length + 2));

test('function-style: ten greetings go on side by side', async () => {
  const lines = await example('threads/function-style');
  const kinds = lines.map((line) => line.split(' ', 1)[0]);
  expect(kinds).toEqual([
    'all',
    ...Array.from({ length: 10 }, () => 'hello'),
    ...Array.from({ length: 10 }, () => 'goodbye'),
    'results:',
    'one',
  ]);
  expect(lines.at(-2)).toMatch(/^results: ADA ALAN .* NIKLAUS$/);
  const [oneByOne, sideBySide] = numbers(lines.at(-1));
  expect(oneByOne).toBe(20);
  expect(sideBySide).toBeGreaterThanOrEqual(2);
  expect(sideBySide).toBeLessThan(20);
});

test('class-style: a greenlet that can be asked while it works', async () => {
  expect(await example('threads/class-style')).toEqual([
    'rocket: started false, 10 left',
    'rocket: started true, fewer left',
    'rocket has landed',
    'rocket: ready true, 0 left',
  ]);
});

test('thread-and-process: what is shared, and what it costs', async () => {
  const lines = await example('threads/thread-and-process');
  const [main, greenlet, thread, process] = lines.map((line) => {
    const [pid, threadId, counter, cost] = numbers(line);
    return { pid, threadId, counter, cost: cost ?? Number.NaN };
  });
  expect(lines.map((line) => line.split(':', 1)[0])).toEqual(['main', 'greenlet', 'thread', 'process']);
  expect(greenlet).toMatchObject({ pid: main?.pid, threadId: 0, counter: 1 });
  expect(thread).toMatchObject({ pid: main?.pid, counter: 0 });
  expect(thread?.threadId).not.toBe(0);
  expect(process).toMatchObject({ threadId: 0, counter: 0 });
  expect(process?.pid).not.toBe(main?.pid);
  expect(greenlet?.cost).toBeLessThan(thread?.cost ?? 0);
  expect(greenlet?.cost).toBeLessThan(process?.cost ?? 0);
});

test('join: waits, waits no longer than it wants, and ends what works in the background', async () => {
  const lines = await example('threads/join');
  expect(lines.filter((line) => line !== '  beat')).toEqual([
    'small file: begins',
    'large file: begins',
    'small file: done',
    'main: waited 3 seconds, small ready true, large ready false',
    'large file: done',
    'main: large ready true, heart ready false',
    '  the heart was told to stop, and can clean up',
    'main: heart ready true; this is the last line',
  ]);
  expect(lines.filter((line) => line === '  beat').length).toBeGreaterThan(1);
});

test('live: current, list and count', async () => {
  expect(await example('threads/live')).toEqual([
    'main: I am no greenlet; 3 live: short, middle, long',
    'short: I am number 0 of 3',
    'middle: I am number 1 of 3',
    'long: I am number 2 of 3',
    'short: still the same after a wait? true',
    'after 2 seconds 2 live: middle, long',
    'middle: still the same after a wait? true',
    'after 4 seconds 1 live: long',
    'long: still the same after a wait? true',
    'after 6 seconds 0 live: nobody',
  ]);
});

test('lock: updates are lost without it', async () => {
  expect(await example('threads/lock')).toEqual([
    'without a lock: 100 buyers, 99 tickets left',
    'with a lock: 100 buyers, 0 tickets left',
    'in one step: 100 buyers, 0 tickets left',
  ]);
});

test('deadlock: only a timeout ends it; one re-entrant lock for both avoids it', async () => {
  expect(await example('threads/deadlock')).toEqual([
    'two locks',
    'ada has taken one',
    'grace has taken one',
    'deadlock: after 5 seconds nobody has eaten',
    'one re-entrant lock',
    'ada has taken one',
    'ada has taken both, and eats',
    'grace has taken one',
    'grace has taken both, and eats',
  ]);
});

test('semaphore: five at a time, in the order in which they came', async () => {
  const lines = await example('threads/semaphore');
  const guests = lines.slice(0, -1).map(numbers);
  expect(guests.map(([guest]) => guest)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
  expect(guests.slice(0, 5).map(([, inside]) => inside)).toEqual([1, 2, 3, 4, 5]);
  expect(lines.at(-1)).toBe('20 guests, never more than 5 inside, 5 seats free at the end');
});

test('event: the workers wait for the database, or ask again and again', async () => {
  const lines = await example('threads/event');
  const ready = lines.indexOf('database: ready');
  for (const name of ['waiting one', 'waiting two']) {
    expect(spokenBy(name, lines)).toEqual(['waits', 'connected']);
    expect(lines.indexOf(`${name}: connected`)).toBeGreaterThan(ready);
  }
  const patient = spokenBy('patient', lines);
  expect(patient.length).toBeGreaterThan(4);
  expect(patient).toEqual([...patient.slice(0, -1).map((_, index) => `try ${index + 1}`), 'connected']);
  expect(spokenBy('impatient', lines)).toEqual(['try 1', 'try 2', 'try 3', 'gave up after 3 tries']);
  expect(lines.indexOf('impatient: gave up after 3 tries')).toBeLessThan(ready);
});

test('condition: as many go through as are let through', async () => {
  const through = (...visitors: number[]) => visitors.map((visitor) => `visitor ${visitor} goes through`);
  expect(await example('threads/condition')).toEqual([
    'the gate opens for 1',
    ...through(1),
    'the gate opens for 3',
    ...through(2, 3, 4),
    'the gate opens for 2',
    ...through(5, 6),
    'the gate opens for all',
    ...through(7, 8, 9, 10),
    'nobody is left',
  ]);
});

test('timer: fires once, not when cancelled; one starts the next until it is stopped', async () => {
  const lines = await example('threads/timer');
  expect(lines.slice(0, 3)).toEqual(['two timers run', 'hello ada', 'one has fired, the other is cancelled']);
  const codes = lines.slice(3, -1);
  expect(codes.length).toBeGreaterThan(1);
  expect(codes).toEqual(codes.map((_, index) => `the code is now ${index + 1}`));
  expect(lines.at(-1)).toBe('the code is no longer replaced');
});

test('queues: three orders, and both ends of a wait', async () => {
  expect(await example('threads/queues')).toEqual([
    'put:                 pear apple cherry',
    'first in, first out: pear apple cherry',
    'last in, first out:  cherry apple pear',
    'the lowest first:    apple cherry pear',
    'to do: 1 put out the fire',
    'to do: 2 eat',
    'to do: 10 tidy up',
    'Full: the queue is full',
    'a second later there is room',
    'Empty: the queue stayed empty',
  ]);
});

test('tickets: 300 customers, 3 clerks', async () => {
  const lines = await example('threads/tickets');
  expect(lines.slice(0, 6).map((line) => numbers(line)[1])).toEqual([50, 100, 150, 200, 250, 300]);
  expect(lines[6]).toBe('300 customers have their ticket, the queue never held more than 30');
  const sold = numbers(lines[7]);
  expect(sold).toHaveLength(3);
  expect(sold.reduce((sum, each) => sum + each)).toBe(300);
  expect(Math.min(...sold)).toBeGreaterThan(0);
});

test('pipeline: every sentence goes through the stages in turn, and they overlap', async () => {
  const lines = await example('threads/pipeline');
  const sentences = ['GREENLETS ARE CHEAP!', 'QUEUES JOIN THEM!', 'NOBODY BLOCKS THE OTHERS!'];
  for (const sentence of sentences) {
    const stages = ['talk', 'format', 'save'];
    const spoken = sentence.toLowerCase().slice(0, -1);
    const places = stages.map((stage) => lines.indexOf(`${stage}: ${stage === 'talk' ? spoken : sentence}`));
    expect(places).not.toContain(-1);
    expect(places).toEqual([...places].sort((a, b) => a - b));
  }
  expect(lines.indexOf('talk: queues join them')).toBeLessThan(lines.indexOf('save: GREENLETS ARE CHEAP!'));
  expect(lines.slice(-4)).toEqual(['the file holds:', ...sentences]);
});

test('cpu-and-io: greenlets wait together, and compute one after the other', async () => {
  const lines = await example('threads/cpu-and-io');
  expect(numbers(lines[0])).toEqual([availableParallelism(), 100]);
  const [waits, greenlets, threads] = lines.slice(2);
  expect(waits).toMatch(/^4 waits in greenlets: \d+ ms, the heart beats on$/);
  expect(numbers(waits)[1]).toBeLessThan(400);
  expect(greenlets).toMatch(/^4 computations in greenlets: \d+ ms, the heart stands still$/);
  expect(threads).toMatch(/^4 computations in worker threads: \d+ ms, the heart beats on$/);
});
