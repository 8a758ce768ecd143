// Time that goes on when the test says so.

import { systemClock, useClock } from '../../src/coroutine/clock.js';

interface Alarm {
  readonly at: number;
  readonly callback: () => void;
}

const alarms = new Set<Alarm>();
let time = 0;

/** For `beforeEach`: what it returns puts the system's clock back. */
export function useManualClock(): () => void {
  const restore = useClock({
    ...systemClock,
    now: () => time,
    schedule(milliseconds, callback) {
      const alarm = { at: time + milliseconds, callback };
      alarms.add(alarm);
      return { cancel: () => void alarms.delete(alarm) };
    },
  });
  return () => {
    restore();
    alarms.clear();
  };
}

export function pendingAlarms(): number {
  return alarms.size;
}

/** Lets time go by; every alarm that is due rings at its moment. */
export function pass(ms: number): void {
  const end = time + ms;
  for (;;) {
    const due = [...alarms].filter(({ at }) => at <= end).sort((one, other) => one.at - other.at)[0];
    if (due === undefined) break;
    alarms.delete(due);
    time = due.at;
    due.callback();
  }
  time = end;
}
