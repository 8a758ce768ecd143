// A queue that gives the lowest item first (gevent.queue.PriorityQueue).

import { ascending, type Compare, Heap } from './heap.js';
import { Queue, type TaskQueueOptions } from './queue.js';

export interface PriorityQueueOptions<T> extends TaskQueueOptions<T> {
  /** Which of two items comes first. @default what `<` says; arrays as Python's tuples, so that [priority, item] will do */
  readonly compare?: Compare<T> | undefined;
}

/** Equal items come in any order. */
export class PriorityQueue<T> extends Queue<T> {
  constructor(maxsize: number | null = null, options: PriorityQueueOptions<T> = {}) {
    super(maxsize, options, new Heap(options.compare ?? ascending));
  }
}
