import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  Greenlet,
  GreenletExit,
  getcurrent,
  sleep,
  spawn,
  spawnLater,
  Timeout,
  useClock,
  useErrorHandler,
} from '../../src/coroutine/index.js';
import { FakeClock } from '../support/fake-clock.js';

let clock: FakeClock;
let reported: { error: unknown; source: object }[];
let restore: (() => void)[];

beforeEach(() => {
  clock = new FakeClock();
  reported = [];
  restore = [useClock(clock), useErrorHandler((error, source) => reported.push({ error, source }))];
});

afterEach(() => {
  for (const put of restore) put();
});

function fail(message = 'no'): never {
  throw new Error(message);
}

describe('start', () => {
  it('never runs the function in the call of spawn, and begins in the order of the calls', async () => {
    const begun: number[] = [];
    for (let i = 0; i < 5; i++) spawn((n: number) => begun.push(n), i);
    expect(begun).toEqual([]);
    await clock.settle();
    expect(begun).toEqual([0, 1, 2, 3, 4]);
  });

  it('begins those that a greenlet spawns after all that were spawned before', async () => {
    const begun: string[] = [];
    spawn(() => {
      begun.push('a');
      spawn(() => begun.push('a1'));
    });
    spawn(() => begun.push('b'));
    await clock.settle();
    expect(begun).toEqual(['a', 'b', 'a1']);
  });

  it('refuses what is no function', () => {
    // @ts-expect-error the types refuse it too
    expect(() => new Greenlet(42)).toThrow(TypeError);
    // @ts-expect-error the types refuse it too
    expect(() => spawnLater(1, undefined)).toThrow(TypeError);
  });

  it('starts once, and not again when dead', async () => {
    const run = vi.fn();
    const greenlet = new Greenlet(run);
    expect(greenlet.started).toBe(false);
    greenlet.start();
    greenlet.start();
    greenlet.startLater(10);
    expect(greenlet.started).toBe(true);
    await clock.advance(20);
    greenlet.start();
    await clock.settle();
    expect(run).toHaveBeenCalledTimes(1);
    expect(greenlet.started).toBe(false);
    expect(greenlet.dead).toBe(true);
  });

  it('starts later, with units', async () => {
    const greenlet = spawnLater('1.5s', () => 'late');
    await clock.advance(1499);
    expect(greenlet.ready()).toBe(false);
    await clock.advance(1);
    expect(greenlet.value).toBe('late');
  });

  it('spawns and spawns later by its class too, and says when it has begun', async () => {
    const greenlet = Greenlet.spawnLater(10, (n: number) => n, 5);
    expect([greenlet.started, greenlet.begun]).toEqual([true, false]);
    await expect(clock.until(greenlet.get())).resolves.toBe(5);
    expect([clock.now(), greenlet.begun]).toEqual([10, true]);
    await expect(Greenlet.spawn(() => 6).get()).resolves.toBe(6);
  });

  it('clears its arguments after the run', async () => {
    const greenlet = spawn((a: number, b: string) => `${a}${b}`, 1, 'x');
    expect(greenlet.args).toEqual([1, 'x']);
    await expect(greenlet.get()).resolves.toBe('1x');
    expect(greenlet.args).toEqual([]);
  });
});

describe('outcome', () => {
  it('is not thenable, so that an async function can return one that still runs', async () => {
    const greenlet = await (async () => spawn(() => sleep(1000)))();
    expect('then' in greenlet).toBe(false);
    expect(greenlet.ready()).toBe(false);
    await greenlet.kill();
  });

  it('shows nothing while it runs', async () => {
    const greenlet = spawn(() => sleep(10));
    await clock.settle();
    expect([greenlet.ready(), greenlet.successful(), greenlet.dead]).toEqual([false, false, false]);
    expect([greenlet.value, greenlet.exception]).toEqual([undefined, null]);
    await clock.advance(10);
    expect([greenlet.ready(), greenlet.successful(), greenlet.dead]).toEqual([true, true, true]);
  });

  it.each([
    ['a plain function', () => fail('same')],
    ['an async function', async () => fail('same')],
  ])('throws the same error of %s from each get, and never from join', async (_, run) => {
    const greenlet = spawn(run);
    await greenlet.join();
    const first = await greenlet.get().catch((error: unknown) => error);
    const second = await greenlet.get().catch((error: unknown) => error);
    expect(first).toBe(greenlet.exception);
    expect(second).toBe(first);
    expect(greenlet.successful()).toBe(false);
    expect(greenlet.value).toBeUndefined();
  });

  it('counts a thrown GreenletExit as success, with it as the value', async () => {
    const exit = new GreenletExit();
    const greenlet = spawn(async () => {
      throw exit;
    });
    await expect(greenlet.get()).resolves.toBe(exit);
    expect(greenlet.successful()).toBe(true);
    expect(greenlet.exception).toBeNull();
    expect(reported).toEqual([]);
  });

  it('takes a falsy thing that was thrown for a failure', async () => {
    const greenlet = spawn(() => {
      throw undefined;
    });
    await greenlet.join();
    expect([greenlet.ready(), greenlet.successful()]).toEqual([true, false]);
  });

  it('gets at most as long as the timeout, and leaves no link behind', async () => {
    const greenlet = spawn(() => sleep(100));
    await expect(greenlet.get({ block: false })).rejects.toBeInstanceOf(Timeout);
    await expect(clock.until(greenlet.get({ timeout: 50 }))).rejects.toBeInstanceOf(Timeout);
    await clock.until(greenlet.join({ timeout: 20 }));
    expect(greenlet.ready()).toBe(false);
    const mine = new Timeout(10);
    await expect(clock.until(greenlet.get({ timeout: mine }))).rejects.toBe(mine);
    const custom = new Error('mine');
    const timeout = new Timeout(10, { exception: custom });
    await expect(clock.until(greenlet.get({ timeout }))).rejects.toBe(custom);
    expect(greenlet.hasLinks()).toBe(0);
    const joining = greenlet.join();
    expect(greenlet.hasLinks()).toBe(1);
    await clock.until(joining);
    expect([greenlet.hasLinks(), clock.timers]).toEqual([0, 0]);
  });

  it('refuses a negative timeout', async () => {
    const greenlet = spawn(() => sleep(1));
    await expect(greenlet.join({ timeout: -1 })).rejects.toBeInstanceOf(RangeError);
    await expect(greenlet.get({ timeout: 'soon' })).rejects.toBeInstanceOf(RangeError);
    await clock.until(greenlet.join());
  });
});

describe('errors', () => {
  it('are reported once, whoever asks for them, and never as an unhandled rejection', async () => {
    const unhandled = vi.fn();
    process.on('unhandledRejection', unhandled);
    try {
      const greenlet = spawn(async () => fail());
      await clock.settle();
      await expect(greenlet.get()).rejects.toThrow('no');
      await greenlet.join();
      await clock.settle();
      expect(reported).toEqual([{ error: greenlet.exception, source: greenlet }]);
      expect(unhandled).not.toHaveBeenCalled();
    } finally {
      process.off('unhandledRejection', unhandled);
    }
  });

  it('go to stderr in one line, without control characters, when nobody has set a handler', async () => {
    for (const put of restore.splice(0)) put();
    const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const greenlet = spawn(() => fail('a\u001b[2Jb\nc'));
    greenlet.name = 'mine';
    await greenlet.join();
    const lines = write.mock.calls.map(([line]) => line);
    write.mockRestore();
    expect(lines).toEqual(['<Greenlet "mine"> failed with Error: a [2Jb c\n']);
  });

  it('survive a handler that throws', async () => {
    const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const put = useErrorHandler(() => fail('handler'));
    const greenlet = spawn(() => fail('first'));
    await greenlet.join();
    put();
    expect(write.mock.calls.map(([line]) => String(line).replace(/^.* failed/, 'failed'))).toEqual([
      'failed with Error: first\n',
      'failed with Error: handler\n',
    ]);
    write.mockRestore();
  });
});

describe('links', () => {
  it('are told in the order of registration, once each, never at once', async () => {
    const told: string[] = [];
    const greenlet = spawn(() => 1);
    greenlet.rawlink(() => told.push('a'));
    greenlet.rawlink(() => told.push('b'));
    const twice = () => told.push('twice');
    greenlet.rawlink(twice);
    greenlet.rawlink(twice);
    await greenlet.join();
    await clock.settle();
    expect(told).toEqual(['a', 'b', 'twice', 'twice']);
    greenlet.rawlink(() => told.push('late'));
    expect(told).not.toContain('late');
    await clock.settle();
    expect(told).toEqual(['a', 'b', 'twice', 'twice', 'late']);
  });

  it('may be taken back, also by an earlier link, and added by one', async () => {
    const told: string[] = [];
    const greenlet = spawn(() => 1);
    const gone = () => told.push('gone');
    greenlet.rawlink(() => {
      greenlet.unlink(gone);
      greenlet.rawlink(() => told.push('added'));
    });
    greenlet.rawlink(gone);
    greenlet.rawlink(() => told.push('last'));
    greenlet.unlink(() => {});
    await clock.settle();
    expect(told).toEqual(['last', 'added']);
  });

  it('may all be taken back at once; those who wait are woken all the same', async () => {
    const told = vi.fn();
    const greenlet = spawn(() => sleep(10).then(() => 'value'));
    greenlet.rawlink(told);
    const [getting, joining] = [greenlet.get(), greenlet.join()];
    greenlet.link(told);
    greenlet.rawlink(told);
    expect(greenlet.hasLinks()).toBe(5);
    greenlet.unlinkAll();
    expect(greenlet.hasLinks()).toBe(2);
    await expect(clock.until(getting)).resolves.toBe('value');
    await joining;
    await clock.settle();
    expect(told).not.toHaveBeenCalled();
    new Greenlet(() => {}).unlinkAll();
  });

  it('by kind of outcome run in greenlets of their own', async () => {
    const told: string[] = [];
    const good = spawn(() => 1);
    const bad = spawn(() => fail());
    for (const greenlet of [good, bad]) {
      const which = greenlet === good ? 'good' : 'bad';
      greenlet.link(async (self) => {
        expect(self).toBe(greenlet);
        expect(getcurrent()).not.toBe(greenlet);
        expect(getcurrent()).not.toBeNull();
        told.push(`${which} link`);
      });
      greenlet.linkValue(() => told.push(`${which} value`));
      greenlet.linkException(() => told.push(`${which} exception`));
    }
    await clock.settle();
    expect(told.sort()).toEqual(['bad exception', 'bad link', 'good link', 'good value']);
    expect(reported).toHaveLength(1);
  });

  it('that throw are reported, and the next is told', async () => {
    const told = vi.fn();
    const greenlet = spawn(() => 1);
    greenlet.rawlink(() => fail('link'));
    greenlet.rawlink(told);
    await clock.settle();
    expect(told).toHaveBeenCalledExactlyOnceWith(greenlet);
    expect(reported).toEqual([{ error: expect.objectContaining({ message: 'link' }), source: greenlet }]);
    // @ts-expect-error the types refuse it too
    expect(() => greenlet.rawlink(null)).toThrow(TypeError);
  });

  it('run outside any greenlet', async () => {
    let inside: unknown = 'not told';
    const greenlet = spawn(() => sleep(1));
    greenlet.rawlink(() => {
      inside = getcurrent();
    });
    await clock.advance(1);
    expect(inside).toBeNull();
  });
});

describe('await using', () => {
  it("joins the greenlet, whose error is not the block's", async () => {
    const block = async () => {
      await using greenlet = spawn(() => sleep(10).then(() => fail()));
      return greenlet;
    };
    const greenlet = await clock.until(block());
    expect([greenlet.dead, greenlet.successful(), clock.now()]).toEqual([true, false, 10]);
  });

  it('kills it when its own wait is interrupted', async () => {
    const inner = spawn(() => sleep(1000));
    const outer = spawn(async () => {
      await using _ = inner;
    });
    await clock.settle();
    await outer.kill();
    expect([inner.dead, inner.value, outer.value]).toEqual([
      true,
      expect.any(GreenletExit),
      expect.any(GreenletExit),
    ]);
    expect(clock.timers).toBe(0);
  });
});

describe('names', () => {
  it('are made from the lowest number that is free', async () => {
    const [a, b, c] = [1, 2, 3].map(() => spawn(() => sleep(10))) as [Greenlet, Greenlet, Greenlet];
    const [first, second, third] = [a.minimalIdent, b.minimalIdent, c.minimalIdent];
    expect([second, third]).toEqual([first + 1, first + 2]);
    expect(a.name).toBe(`Greenlet-${first}`);
    await b.kill();
    const later = spawn(() => {});
    expect(later.minimalIdent).toBe(second);
    expect(b.minimalIdent).toBe(second);
    a.name = 'other';
    expect(String(a)).toBe('<Greenlet "other">');
    await clock.advance(10);
    const dead = spawn(() => {});
    await dead.join();
    expect(dead.minimalIdent).toBe(spawn(() => {}).minimalIdent);
    await clock.settle();
  });
});

describe('getcurrent', () => {
  it('gives the greenlet across awaits, of whatever', async () => {
    const seen: unknown[] = [];
    const greenlet = spawn(async () => {
      seen.push(getcurrent());
      await null;
      seen.push(getcurrent());
      await sleep(5);
      seen.push(getcurrent());
      await new Promise<void>((resolve) => queueMicrotask(resolve));
      seen.push(getcurrent());
    });
    const other = spawn(async () => {
      await sleep(2);
      expect(getcurrent()).toBe(other);
    });
    await clock.advance(5);
    expect(seen).toEqual([greenlet, greenlet, greenlet, greenlet]);
    expect(other.successful()).toBe(true);
    expect(getcurrent()).toBeNull();
  });

  it('is set by enter for as long as a callback runs', async () => {
    const greenlet = spawn(() => sleep(1));
    expect(greenlet.enter(() => getcurrent())).toBe(greenlet);
    expect(() => greenlet.enter(() => fail('out'))).toThrow('out');
    expect(getcurrent()).toBeNull();
    await clock.advance(1);
  });
});
