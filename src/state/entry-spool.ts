// A list that has to be read twice, kept on disk as it was understood the first time: a line of JSON an entry.

import { once } from 'node:events';
import { createReadStream, createWriteStream, type WriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { FetchallError } from '../model/errors.js';
import { type BadLine, type Entry, isBadLine, type Source } from '../model/source.js';

type Spooled =
  | { readonly source: Source }
  | { readonly bad: Pick<BadLine, 'text' | 'line'>; readonly message: string };

export class EntrySpool {
  readonly #path: string;
  readonly #stream: WriteStream;

  /** @param path of a file that is not there yet; only its owner may read it, since URLs can hold passwords */
  constructor(path: string) {
    this.#path = path;
    this.#stream = createWriteStream(path, { flags: 'wx', mode: 0o600 });
  }

  /** Hands the entries on and keeps a copy of each. */
  async *keep(entries: AsyncIterable<Entry>): AsyncGenerator<Entry> {
    await once(this.#stream, 'open');
    for await (const entry of entries) {
      if (!this.#stream.write(`${JSON.stringify(toSpooled(entry))}\n`)) await once(this.#stream, 'drain');
      yield entry;
    }
    this.#stream.end();
    await once(this.#stream, 'close');
  }

  /** The entries again, once all have been kept. */
  async *again(): AsyncGenerator<Entry> {
    for await (const line of createInterface({
      input: createReadStream(this.#path),
      crlfDelay: Number.POSITIVE_INFINITY,
    })) {
      yield toEntry(JSON.parse(line) as Spooled);
    }
  }

  close(): void {
    this.#stream.destroy();
  }
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
