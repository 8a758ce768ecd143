// Why a queue could not be used.

/** Thrown by a `put` that found no room. */
export class Full extends Error {
  override readonly name: string = 'Full';
}

/** Thrown by a `get` that found no item. */
export class Empty extends Error {
  override readonly name: string = 'Empty';
}

/** Thrown by `put` once the queue is shut down, and by `get` once it is empty as well. */
export class ShutDown extends Error {
  override readonly name: string = 'ShutDown';
}
