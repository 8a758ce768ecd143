import type { Queue } from '../coroutine/index.js';

/** Puts an item into a queue: a promise only where there is no room. */
export function handOver<T>(queue: Queue<T>, item: T): Promise<void> | undefined {
  if (queue.full()) return queue.put(item);
  queue.putNowait(item);
  return undefined;
}
