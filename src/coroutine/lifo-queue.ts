// A queue that gives the newest item first (gevent.queue.LifoQueue).

import { Queue, type TaskQueueOptions } from './queue.js';
import type { Stock } from './simple-queue.js';

export class LifoQueue<T> extends Queue<T> {
  constructor(maxsize: number | null = null, options: TaskQueueOptions<T> = {}) {
    super(maxsize, options, new Stack());
  }
}

class Stack<T> implements Stock<T> {
  readonly #items: T[] = [];

  get size(): number {
    return this.#items.length;
  }

  get first(): T | undefined {
    return this.#items.at(-1);
  }

  push(item: T): void {
    this.#items.push(item);
  }

  shift(): T | undefined {
    return this.#items.pop();
  }
}
