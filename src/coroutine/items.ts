// What items are taken from.

/** Anything that can be iterated, also over promises: taken one at a time, when the next one is wanted. */
export type Items<Item> = Iterable<Item | PromiseLike<Item>> | AsyncIterable<Item>;

export function open<Item>(items: Items<Item>): AsyncIterator<Item> {
  return Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : awaitEach(items);
}

async function* awaitEach<Item>(items: Iterable<Item | PromiseLike<Item>>): AsyncGenerator<Item, void, void> {
  for (const item of items) yield await item;
}
