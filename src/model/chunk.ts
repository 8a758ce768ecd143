// What a caller hears of each chunk.

export interface ChunkInfo {
  /** Ordinal of the URL's greenlet in the run. */
  readonly greenlet: number;
  /** Chunk k of the body, from 0. */
  readonly index: number;
  /** Where the chunk begins in the file, in bytes: the body's own first chunk stands behind what an earlier try has left. */
  readonly offset: number;
}

/** @param bytes valid during the call; copy what you keep */
export type OnChunk = (bytes: Uint8Array, info: ChunkInfo) => void;
