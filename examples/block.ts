// What Python's time.sleep does where nothing has patched it.

const nothing = new Int32Array(new SharedArrayBuffer(4));

/** Stops the whole thread for so many ms: no greenlet, no timer, no socket goes on meanwhile. */
export function block(milliseconds: number): void {
  Atomics.wait(nothing, 0, 0, milliseconds);
}
