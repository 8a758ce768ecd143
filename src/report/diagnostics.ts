// For `--verbose`: every retry, every host that is parked, and the stack and causes of every failure.

import type { FetchallEvent } from '../model/events.js';
import { printable } from './printable.js';
import type { Reporter } from './reporter.js';
import { parkedLine, retryLine } from './result-line.js';
import type { LineWriter } from './text-stream.js';

/** Causes can go in a circle. */
const DEEPEST = 8;

export class Diagnostics implements Reporter {
  readonly #out: LineWriter;

  constructor(out: LineWriter) {
    this.#out = out;
  }

  event(event: FetchallEvent, error?: unknown): void {
    if (event.event === 'retry') this.#out.write(retryLine(event));
    else if (event.event === 'parked') this.#out.write(parkedLine(event));
    else if (event.event === 'finished' && event.outcome === 'failed' && error !== undefined) {
      const who = event.greenlet === null ? '-' : `greenlet-${event.greenlet}`;
      this.#out.write(`${who}  ${printable(event.url)}\n${explain(error)}`);
    }
  }

  close(): void {}
}

/** Stack and causes of whatever was thrown, indented, so that no line of it can pass for a line of the log. */
export function explain(thrown: unknown, depth = 0): string {
  const label = depth === 0 ? '' : 'caused by: ';
  let text = indent(
    `${label}${thrown instanceof Error ? (thrown.stack ?? String(thrown)) : describe(thrown)}`,
  );
  if (!(thrown instanceof Error) || depth === DEEPEST) return text;
  // Node tries all addresses of a host and throws one error for them (happy eyeballs).
  if (thrown instanceof AggregateError)
    for (const one of thrown.errors) text += indent(`each: ${describe(one)}`);
  if (thrown.cause !== undefined) text += explain(thrown.cause, depth + 1);
  return text;
}

function describe(thrown: unknown): string {
  try {
    return String(thrown);
  } catch {
    return 'something that has no text';
  }
}

function indent(text: string): string {
  let indented = '';
  for (const line of text.split('\n')) indented += `    ${printable(line.trim())}\n`;
  return indented;
}
