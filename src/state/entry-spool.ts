// A list that has to be read twice, kept on disk as it was understood the first time: a line of JSON an entry.

import { once } from 'node:events';
import { createReadStream, createWriteStream, type WriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { FetchallError } from '../model/errors.js';
import { type BadLine, type Entry, isBadLine, type Source } from '../model/source.js';
import { memoryError } from './memory-error.js';

type Spooled =
  | { readonly source: Source }
  | { readonly bad: Pick<BadLine, 'text' | 'line'>; readonly message: string };

export class EntrySpool {
  readonly #stream: WriteStream;

  private constructor(stream: WriteStream) {
    this.#stream = stream;
  }

  /**
   * @param path of a file that is not there yet; only its owner may read it, since URLs can hold passwords
   * @throws FetchallError ERR_DISK
   */
  static async create(path: string): Promise<EntrySpool> {
    const stream = createWriteStream(path, { flags: 'wx', mode: 0o600 });
    try {
      await once(stream, 'open');
    } catch (error) {
      throw memoryError(error);
    }
    // An error that comes while nobody waits stays in `errored`, and does not end the process.
    stream.on('error', () => {});
    return new EntrySpool(stream);
  }

  /**
   * Hands the entries on and keeps a copy of each.
   *
   * @throws FetchallError ERR_DISK
   */
  async *keep(entries: AsyncIterable<Entry>): AsyncGenerator<Entry> {
    for await (const entry of entries) {
      await this.#settled(
        this.#stream.write(`${oneLine(JSON.stringify(toSpooled(entry)))}\n`) ? null : 'drain',
      );
      yield entry;
    }
    this.#stream.end();
    await this.#settled('close');
  }

  /** The entries again, once all have been kept. */
  async *again(): AsyncGenerator<Entry> {
    for await (const line of createInterface({
      input: createReadStream(this.#stream.path),
      crlfDelay: Number.POSITIVE_INFINITY,
    })) {
      yield toEntry(JSON.parse(line) as Spooled);
    }
  }

  close(): void {
    this.#stream.destroy();
  }

  async #settled(event: 'drain' | 'close' | null): Promise<void> {
    try {
      if (this.#stream.errored !== null) throw this.#stream.errored;
      if (event !== null) await once(this.#stream, event);
    } catch (error) {
      throw memoryError(error);
    }
  }
}

/** Some versions of Node take these two for the end of a line too. */
function oneLine(json: string): string {
  return json.replace(/[\u2028\u2029]/g, (character) => `\\u${character.charCodeAt(0).toString(16)}`);
}

function toSpooled(entry: Entry): Spooled {
  if (!isBadLine(entry)) return { source: entry };
  const { text, line, error } = entry;
  return { bad: { text, line }, message: error.message };
}

function toEntry(spooled: Spooled): Entry {
  if ('source' in spooled) return spooled.source;
  return { ...spooled.bad, error: new FetchallError('ERR_INPUT', spooled.message) };
}
