// The memory that received bytes lie in. A socket reads into blocks of 64 KB outside V8's heap, which are given back when a
// collection finds them dead. V8 lets 32 MB of them gather, and the same again while it frees the first; at 64 MB it marks the
// whole heap. So it stands on the edge: some runs collect the whole heap sixty times for 2 GB, and take twice the CPU time.

/** Bytes after which the young generation is collected: half a millisecond, and far from the edge. */
const ENOUGH = 16 * 1_048_576;

let received = 0;

/** Counts received bytes. Where `gc` is exposed (`node --expose-gc`; the command line does it), frees them in time. */
export function freeReceived(bytes: number): void {
  received += bytes;
  if (received < ENOUGH) return;
  received = 0;
  void globalThis.gc?.({ type: 'minor' });
}
