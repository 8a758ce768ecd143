// The index of an archive, sorted: lines are gathered, sorted by the fifty thousand on disk, and merged at the end.

import { createReadStream, createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { archiveError } from './archive-error.js';
import { type IndexEntry, indexLine } from './index-line.js';

/** Lines in memory: about 20 MB. */
const IN_MEMORY = 50_000;
/** Characters of a write. */
const WRITE = 65_536;

export class IndexBuilder {
  readonly #folder: string;
  readonly #most: number;
  readonly #runs: string[] = [];
  #lines: string[] = [];

  /** @param folder for what does not fit into memory */
  constructor(folder: string, most = IN_MEMORY) {
    this.#folder = folder;
    this.#most = most;
  }

  /** @throws FetchallError ERR_DISK */
  add(entry: IndexEntry): Promise<void> | undefined {
    this.#lines.push(indexLine(entry));
    return this.#lines.length < this.#most ? undefined : this.#spill();
  }

  /**
   * Writes the index.
   *
   * @param path the old one stays until the new one is complete
   * @param before an index of earlier records that goes into this one; it may be the same file
   * @throws FetchallError ERR_DISK
   */
  async finish(path: string, before: string | null): Promise<void> {
    const part = `${path}.part`;
    try {
      const runs = [...this.#runs, ...(before === null ? [] : [before])].map((run) => linesOf(run));
      await write(part, merged([...runs, inOrder(this.#lines.sort(byBytes))]));
      await rename(part, path);
      for (const run of this.#runs) await rm(run, { force: true });
    } catch (error) {
      await rm(part, { force: true }).catch(() => {});
      throw archiveError(error, `cannot write the index ${path}`);
    }
  }

  async #spill(): Promise<void> {
    const lines = this.#lines.sort(byBytes);
    this.#lines = [];
    const path = `${this.#folder}/index-${this.#runs.length}`;
    this.#runs.push(path);
    try {
      await write(path, lines);
    } catch (error) {
      throw archiveError(error, `cannot write the index ${path}`);
    }
  }
}

/** The lines of an index. */
export async function* linesOf(path: string): AsyncGenerator<string> {
  const input = createReadStream(path);
  yield* createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
}

/** Lines are ASCII. */
function byBytes(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

async function* inOrder(lines: readonly string[]): AsyncGenerator<string> {
  yield* lines;
}

/** Sorted lines of several sorted sources, of which there are few. */
async function* merged(sources: readonly AsyncIterator<string>[]): AsyncGenerator<string> {
  const heads: { line: string; readonly source: AsyncIterator<string> }[] = [];
  for (const source of sources) {
    const { done, value } = await source.next();
    if (done !== true) heads.push({ line: value, source });
  }
  while (heads.length > 0) {
    let least = 0;
    for (let at = 1; at < heads.length; at++) if (lineAt(heads, at) < lineAt(heads, least)) least = at;
    const head = heads[least];
    if (head === undefined) return;
    yield head.line;
    const { done, value } = await head.source.next();
    if (done === true) heads.splice(least, 1);
    else head.line = value;
  }
}

function lineAt(heads: readonly { readonly line: string }[], at: number): string {
  return heads[at]?.line ?? '';
}

async function write(path: string, lines: Iterable<string> | AsyncIterable<string>): Promise<void> {
  await pipeline(Readable.from(inBlocks(lines)), createWriteStream(path));
}

async function* inBlocks(lines: Iterable<string> | AsyncIterable<string>): AsyncGenerator<string> {
  let block = '';
  for await (const line of lines) {
    block += `${line}\n`;
    if (block.length < WRITE) continue;
    yield block;
    block = '';
  }
  if (block !== '') yield block;
}
