// Items of which the lowest one is always at hand: a binary heap.

/** Negative when the first is to come first, positive when the second is, else 0. */
export type Compare<T> = (one: T, other: T) => number;

export class Heap<T> {
  readonly #compare: Compare<T>;
  /** No item is lower than the one at half its index (from 1). */
  readonly #items: T[] = [];

  constructor(compare: Compare<T>) {
    this.#compare = compare;
  }

  get size(): number {
    return this.#items.length;
  }

  /** The lowest one, left in its place. */
  get first(): T | undefined {
    return this.#items[0];
  }

  push(item: T): void {
    const items = this.#items;
    let index = items.push(item) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (this.#compare(item, items[parent] as T) >= 0) break;
      items[index] = items[parent] as T;
      index = parent;
    }
    items[index] = item;
  }

  /** Takes the lowest one out. */
  shift(): T | undefined {
    const items = this.#items;
    const lowest = items[0];
    const last = items.pop();
    if (items.length > 0) this.#sink(last as T);
    return lowest;
  }

  /** Puts an item in the place of the lowest, and lets it sink to its own. */
  #sink(item: T): void {
    const items = this.#items;
    let index = 0;
    for (let child = 1; child < items.length; child = 2 * index + 1) {
      const right = child + 1;
      if (right < items.length && this.#compare(items[right] as T, items[child] as T) < 0) child = right;
      if (this.#compare(item, items[child] as T) <= 0) break;
      items[index] = items[child] as T;
      index = child;
    }
    items[index] = item;
  }
}

/** What `<` says; arrays as Python's tuples: the first elements that differ decide, else the shorter one is lower. */
export function ascending(one: unknown, other: unknown): number {
  if (Array.isArray(one) && Array.isArray(other)) {
    for (let index = 0; index < Math.min(one.length, other.length); index++) {
      const order = ascending(one[index], other[index]);
      if (order !== 0) return order;
    }
    return one.length - other.length;
  }
  const [low, high] = [one as number, other as number];
  if (low < high) return -1;
  return low > high ? 1 : 0;
}
