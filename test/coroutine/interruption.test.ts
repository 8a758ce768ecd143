// Each wait of the synchronisation half is ended by a kill, by the Timeout of another, by an abort, and by its own timeout.

import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import {
  AsyncResult,
  Channel,
  Condition,
  Empty,
  Event,
  Full,
  GreenletExit,
  LifoQueue,
  PriorityQueue,
  Queue,
  RLock,
  Semaphore,
  SimpleQueue,
  sendall,
  spawn,
  Timeout,
  type WaitOptions,
  withTimeout,
} from '../../src/coroutine/index.js';
import { useFakeTime } from '../support/fake-time.js';

const time = useFakeTime();

type Wait = (options: WaitOptions) => Promise<unknown>;

/** A lock that another greenlet has. */
function taken(): RLock {
  const lock = new RLock();
  spawn(() => lock.acquire());
  return lock;
}

/** Name, what makes the wait, what it ends with when its own timeout is over: a value, or a class of errors. */
const waits: [string, () => Wait, unknown][] = [
  ['Event.wait', () => bind(new Event(), 'wait'), false],
  ['AsyncResult.get', () => bind(new AsyncResult(), 'get'), Timeout],
  ['AsyncResult.wait', () => bind(new AsyncResult(), 'wait'), undefined],
  ['Semaphore.acquire', () => bind(new Semaphore(0), 'acquire'), false],
  ['Semaphore.wait', () => bind(new Semaphore(0), 'wait'), 0],
  ['Semaphore.hold', () => bind(new Semaphore(0), 'hold'), Timeout],
  ['RLock.acquire', () => bind(taken(), 'acquire'), false],
  ['RLock.hold', () => bind(taken(), 'hold'), Timeout],
  ['Condition.acquire', () => bind(new Condition(taken()), 'acquire'), false],
  ['Condition.wait', () => inside(new Condition()), false],
  ['Queue.get', () => bind(new Queue(), 'get'), Empty],
  ['Queue.peek', () => bind(new Queue(), 'peek'), Empty],
  ['Queue.put', () => putting(new Queue(1, { items: [1] })), Full],
  ['Queue.join', () => bind(new Queue(1, { items: [1] }), 'join'), false],
  ['SimpleQueue.get', () => bind(new SimpleQueue(), 'get'), Empty],
  ['LifoQueue.get', () => bind(new LifoQueue(), 'get'), Empty],
  ['PriorityQueue.get', () => bind(new PriorityQueue(), 'get'), Empty],
  ['Channel.get', () => bind(new Channel(), 'get'), Empty],
  ['Channel.put', () => putting(new Channel()), Full],
  ['sendall', () => sending(new PassThrough({ highWaterMark: 1 })), Timeout],
];

function bind<Name extends string>(object: Record<Name, Wait>, name: Name): Wait {
  return (options) => object[name](options);
}

function putting(queue: { put(item: number, options: WaitOptions): Promise<void> }): Wait {
  return (options) => queue.put(2, options);
}

function sending(stream: PassThrough): Wait {
  stream.write('full');
  return (options) => sendall(stream, 'more', options);
}

function inside(condition: Condition): Wait {
  return (options) => condition.use(() => condition.wait(options));
}

describe.each(waits)('%s', (_, make, expired) => {
  it('is ended by a kill', async () => {
    const wait = make();
    const greenlet = spawn(() => wait({ timeout: 1000 }));
    await time.clock.settle();
    expect(greenlet.ready()).toBe(false);
    await greenlet.kill();
    expect(greenlet.value).toBeInstanceOf(GreenletExit);
  });

  it('is ended by the Timeout of another, which it lets through', async () => {
    const [wait, outer] = [make(), new Timeout(10)];
    const greenlet = spawn(() => withTimeout(outer, () => wait({ timeout: 1000 })));
    await time.clock.advance(9);
    expect(greenlet.ready()).toBe(false);
    await time.clock.advance(1);
    expect(greenlet.exception).toBe(outer);
  });

  it('is ended by its own timeout', async () => {
    const wait = make();
    const greenlet = spawn(() => wait({ timeout: 10 }));
    await time.clock.advance(9);
    expect(greenlet.ready()).toBe(false);
    await time.clock.advance(1);
    if (typeof expired === 'function') expect(greenlet.exception).toBeInstanceOf(expired);
    else expect([greenlet.successful(), greenlet.value]).toEqual([true, expired]);
  });

  it('is ended by an abort, with its reason', async () => {
    const [wait, controller, reason] = [make(), new AbortController(), new Error('away')];
    const greenlet = spawn(() => wait({ signal: controller.signal }));
    await time.clock.settle();
    controller.abort(reason);
    await greenlet.join();
    expect(greenlet.exception).toBe(reason);
  });
});

// What a function of the caller throws is not ours to silence.
describe.each(waits.filter(([name]) => name !== 'Condition.wait'))('%s', (_, make) => {
  it('that nobody awaits ends no process when its greenlet is killed', async () => {
    const wait = make();
    const greenlet = spawn(async () => {
      void wait({});
      await new Event().wait();
    });
    await time.clock.settle();
    await greenlet.kill();
    expect(greenlet.value).toBeInstanceOf(GreenletExit);
  });
});
