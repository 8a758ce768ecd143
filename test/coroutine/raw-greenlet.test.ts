import { describe, expect, it } from 'vitest';
import { GreenletExit, RawGreenlet } from '../../src/coroutine/index.js';

describe('RawGreenlet', () => {
  it('hands over by name: 12 56 34, and 78 when it is switched to again', () => {
    const printed: number[] = [];
    const first = new RawGreenlet(function* () {
      printed.push(12);
      yield second.switch();
      printed.push(34);
    });
    const second = new RawGreenlet(function* () {
      printed.push(56);
      yield first.switch();
      printed.push(78);
    });
    first.switch();
    expect(printed).toEqual([12, 56, 34]);
    expect([first.dead, second.dead]).toEqual([true, false]);
    second.switch();
    expect(printed).toEqual([12, 56, 34, 78]);
    expect(second.dead).toBe(true);
  });

  it('hands values over both ways, and the result to the parent', () => {
    const heard: unknown[] = [];
    const eat = new RawGreenlet(function* (first: string) {
      heard.push(`eat: ${first}`);
      const second: string = yield play.switch('x');
      heard.push(`eat: ${second}`);
      const third: string = yield RawGreenlet.main.switch('pause');
      heard.push(`eat: ${third}`);
      return 'full';
    });
    const play = new RawGreenlet(function* (first: string) {
      heard.push(`play: ${first}`);
      yield eat.switch('y');
    });
    expect(eat.switch('begin')).toBe('pause');
    expect(eat.switch('go on')).toBe('full');
    expect(heard).toEqual(['eat: begin', 'play: x', 'eat: y', 'eat: go on']);
    expect([eat.dead, play.dead]).toEqual([true, false]);
  });

  it('has the one that made it for its parent, and goes on there when it ends', () => {
    const outer = new RawGreenlet(function* () {
      const inner = new RawGreenlet((n: number) => n + 1);
      expect(inner.parent).toBe(outer);
      expect(RawGreenlet.current).toBe(outer);
      const sum: number = yield inner.switch(1);
      return sum * 10;
    });
    expect(outer.parent).toBe(RawGreenlet.main);
    expect(outer.switch()).toBe(20);
    expect(RawGreenlet.current).toBe(RawGreenlet.main);
    expect([RawGreenlet.main.parent, RawGreenlet.main.dead]).toEqual([null, false]);
  });

  it('passes on to its parent what comes when it is dead', () => {
    const dead = new RawGreenlet(() => 'once');
    expect([dead.switch(), dead.dead]).toEqual(['once', true]);
    expect(dead.switch('again')).toBe('again');
    expect(RawGreenlet.main.switch('self')).toBe('self');
    const error = new Error('mine');
    expect(() => dead.throw(error)).toThrow(error);
    expect(dead.throw()).toBeInstanceOf(GreenletExit);
    const middle = new RawGreenlet(function* () {
      const got: string = yield below.switch();
      return `middle got ${got}`;
    });
    const below = new RawGreenlet(() => 'a result', middle);
    expect(middle.switch()).toBe('middle got a result');
  });

  it('begins a parent that had not begun', () => {
    const parent = new RawGreenlet((value: string) => `parent: ${value}`);
    const child = new RawGreenlet(() => 'child', parent);
    expect(child.switch()).toBe('parent: child');
  });

  it('throws its errors at its parent, where they may be caught', () => {
    const error = new Error('mine');
    const failing = () => {
      throw error;
    };
    const catching = new RawGreenlet(function* () {
      try {
        yield new RawGreenlet(failing).switch();
      } catch (caught) {
        return caught;
      }
      return null;
    });
    expect(catching.switch()).toBe(error);
    const lone = new RawGreenlet(failing);
    expect(() => lone.switch()).toThrow(error);
    expect([lone.dead, RawGreenlet.current]).toEqual([true, RawGreenlet.main]);
  });

  it('gets errors thrown in at its yield; finally runs; a GreenletExit is a result', () => {
    const steps: string[] = [];
    const make = () =>
      new RawGreenlet(function* () {
        try {
          yield RawGreenlet.main.switch('waiting');
        } finally {
          steps.push('cleaned');
        }
      });
    const [killed, failed, fresh, shot] = [make(), make(), make(), make()];
    expect([killed.switch(), failed.switch()]).toEqual(['waiting', 'waiting']);
    expect(killed.throw()).toBeInstanceOf(GreenletExit);
    expect(() => failed.throw(new Error('mine'))).toThrow('mine');
    expect(fresh.throw()).toBeInstanceOf(GreenletExit);
    expect(() => shot.throw(new Error('early'))).toThrow('early');
    expect([killed, failed, fresh, shot].every((each) => each.dead)).toBe(true);
    expect(steps).toEqual(['cleaned', 'cleaned']);
  });

  it('refuses a switch that is not yielded, and yields that are none', () => {
    const forgetful = new RawGreenlet(function* () {
      other.switch();
      yield;
    });
    const other = new RawGreenlet(() => {});
    expect(() => forgetful.switch()).toThrow('until it is yielded');
    const twice = new RawGreenlet(function* () {
      other.switch();
      yield other.switch();
    });
    expect(() => twice.switch()).toThrow('until it is yielded');
    const leaving = new RawGreenlet(() => {
      other.switch();
    });
    expect(() => leaving.switch()).toThrow('until it is yielded');
    const waiting = new RawGreenlet(function* () {
      yield Promise.resolve();
    });
    expect(() => waiting.switch()).toThrow('nothing but its switches');
    const catching = new RawGreenlet(function* () {
      try {
        yield 1;
      } catch {
        yield RawGreenlet.main.switch('goes on');
      }
    });
    expect(catching.switch()).toBe('goes on');
    // @ts-expect-error the types refuse it too
    expect(() => new RawGreenlet(1)).toThrow(TypeError);
  });

  it('takes another parent, but no descendant', () => {
    const [a, b] = [new RawGreenlet((x: string) => `a: ${x}`), new RawGreenlet(() => 'b')];
    b.parent = a;
    expect(() => {
      a.parent = b;
    }).toThrow(RangeError);
    expect(() => {
      RawGreenlet.main.parent = a;
    }).toThrow(RangeError);
    expect(b.switch()).toBe('a: b');
  });

  it('switches a million times on one stack', () => {
    let switches = 0;
    const bounce = function* (to: () => RawGreenlet): Generator<unknown, void, never> {
      while (switches < 1_000_000) {
        switches++;
        yield to().switch();
      }
    };
    const ping: RawGreenlet = new RawGreenlet(() => bounce(() => pong));
    const pong: RawGreenlet = new RawGreenlet(() => bounce(() => ping));
    ping.switch();
    expect(switches).toBe(1_000_000);
    const nested = (n: number): RawGreenlet =>
      new RawGreenlet(function* () {
        if (n === 0) return 'deep';
        const result: string = yield nested(n - 1).switch();
        return result;
      });
    expect(nested(20_000).switch()).toBe('deep');
  });
});
