// The kernel: gevent's names. Nothing here knows of HTTP. Time is in clock.ts, and is imported from there.

export { AsyncResult } from './async-result.js';
export { BoundedSemaphore } from './bounded-semaphore.js';
export { Channel } from './channel.js';
export { useClock } from './clock.js';
export { Condition } from './condition.js';
export type { Run } from './drive.js';
export { DummySemaphore } from './dummy-semaphore.js';
export type { Duration } from './duration.js';
export { Event } from './event.js';
export { getcurrent } from './getcurrent.js';
export { Greenlet } from './greenlet.js';
export { GreenletExit, type KillError } from './greenlet-exit.js';
export { Group, type GroupJoinOptions } from './group.js';
export { type ErrorHandler, useErrorHandler } from './handle-error.js';
export type { Lock } from './hold.js';
export type { Imap, ImapOptions } from './imap.js';
export type { Items } from './items.js';
export { iwait } from './iwait.js';
export { type JoinallOptions, joinall, type WaitForOptions, wait } from './joinall.js';
export { killall } from './killall.js';
export { LifoQueue } from './lifo-queue.js';
export type { Linkable } from './linkable.js';
export type { ListenAddress, NetworkAddress } from './listen.js';
export { Pool, PoolFull } from './pool.js';
export { PriorityQueue, type PriorityQueueOptions } from './priority-queue.js';
export { Queue, type TaskQueueOptions } from './queue.js';
export { Empty, Full, ShutDown } from './queue-errors.js';
export { RawGreenlet } from './raw-greenlet.js';
export { RLock } from './rlock.js';
export { Semaphore } from './semaphore.js';
export { sendall } from './sendall.js';
export { type QueueOptions, SimpleQueue } from './simple-queue.js';
export { idle, type SleepOptions, sleep } from './sleep.js';
export { spawn, spawnLater } from './spawn.js';
export { type ConnectionHandler, StreamServer, type StreamServerOptions } from './stream-server.js';
export {
  type TimeLimit,
  Timeout,
  type TimeoutOptions,
  type WaitLimits,
  type WaitOptions,
} from './timeout.js';
export { Timer } from './timer.js';
export { Waiter } from './waiter.js';
export { withTimeout } from './with-timeout.js';
export { zip } from './zip.js';
