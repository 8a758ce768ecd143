// How many URLs of a crawl have come to what: counted once, and kept up while a run goes on.

/** By state, and those that were not fetched or not kept by reason. */
export interface FrontierCounts {
  readonly states: Readonly<Record<string, number>>;
  readonly refused: Readonly<Record<string, number>>;
}

export class FrontierTally {
  readonly #states = new Map<string, number>();
  readonly #refused = new Map<string, number>();

  /** @param urls less than 0 for those that are in the state no more */
  add(state: string, reason: string | null, urls: number): void {
    add(this.#states, state, urls);
    if (state === 'refused' || state === 'skipped') add(this.#refused, reason ?? '', urls);
  }

  counts(): FrontierCounts {
    return { states: Object.fromEntries(this.#states), refused: Object.fromEntries(this.#refused) };
  }
}

function add(counts: Map<string, number>, name: string, urls: number): void {
  const sum = (counts.get(name) ?? 0) + urls;
  if (sum === 0) counts.delete(name);
  else counts.set(name, sum);
}
