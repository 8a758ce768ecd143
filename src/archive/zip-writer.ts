// A ZIP file whose members are stored as they are, so that a reader can seek in them (APPNOTE 6.3.10, with its ZIP64 fields).

import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { writeAt } from './write-at.js';

/** Fields of four bytes, two bytes, full: the value stands in the ZIP64 field. */
const FULL = 0xffffffff;
const MANY = 0xffff;
/** What a reader must understand: ZIP64. */
const VERSION = 45;
/** Names are UTF-8. */
const FLAGS = 0x0800;
/** Where the checksum stands in a member's header. */
const CHECKSUM_AT = 14;

export interface ZipMember {
  readonly name: string;
  readonly size: number;
  /** Hexadecimal. */
  readonly sha256: string;
}

interface Written extends ZipMember {
  readonly offset: number;
  readonly checksum: number;
}

export class ZipWriter {
  readonly #file: FileHandle;
  readonly #time: number;
  readonly #members: Written[] = [];
  #end: number;

  private constructor(file: FileHandle, date: Date, begin: number) {
    this.#file = file;
    this.#end = begin;
    this.#time = dosTime(date);
  }

  /**
   * @param date what all members bear
   * @param begin where the first member stands
   */
  static async create(path: string, date: Date, begin = 0): Promise<ZipWriter> {
    return new ZipWriter(await open(path, 'w'), date, begin);
  }

  /** Adds a member; the one before is complete by then. */
  async add(name: string, content: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<ZipMember> {
    const offset = this.#end;
    const hash = createHash('sha256');
    let checksum = 0;
    let size = 0;
    // Checksum and size are known at the end: the header is written anew then.
    await this.#write(this.#localHeader(name, 0, 0));
    for await (const piece of content) {
      hash.update(piece);
      checksum = crc32(piece, checksum);
      size += piece.length;
      await this.#write(piece);
    }
    const header = this.#localHeader(name, size, checksum);
    await writeAt(this.#file, header, offset);
    const member = { name, size, sha256: hash.digest('hex'), offset, checksum };
    this.#members.push(member);
    return member;
  }

  /** Writes the directory; without it the file is none. */
  async finish(): Promise<void> {
    const begin = this.#end;
    for (const member of this.#members) await this.#write(this.#directoryEntry(member));
    await this.#write(endOf({ count: this.#members.length, begin, size: this.#end - begin }));
    await this.#file.close();
  }

  /** After finish it does nothing. Never throws. */
  async discard(): Promise<void> {
    await this.#file.close().catch(() => {});
  }

  async #write(bytes: Uint8Array): Promise<void> {
    await writeAt(this.#file, bytes, this.#end);
    this.#end += bytes.length;
  }

  /** 4.3.7; both sizes in the ZIP64 field, which must then have both. */
  #localHeader(name: string, size: number, checksum: number): Buffer {
    const bytes = Buffer.from(name);
    const header = Buffer.alloc(30);
    header.writeUInt32LE(0x04034b50, 0);
    header.writeUInt16LE(VERSION, 4);
    header.writeUInt16LE(FLAGS, 6);
    header.writeUInt32LE(this.#time, 10);
    header.writeUInt32LE(checksum, CHECKSUM_AT);
    header.writeUInt32LE(FULL, 18);
    header.writeUInt32LE(FULL, 22);
    header.writeUInt16LE(bytes.length, 26);
    const extra = zip64([size, size]);
    header.writeUInt16LE(extra.length, 28);
    return Buffer.concat([header, bytes, extra]);
  }

  /** 4.3.12; in the ZIP64 field stands only what does not fit elsewhere. */
  #directoryEntry({ name, size, offset, checksum }: Written): Buffer {
    const bytes = Buffer.from(name);
    const large = [...(size >= FULL ? [size, size] : []), ...(offset >= FULL ? [offset] : [])];
    const extra = large.length === 0 ? Buffer.alloc(0) : zip64(large);
    const header = Buffer.alloc(46);
    header.writeUInt32LE(0x02014b50, 0);
    header.writeUInt16LE(VERSION, 4);
    header.writeUInt16LE(VERSION, 6);
    header.writeUInt16LE(FLAGS, 8);
    header.writeUInt32LE(this.#time, 12);
    header.writeUInt32LE(checksum, 16);
    header.writeUInt32LE(Math.min(size, FULL), 20);
    header.writeUInt32LE(Math.min(size, FULL), 24);
    header.writeUInt16LE(bytes.length, 28);
    header.writeUInt16LE(extra.length, 30);
    header.writeUInt32LE(Math.min(offset, FULL), 42);
    return Buffer.concat([header, bytes, extra]);
  }
}

/** 4.5.3 */
function zip64(values: readonly number[]): Buffer {
  const field = Buffer.alloc(4 + 8 * values.length);
  field.writeUInt16LE(1, 0);
  field.writeUInt16LE(8 * values.length, 2);
  values.forEach((value, at) => {
    field.writeBigUInt64LE(BigInt(value), 4 + 8 * at);
  });
  return field;
}

/** 4.3.14 to 4.3.16: the end of the directory, in both sizes where one of them is too small. */
export function endOf({ count, begin, size }: { count: number; begin: number; size: number }): Buffer {
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(Math.min(count, MANY), 8);
  end.writeUInt16LE(Math.min(count, MANY), 10);
  end.writeUInt32LE(Math.min(size, FULL), 12);
  end.writeUInt32LE(Math.min(begin, FULL), 16);
  if (count < MANY && size < FULL && begin < FULL) return end;
  const large = Buffer.alloc(56 + 20);
  large.writeUInt32LE(0x06064b50, 0);
  large.writeBigUInt64LE(44n, 4);
  large.writeUInt16LE(VERSION, 12);
  large.writeUInt16LE(VERSION, 14);
  large.writeBigUInt64LE(BigInt(count), 24);
  large.writeBigUInt64LE(BigInt(count), 32);
  large.writeBigUInt64LE(BigInt(size), 40);
  large.writeBigUInt64LE(BigInt(begin), 48);
  large.writeUInt32LE(0x07064b50, 56);
  large.writeBigUInt64LE(BigInt(begin + size), 64);
  large.writeUInt32LE(1, 72);
  return Buffer.concat([large, end]);
}

/** Time in the low half, date in the high one, in UTC (MS-DOS knows no zones, and nothing before 1980). */
function dosTime(date: Date): number {
  const year = Math.max(0, date.getUTCFullYear() - 1980);
  const day = (year << 9) | ((date.getUTCMonth() + 1) << 5) | date.getUTCDate();
  const time = (date.getUTCHours() << 11) | (date.getUTCMinutes() << 5) | (date.getUTCSeconds() >> 1);
  return ((day << 16) | time) >>> 0;
}
