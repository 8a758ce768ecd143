import { describe, expect, it, vi } from 'vitest';
import { clock, systemClock, useClock } from '../../src/coroutine/clock.js';
import { FakeClock } from '../support/fake-clock.js';

describe('clock', () => {
  it('is replaced and put back', () => {
    const fake = new FakeClock();
    const putBack = useClock(fake);
    expect(clock).toBe(fake);
    putBack();
    expect(clock).toBe(systemClock);
  });

  it('of the system schedules, cancels and waits longer than a timer of Node can', () => {
    vi.useFakeTimers();
    try {
      const fired = vi.fn();
      const late = systemClock.schedule(3_000_000_000, () => fired('late'));
      systemClock.schedule(3_000_000_000, () => fired('long'));
      systemClock.schedule(5, () => fired('short'));
      systemClock.schedule(5, () => fired('cancelled')).cancel();
      const never = systemClock.schedule(Number.POSITIVE_INFINITY, () => fired('never'));
      vi.advanceTimersByTime(2_999_999_999);
      expect(fired.mock.calls).toEqual([['short']]);
      late.cancel();
      never.cancel();
      vi.advanceTimersByTime(1);
      expect(fired.mock.calls).toEqual([['short'], ['long']]);
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });

  it('of the system tells the time and draws numbers', async () => {
    const before = systemClock.now();
    await new Promise<void>((resolve) => systemClock.soon(resolve));
    expect(systemClock.now()).toBeGreaterThanOrEqual(before);
    expect(systemClock.date()).toBeInstanceOf(Date);
    const drawn = systemClock.random();
    expect(drawn >= 0 && drawn < 1).toBe(true);
  });
});

describe('FakeClock', () => {
  it('fires due timers in order, with what they set going in between', async () => {
    const fake = new FakeClock();
    const fired: string[] = [];
    fake.schedule(20, () => fired.push(`b ${fake.now()}`));
    fake.schedule(10, () => {
      fired.push(`a ${fake.now()}`);
      fake.schedule(5, () => fired.push(`a2 ${fake.now()}`));
      fake.soon(() => fired.push(`soon ${fake.now()}`));
    });
    fake.schedule(20, () => fired.push('c'));
    fake.schedule(15, () => fired.push('cancelled')).cancel();
    await fake.advance(20);
    expect(fired).toEqual(['a 10', 'soon 10', 'a2 15', 'b 20', 'c']);
    expect([fake.now(), fake.date().getTime() - new FakeClock().date().getTime()]).toEqual([20, 20]);
  });

  it('tells when a promise would wait for ever', async () => {
    await expect(new FakeClock().until(new Promise(() => {}))).rejects.toThrow('for ever');
  });

  it('draws the same numbers for the same seed', () => {
    const [a, b] = [new FakeClock({ seed: 7 }), new FakeClock({ seed: 7 })];
    for (let i = 0; i < 100; i++) {
      const drawn = a.random();
      expect(drawn >= 0 && drawn < 1).toBe(true);
      expect(b.random()).toBe(drawn);
    }
  });
});
