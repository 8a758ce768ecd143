import type { Disk } from './disk.js';

const STEP = 262_144;

/** Reads a file a piece at a time; a piece is valid until the next is asked for. @throws the system's errors */
export async function* piecesOf(disk: Disk, path: string): AsyncGenerator<Uint8Array> {
  const { descriptor } = await disk.reopen(path);
  try {
    const buffer = new Uint8Array(STEP);
    for (let at = 0; ; ) {
      const count = await disk.read(descriptor, buffer, at);
      if (count === 0) return;
      yield buffer.subarray(0, count);
      at += count;
    }
  } finally {
    await disk.close(descriptor);
  }
}

/** All of a file. */
export async function wholeFile(disk: Disk, path: string): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of piecesOf(disk, path)) pieces.push(piece.slice());
  return Buffer.concat(pieces);
}
