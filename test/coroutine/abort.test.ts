import { getEventListeners } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  Greenlet,
  GreenletExit,
  Group,
  idle,
  iwait,
  joinall,
  killall,
  Pool,
  sleep,
  spawn,
  Timeout,
  useClock,
  useErrorHandler,
  wait,
  withTimeout,
} from '../../src/coroutine/index.js';
import { FakeClock } from '../support/fake-clock.js';

let clock: FakeClock;
let restore: (() => void)[];
const unhandled = vi.fn();

beforeEach(() => {
  unhandled.mockClear();
  clock = new FakeClock();
  restore = [useClock(clock), useErrorHandler(() => {})];
  process.on('unhandledRejection', unhandled);
});

afterEach(async () => {
  await clock.settle();
  process.off('unhandledRejection', unhandled);
  for (const put of restore) put();
  expect(unhandled).not.toHaveBeenCalled();
  expect(clock.timers).toBe(0);
});

/** One that is not killed in 100 ms. */
async function dieHard(): Promise<Greenlet> {
  const greenlet = spawn(() => sleep(1000).catch(() => sleep(100)));
  await clock.settle();
  return greenlet;
}

async function fullPool(): Promise<Pool> {
  const pool = new Pool(1);
  await pool.spawn(() => sleep(100));
  return pool;
}

function sleeper(): Greenlet {
  return spawn(() => sleep(100));
}

type Wait = (signal: AbortSignal) => Promise<unknown>;

/** Each wait, ready to be made: it lasts 100 ms. */
const waits: [string, () => Promise<Wait>][] = [
  ['sleep', async () => (signal) => sleep(100, { signal })],
  ['sleep(0)', async () => (signal) => sleep(0, { signal })],
  ['idle', async () => (signal) => idle({ signal })],
  ['Greenlet.get', async () => (signal) => spawn(() => sleep(100)).get({ signal })],
  ['Greenlet.join', async () => (signal) => spawn(() => sleep(100)).join({ signal, timeout: 200 })],
  ['Greenlet.kill', () => dieHard().then((one) => (signal) => one.kill(undefined, { signal }))],
  ['joinall', async () => (signal) => joinall([spawn(() => sleep(100))], { signal })],
  ['wait', async () => (signal) => wait([spawn(() => sleep(100))], { signal, timeout: 200 })],
  ['iwait', async () => (signal) => iwait([spawn(() => sleep(100))], { signal, timeout: 200 }).next()],
  ['killall', () => dieHard().then((one) => (signal) => killall([one], undefined, { signal, timeout: 200 }))],
  ['withTimeout', async () => (signal) => withTimeout(200, () => sleep(100), { signal })],
  ['Group.join', async () => (signal) => new Group([spawn(() => sleep(100))]).join({ signal })],
  ['Group.kill', () => dieHard().then((one) => (signal) => new Group([one]).kill(undefined, { signal }))],
  [
    'Group.killone',
    () => dieHard().then((one) => (signal) => new Group([one]).killone(one, undefined, { signal })),
  ],
  ['Pool.waitAvailable', () => fullPool().then((pool) => (signal) => pool.waitAvailable({ signal }))],
  [
    'Pool.add',
    () =>
      fullPool().then(
        (pool) => (signal) =>
          pool.add(
            spawn(() => {}),
            { signal },
          ),
      ),
  ],
  ['Pool.start', () => fullPool().then((pool) => (signal) => pool.start(new Greenlet(() => {}), { signal }))],
];

describe.each(waits)('a signal given to %s', (_, prepare) => {
  it('throws its reason into the wait when it aborts', async () => {
    const [wait, controller] = [await prepare(), new AbortController()];
    const waiting = wait(controller.signal);
    await clock.settleMicrotasks();
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(1);
    const reason = new Error('enough');
    controller.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
    await clock.advance(2000);
  });

  it('throws it at once when it has aborted before', async () => {
    const wait = await prepare();
    const reason = new Error('enough');
    await expect(wait(AbortSignal.abort(reason))).rejects.toBe(reason);
    await clock.advance(2000);
  });

  it('keeps no listener when it does not abort, or when the greenlet is killed', async () => {
    const [wait, { signal }] = [await prepare(), new AbortController()];
    await clock.until(wait(signal));
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
    const other = await prepare();
    const killed = spawn(() => other(signal));
    await clock.settleMicrotasks();
    await killed.kill();
    expect(killed.dead).toBe(true);
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
    await clock.advance(2000);
  });
});

/** Here errors may come out that nobody else reports: they are not to be lost where nobody waits for them. */
const OF_THE_USER = ['withTimeout', 'iwait'];

describe.each([
  ...waits.filter(([name]) => !OF_THE_USER.includes(name)),
  ['Pool.spawn', () => fullPool().then((pool) => () => pool.spawn(() => {}))],
  ['a wait within a Timeout', async () => () => sleeper().join({ timeout: Timeout.startNew(200) })],
] as [string, () => Promise<Wait>][])('%s', (_, prepare) => {
  it('is no unhandled rejection when its greenlet is killed before it is awaited', async () => {
    const wait = await prepare();
    const greenlet = spawn(async () => {
      const waiting = wait(new AbortController().signal);
      await sleep(10);
      await waiting;
    });
    await clock.settleMicrotasks();
    await clock.until(greenlet.kill());
    expect(greenlet.value).toBeInstanceOf(GreenletExit);
    await clock.advance(2000);
  });
});

it('a signal ends nothing that does not have to wait', async () => {
  const signal = AbortSignal.abort(new Error('enough'));
  const greenlet = spawn(() => 'done');
  await greenlet.join();
  await expect(greenlet.get({ signal })).resolves.toBe('done');
  await expect(new Group().join({ signal })).resolves.toBe(true);
  await expect(joinall([greenlet], { signal })).resolves.toEqual([greenlet]);
});

it('a signal ends withTimeout where its function awaits what is foreign, and before it began', async () => {
  const controller = new AbortController();
  const waiting = withTimeout(null, () => new Promise(() => {}), { signal: controller.signal });
  const reason = new Error('enough');
  controller.abort(reason);
  await expect(waiting).rejects.toBe(reason);
  const ran = vi.fn();
  await expect(withTimeout(null, ran, { signal: controller.signal, timeoutValue: 1 })).rejects.toBe(reason);
  expect(ran).not.toHaveBeenCalled();
});
