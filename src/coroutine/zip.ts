// Several sources read side by side.

import { type Items, open } from './items.js';

/**
 * Gives the first items of all sources, then the second ones, and so on; stops at the shortest, and ends them all. So
 * `imap` over several sources is `imap(([a, b]) => ..., zip(as, bs))`.
 */
export async function* zip<Row extends unknown[]>(
  ...sources: { [Column in keyof Row]: Items<Row[Column]> }
): AsyncGenerator<Row, void, void> {
  const iterators = new Set(sources.map((source: Items<unknown>) => open(source)));
  try {
    while (iterators.size > 0) {
      const row: unknown[] = [];
      for (const iterator of [...iterators]) {
        // One that throws or is through needs no `return`.
        iterators.delete(iterator);
        const step = await iterator.next();
        if (step.done) return;
        iterators.add(iterator);
        row.push(step.value);
      }
      yield row as Row;
    }
  } finally {
    for (const iterator of iterators) await iterator.return?.();
  }
}
