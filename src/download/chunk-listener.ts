// Chunks on their way to the user's function.

import { getcurrent } from '../coroutine/index.js';
import type { OnChunk } from '../model/chunk.js';
import type { TakeChunk } from './chunker.js';

/**
 * Sockets speak outside any greenlet: the user's function runs as the greenlet whose chunk it is, the one that calls here.
 *
 * @param ordinal of the greenlet
 * @param start tells where in the file the response's body begins
 */
export function chunkListener(onChunk: OnChunk, ordinal: number, start: () => number): TakeChunk {
  const greenlet = getcurrent();
  const hand: TakeChunk = (bytes, index, offset) =>
    onChunk(bytes, { greenlet: ordinal, index, offset: start() + offset });
  return greenlet === null
    ? hand
    : (bytes, index, offset) => greenlet.enter(() => hand(bytes, index, offset));
}
