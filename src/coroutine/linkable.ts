// What tells others when it is ready.

/** Greenlets, events, semaphores, and whatever else calls back (gevent's objects with `rawlink` and `unlink`). */
export interface Linkable {
  /** Calls back when it is ready, soon when it is ready already, never inside this call. */
  rawlink(callback: (source: this) => void): void;
  /** Takes one registration of the callback back; none is fine. */
  unlink(callback: (source: this) => void): void;
}
