// The kernel: gevent's names. Nothing here knows of HTTP. Time is in clock.ts, and is imported from there.

export { useClock } from './clock.js';
export type { Run } from './drive.js';
export type { Duration } from './duration.js';
export { Event } from './event.js';
export { getcurrent } from './getcurrent.js';
export { Greenlet } from './greenlet.js';
export { GreenletExit, type KillError } from './greenlet-exit.js';
export { Group, type GroupJoinOptions } from './group.js';
export { type ErrorHandler, useErrorHandler } from './handle-error.js';
export type { Imap, ImapOptions } from './imap.js';
export type { Items } from './items.js';
export { iwait } from './iwait.js';
export { type JoinallOptions, joinall, type WaitForOptions, wait } from './joinall.js';
export { killall } from './killall.js';
export type { Linkable } from './linkable.js';
export { Pool, PoolFull } from './pool.js';
export { Empty, Full, Queue } from './queue.js';
export { RawGreenlet } from './raw-greenlet.js';
export { BoundedSemaphore, Semaphore } from './semaphore.js';
export { idle, type SleepOptions, sleep } from './sleep.js';
export { spawn, spawnLater } from './spawn.js';
export {
  type TimeLimit,
  Timeout,
  type TimeoutOptions,
  type WaitLimits,
  type WaitOptions,
} from './timeout.js';
export { Waiter } from './waiter.js';
export { withTimeout } from './with-timeout.js';
export { zip } from './zip.js';
