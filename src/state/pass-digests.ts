// What the first pass of a comparison got, by place in the list: records of one size in a file, so that a list of
// millions needs no memory.

import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { memoryError } from './memory-error.js';

/** A body, as far as the comparison needs to know it. */
export interface BodyDigest {
  /** SHA-256 of the body, hexadecimal. */
  readonly digest: string;
  /** ETag and Last-Modified as sent. */
  readonly validator: string;
}

/** `changed`: the bytes differ, and the server's validator says so too. */
export type Comparison = 'identical' | 'different' | 'changed';

/** SHA-256 of the body, then of the validator, 32 bytes each. A body that failed leaves zeros. */
const RECORD = 64;

export class PassDigests {
  readonly #file: FileHandle;

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  /** @throws FetchallError ERR_DISK, as all that follows */
  static async create(path: string): Promise<PassDigests> {
    return new PassDigests(await open(path, 'wx+').catch(fail));
  }

  async write(index: number, { digest, validator }: BodyDigest): Promise<void> {
    const record = Buffer.concat([Buffer.from(digest, 'hex'), hashOf(validator)]);
    await this.#file.write(record, 0, RECORD, index * RECORD).catch(fail);
  }

  /** How a body of the second pass stands to that of the first; null when the first has none. */
  async compare(index: number, { digest, validator }: BodyDigest): Promise<Comparison | null> {
    const buffer = Buffer.alloc(RECORD);
    const { bytesRead } = await this.#file.read(buffer, 0, RECORD, index * RECORD).catch(fail);
    const first = buffer.subarray(0, 32);
    if (bytesRead < RECORD || first.every((byte) => byte === 0)) return null;
    if (first.equals(Buffer.from(digest, 'hex'))) return 'identical';
    return buffer.subarray(32).equals(hashOf(validator)) ? 'different' : 'changed';
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}

function fail(cause: unknown): never {
  throw memoryError(cause);
}

function hashOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
