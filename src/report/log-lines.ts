// The text log: one line a greenlet, then the summary.

import type { FetchallEvent, FinishedEvent, SummaryEvent } from '../model/events.js';
import type { RunMode } from '../model/report.js';
import { type Palette, PLAIN } from './palette.js';
import type { Reporter } from './reporter.js';
import { plannedLine, resultLine } from './result-line.js';
import { summaryText } from './summary.js';
import type { LineWriter } from './text-stream.js';

export class LogLines implements Reporter {
  readonly #out: LineWriter;
  readonly #palette: Palette;
  readonly #failuresOnly: boolean;
  /** The pass of a comparison that goes on. */
  #pass: RunMode | undefined;
  /** Greenlets that ended in this pass. */
  #greenlets = 0;

  constructor(out: LineWriter, options: { palette?: Palette; failuresOnly?: boolean } = {}) {
    this.#out = out;
    this.#palette = options.palette ?? PLAIN;
    this.#failuresOnly = options.failuresOnly ?? false;
  }

  event(event: FetchallEvent): void {
    if (event.event === 'finished') {
      this.#enter(event.mode);
      this.#finished(event);
    } else if (event.event === 'started') this.#enter(event.mode);
    else if (event.event === 'planned') this.#print(plannedLine(event));
    else if (event.event === 'summary') this.#summary(event);
  }

  close(): void {}

  #enter(pass: RunMode | undefined): void {
    if (pass === undefined || pass === this.#pass) return;
    this.#pass = pass;
    // The summary of a comparison counts the last pass.
    this.#greenlets = 0;
    this.#print(`${pass} pass\n`);
  }

  #finished(event: FinishedEvent): void {
    if (event.greenlet !== null) this.#greenlets++;
    if (!this.#failuresOnly || event.outcome === 'failed') this.#out.write(resultLine(event, this.#palette));
  }

  #summary(event: SummaryEvent): void {
    this.#print(summaryText(event, this.#greenlets));
  }

  #print(text: string): void {
    if (!this.#failuresOnly) this.#out.write(text);
  }
}
