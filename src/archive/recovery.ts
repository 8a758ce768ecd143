// What an earlier run has left of an archive: the records, from the index where it tells of them, else from the files; and the place
// behind the last whole one.

import { type FileHandle, open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { archiveError } from './archive-error.js';
import type { ArchiveFiles } from './archive-files.js';
import { linesOf } from './cdxj.js';
import { members, TornMember } from './gzip-scan.js';
import { type IndexEntry, parseIndexLine } from './index-line.js';
import { scannedEntry } from './scanned-entry.js';

export interface Recovered {
  /** The file to go on with, and where its last whole record ends. */
  readonly number: number;
  readonly end: number;
  /** Whether the index stands for all records that were not found in the files. */
  readonly hasIndex: boolean;
}

export interface RecoveryListener {
  /** A record that the index tells of. */
  indexed(entry: IndexEntry): void;
  /** A record that only the file tells of. */
  scanned(entry: IndexEntry): Promise<void> | undefined;
}

/** @throws FetchallError ERR_DISK, also where something else stands there than an archive */
export async function recover(files: ArchiveFiles, listener: RecoveryListener): Promise<Recovered> {
  const numbers = await files.existing();
  const ends = await indexedEnds(files, numbers);
  if (ends !== null)
    for await (const entry of entriesOf(files.index)) if (entry !== null) listener.indexed(entry);
  let end = 0;
  for (const number of numbers) {
    const from = ends?.get(files.warcName(number)) ?? 0;
    end = await scan(files, number, { from, isLast: number === numbers.at(-1), listener });
  }
  return { number: numbers.at(-1) ?? 0, end, hasIndex: ends !== null };
}

/** Behind the last record of each file that the index knows; null when it is not of these files. */
async function indexedEnds(
  files: ArchiveFiles,
  numbers: readonly number[],
): Promise<Map<string, number> | null> {
  const sizes = new Map<string, number>();
  for (const number of numbers) sizes.set(files.warcName(number), (await stat(files.warc(number))).size);
  const last = new Map<string, IndexEntry>();
  try {
    for await (const entry of entriesOf(files.index)) {
      if (entry === null) return null;
      const { filename, offset, length } = entry;
      if (offset + length > (sizes.get(filename) ?? -1)) return null;
      if (offset >= (last.get(filename)?.offset ?? 0)) last.set(filename, entry);
    }
    for (const entry of last.values()) if (!(await isThere(files, entry))) return null;
  } catch {
    return null;
  }
  return new Map([...last].map(([filename, { offset, length }]) => [filename, offset + length]));
}

/** Whether the record stands where the index says; else it is another file's. */
async function isThere({ folder }: ArchiveFiles, entry: IndexEntry): Promise<boolean> {
  const { filename, offset, length } = entry;
  const file = await open(join(folder, filename), 'r');
  try {
    for await (const member of members(file, offset)) {
      const found = scannedEntry(member.beginning, { filename, offset, length: member.length });
      return found?.url === entry.url && found.digest === entry.digest && member.length === length;
    }
    return false;
  } finally {
    await file.close();
  }
}

async function* entriesOf(path: string): AsyncGenerator<IndexEntry | null> {
  for await (const line of linesOf(path)) yield parseIndexLine(line);
}

/** @returns behind the last whole record */
async function scan(
  files: ArchiveFiles,
  number: number,
  { from, isLast, listener }: { from: number; isLast: boolean; listener: RecoveryListener },
): Promise<number> {
  const path = files.warc(number);
  let file: FileHandle | null = null;
  let end = from;
  try {
    file = await open(path, 'r');
    for await (const { offset, length, beginning } of members(file, from)) {
      const entry = scannedEntry(beginning, { filename: files.warcName(number), offset, length });
      if (entry !== null) await listener.scanned(entry);
      end = offset + length;
    }
  } catch (error) {
    if (!(error instanceof TornMember && isLast))
      throw archiveError(error, `cannot go on with the archive ${path}, move it away`);
  } finally {
    await file?.close();
  }
  return end;
}
