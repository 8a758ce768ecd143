// The members of a file that is there already, one after another: what they hold, and where the last whole one ends.

import type { FileHandle } from 'node:fs/promises';
import { crc32, createInflateRaw, type InflateRaw, inflateRawSync } from 'node:zlib';

/** Bytes of a read. */
const READ = 65_536;
/** What is kept of a member that is larger. */
const BEGINNING = 65_536;
/** Bytes after the deflated data: checksum and length (RFC 1952 2.3). */
const TRAILER = 8;

export interface Member {
  readonly offset: number;
  /** Bytes in the file. */
  readonly length: number;
  /** The first 64 KB of what it holds, or all. */
  readonly beginning: Buffer;
}

/** Thrown where a member is cut off by the end of the file. */
export class TornMember extends Error {
  constructor(readonly offset: number) {
    super(`the last record is torn at ${offset}`);
  }
}

/**
 * @param from where a member begins
 * @throws TornMember at the end; Error where something else stands than members
 */
export async function* members(file: FileHandle, from: number): AsyncGenerator<Member> {
  const { size } = await file.stat();
  for (let offset = from; offset < size; ) {
    const member = await readMember(file, offset);
    yield member;
    offset += member.length;
  }
}

async function readMember(file: FileHandle, offset: number): Promise<Member> {
  const start = await readAt(file, offset, READ);
  const header = headerLength(start, offset);
  const small = inflateAtOnce(start, header);
  const { beginning, consumed, length, checksum } = small ?? (await inflate(file, offset, header));
  const end = header + consumed;
  const trailer = await readAt(file, offset + end, TRAILER);
  if (trailer.length < TRAILER) throw new TornMember(offset);
  if (trailer.readUInt32LE(0) !== checksum || trailer.readUInt32LE(4) !== length % 2 ** 32)
    throw new Error(`damaged at ${offset}: a checksum is wrong`);
  return { offset, length: end + TRAILER, beginning };
}

/** RFC 1952 2.3: ten bytes, and what its flags announce. */
function headerLength(bytes: Buffer, offset: number): number {
  const flags = bytes[3] ?? 0;
  const magic = Buffer.from([0x1f, 0x8b, 8]);
  if (!bytes.subarray(0, 3).equals(magic.subarray(0, Math.min(3, bytes.length))))
    throw new Error(`at ${offset} no compressed record begins`);
  let length = 10;
  if (flags & 4) length += 2 + (bytes.length < 12 ? 0 : bytes.readUInt16LE(10));
  for (const flag of [8, 16]) {
    if (!(flags & flag)) continue;
    const end = bytes.indexOf(0, length);
    length = end === -1 ? bytes.length + 1 : end + 1;
  }
  if (flags & 2) length += 2;
  if (length > bytes.length) throw new TornMember(offset);
  return length;
}

interface Inflated {
  readonly beginning: Buffer;
  /** Compressed bytes, without header and trailer. */
  readonly consumed: number;
  /** Bytes that it holds. */
  readonly length: number;
  readonly checksum: number;
}

/** Null for what is too large for that, or goes on behind the bytes. */
function inflateAtOnce(bytes: Buffer, header: number): Inflated | null {
  try {
    const options = { info: true, maxOutputLength: BEGINNING };
    const result: unknown = inflateRawSync(bytes.subarray(header), options);
    // With `info`, which the types do not tell.
    const { buffer, engine } = result as { buffer: Buffer; engine: InflateRaw };
    return {
      beginning: buffer,
      consumed: engine.bytesWritten,
      length: buffer.length,
      checksum: crc32(buffer),
    };
  } catch {
    return null;
  }
}

/** @throws TornMember, Error */
async function inflate(file: FileHandle, offset: number, header: number): Promise<Inflated> {
  const engine = createInflateRaw();
  const feed = async (): Promise<void> => {
    for (let position = offset + header; !engine.destroyed && !engine.writableEnded; ) {
      const bytes = await readAt(file, position, READ);
      if (bytes.length === 0) engine.end();
      else if (!engine.destroyed)
        await new Promise<void>((resolve) => {
          engine.write(bytes, () => resolve());
          engine.once('close', () => resolve());
        });
      position += bytes.length;
    }
  };
  const feeding = feed().catch((error: Error) => void engine.destroy(error));
  const kept: Uint8Array[] = [];
  let length = 0;
  let checksum = 0;
  try {
    for await (const piece of engine as AsyncIterable<Uint8Array>) {
      if (length < BEGINNING) kept.push(piece);
      length += piece.length;
      checksum = crc32(piece, checksum);
    }
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'Z_BUF_ERROR')
      throw new TornMember(offset);
    throw new Error(`damaged at ${offset}`, { cause: error });
  } finally {
    engine.destroy();
    await feeding;
  }
  return {
    beginning: Buffer.concat(kept).subarray(0, BEGINNING),
    consumed: engine.bytesWritten,
    length,
    checksum,
  };
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}
