// The kernel: gevent's names. Nothing here knows of HTTP. Time is in clock.ts, and is imported from there.

export { useClock } from './clock.js';
export type { Run } from './drive.js';
export type { Duration } from './duration.js';
export { Event } from './event.js';
export { getcurrent } from './getcurrent.js';
export { Greenlet } from './greenlet.js';
export { GreenletExit, type KillError } from './greenlet-exit.js';
export { Group } from './group.js';
export { type ErrorHandler, useErrorHandler } from './handle-error.js';
export { type JoinallOptions, joinall } from './joinall.js';
export { killall } from './killall.js';
export { Pool, PoolFull } from './pool.js';
export { Empty, Full, Queue } from './queue.js';
export { BoundedSemaphore, Semaphore } from './semaphore.js';
export { sleep } from './sleep.js';
export { spawn, spawnLater } from './spawn.js';
export { type TimeLimit, Timeout, type TimeoutOptions, type WaitOptions } from './timeout.js';
export { Waiter } from './waiter.js';
export { withTimeout } from './with-timeout.js';
