// NDJSON: every event one line, and nothing else.

import type { FetchallEvent } from '../model/events.js';
import { printableJson } from './printable.js';
import type { Reporter } from './reporter.js';
import type { LineWriter } from './text-stream.js';

export class JsonLines implements Reporter {
  readonly #out: LineWriter;

  constructor(out: LineWriter) {
    this.#out = out;
  }

  event(event: FetchallEvent): void {
    this.#out.write(`${printableJson(JSON.stringify(event))}\n`);
  }

  close(): void {}
}
