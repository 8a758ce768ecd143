import { beforeEach, expect, test, vi } from 'vitest';
import type { ActiveTransfer } from '../../src/model/active-transfers.js';
import { Progress } from '../../src/model/progress.js';
import { Bars } from '../../src/report/bars.js';
import { pass, pendingAlarms, useManualClock } from './manual-clock.js';
import { Screen } from './screen.js';

beforeEach(useManualClock);

function transfer(greenlet: number, fields: Partial<ActiveTransfer> = {}): ActiveTransfer {
  return {
    greenlet,
    url: `http://x/${greenlet}`,
    file: `${greenlet}.bin`,
    received: 512,
    expected: 1024,
    cancel() {},
    ...fields,
  };
}

/** Bars that have drawn their first frame. */
async function drawn(screen: Screen, progress: Progress, concurrency = 16): Promise<Bars> {
  const bars = new Bars(screen, progress, concurrency);
  pass(100);
  await vi.waitFor(() => expect(pendingAlarms()).toBe(1));
  return bars;
}

test('a bar for the run and one for every busy slot', async () => {
  const screen = new Screen(100, 24);
  const progress = new Progress();
  Object.assign(progress, { read: 1000, readThrough: true, ended: 420, failed: 3, bytes: 2 ** 20 });
  progress.active.add(transfer(7)).add(transfer(8, { expected: null }));
  const bars = await drawn(screen, progress);
  expect(screen.shown()).toEqual([
    'total         42% [==========--------------]  420 of 1,000  3 failed  1.0 MiB  0 B/s  0.10 s',
    'greenlet-7    50% [============------------]  512 B of 1.0 KiB        7.bin',
    'greenlet-8        [                        ]  512 B                   8.bin',
  ]);
  expect(screen.cursorVisible).toBe(false);
  bars.close();
});

test('percent of the run only when the list has been read through', async () => {
  const screen = new Screen(100, 24);
  const progress = new Progress();
  Object.assign(progress, { read: 1000, ended: 420 });
  const bars = await drawn(screen, progress);
  expect(screen.shown()[0]).not.toContain('%');
  expect(screen.shown()[0]).toContain('420 done, list being read');
  bars.close();
});

test('lines are reused: ten thousand files never take more lines than fit the screen', async () => {
  const screen = new Screen(60, 12);
  const progress = new Progress();
  const bars = await drawn(screen, progress, 64);
  let most = 0;
  for (let round = 0; round < 200; round++) {
    progress.active.clear();
    for (let slot = 0; slot < 50; slot++) progress.active.add(transfer(round * 50 + slot));
    pass(100);
    most = Math.max(most, screen.lines.length);
  }
  expect(most).toBe(10);
  expect(screen.widest).toBeLessThanOrEqual(57);
  bars.close();
  expect(screen.shown()).toEqual(['']);
});

test('a transfer keeps its line while others come and go', async () => {
  const screen = new Screen();
  const progress = new Progress();
  const long = transfer(2);
  progress.active.add(transfer(1)).add(long);
  const bars = await drawn(screen, progress);
  progress.active.clear();
  progress.active.add(transfer(3)).add(long).add(transfer(4));
  pass(100);
  expect(screen.shown().map((line) => line.slice(0, 10))).toEqual([
    'total     ',
    'greenlet-3',
    'greenlet-2',
    'greenlet-4',
  ]);
  bars.close();
});

test('log lines stand above the bars, whole and in order, and many lines cost one frame', async () => {
  const screen = new Screen(80, 10);
  const progress = new Progress();
  for (let slot = 0; slot < 4; slot++) progress.active.add(transfer(slot));
  const bars = await drawn(screen, progress, 4);
  const stdout = bars.shelter(screen.twin());
  const written: string[] = [];
  for (let frame = 0; frame < 20; frame++) {
    const writes = screen.writes;
    for (let line = 0; line < 500; line++) {
      const text = `greenlet-${written.length}  200  http://x/`;
      written.push(text);
      stdout.write(`${text}\n`);
    }
    expect(screen.writes).toBe(writes);
    pass(100);
    expect(screen.writes).toBe(writes + 3);
    expect(screen.lines).toHaveLength(written.length + 5);
  }
  bars.close();
  expect(screen.shown()).toEqual(written);
});

test('a flood of lines does not wait for the frame', async () => {
  const screen = new Screen();
  const bars = await drawn(screen, new Progress());
  const stdout = bars.shelter(screen.twin());
  stdout.write(`${'x'.repeat(70)}\n`.repeat(4000));
  expect(screen.lines.length).toBeGreaterThan(4000);
  bars.close();
});

test('closing gives the cursor back, leaves the log only, and what comes later goes straight through', async () => {
  const screen = new Screen();
  const progress = new Progress();
  progress.active.add(transfer(1));
  const bars = await drawn(screen, progress);
  const stdout = bars.shelter(screen.twin());
  stdout.write('one\n');
  bars.close();
  bars.close();
  stdout.write('two\n');
  expect(screen.cursorVisible).toBe(true);
  expect(screen.shown()).toEqual(['one', 'two']);
  expect(pendingAlarms()).toBe(0);
});

test('a process that ends without closing gives the cursor back too', async () => {
  const screen = new Screen();
  const listeners = process.listenerCount('exit');
  const bars = await drawn(screen, new Progress());
  const listener = process.listeners('exit').at(-1);
  expect(process.listenerCount('exit')).toBe(listeners + 1);
  listener?.call(process, 0);
  expect(screen.cursorVisible).toBe(true);
  expect(process.listenerCount('exit')).toBe(listeners);
  bars.close();
});

test('a run that is over before the first frame draws nothing', async () => {
  const screen = new Screen();
  const bars = new Bars(screen, new Progress(), 4);
  bars.shelter(screen.twin()).write('one\n');
  pass(100);
  bars.close();
  await new Promise((resolve) => setImmediate(resolve));
  expect(screen.text).toBe('one\n');
  expect(pendingAlarms()).toBe(0);
});

test('a smaller window gets fewer bars and shorter lines', async () => {
  const screen = new Screen(100, 24);
  const progress = new Progress();
  for (let slot = 0; slot < 16; slot++) progress.active.add(transfer(slot, { file: '漢字'.repeat(40) }));
  const bars = await drawn(screen, progress);
  expect(screen.lines).toHaveLength(17);
  for (let rows = 18; rows > 1; rows--) {
    screen.rows = rows;
    pass(100);
    expect(screen.lines).toHaveLength(Math.max(1, rows - 2));
  }
  screen.rows = 24;
  pass(100);
  screen.columns = 40;
  pass(200);
  expect(Math.max(...screen.shown().map((line) => line.length))).toBeLessThan(40);
  bars.close();
  expect(screen.cursorVisible).toBe(true);
});

test('a name from the wire cannot move the cursor', async () => {
  const screen = new Screen();
  const progress = new Progress();
  progress.active.add(transfer(1, { file: '\x1b[9A\n\u202e.bin' }));
  const bars = await drawn(screen, progress);
  expect(screen.shown()).toHaveLength(2);
  expect(screen.shown()[1]).toContain('\\x1b[9A\\x0a');
  bars.close();
});

test('a screen that breaks ends the bars, not the run', async () => {
  const screen = new Screen();
  const bars = await drawn(screen, new Progress());
  screen.write = () => {
    throw new Error('EIO');
  };
  expect(() => pass(100)).not.toThrow();
  expect(pendingAlarms()).toBe(0);
  bars.close();
});
