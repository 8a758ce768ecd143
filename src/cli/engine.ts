// What this process asks of V8. Only the command line may: a library is a guest in its process.

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Called before anything is loaded that the flags are for. */
export function tuneEngine(): void {
  // undici's parser is WebAssembly. Optimising it takes longer than many a run, and the process cannot end before that is
  // done; the baseline compiler's code is fast enough.
  setFlagsFromString('--liftoff-only');
  // SQLite too, where Node has none of its own: most of its functions are never called.
  setFlagsFromString('--wasm-lazy-validation');
  // For http/received-memory. The function is only seen by contexts that are made after the flag is set.
  setFlagsFromString('--expose-gc');
  globalThis.gc ??= runInNewContext('gc') as typeof globalThis.gc;
}
