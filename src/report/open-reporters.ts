// Picks the reporters for what the options ask and for what the streams are.

import type { FetchallEvent } from '../model/events.js';
import type { Progress } from '../model/progress.js';
import { Bars } from './bars.js';
import { Diagnostics } from './diagnostics.js';
import { JsonLines } from './json-lines.js';
import { LogLines } from './log-lines.js';
import type { ProgressStyle, ReportOptions } from './options.js';
import { Outlet } from './outlet.js';
import { choosePalette, type Environment, isTerminal } from './palette.js';
import { printable } from './printable.js';
import { ProgressLines } from './progress-lines.js';
import { combineReporters, type Reporter } from './reporter.js';
import type { TextStream } from './text-stream.js';

/** Where a run is watched from. */
export interface Surroundings {
  readonly stdout: TextStream;
  readonly stderr: TextStream;
  readonly environment: Environment;
  readonly progress: Progress;
  /** Slots of the pool. */
  readonly concurrency: number;
}

export interface Reporting extends Reporter {
  event(event: FetchallEvent, error?: unknown): void;
  /** One line on standard error, bars or not: warnings, and errors that belong to no URL. */
  note(text: string): void;
  /** A promise while an output is full, else undefined. A run of millions awaits it; the way out does after `close`. */
  drained(): Promise<unknown> | undefined;
}

/** How progress is shown: never bars but on a terminal, and `auto` is silent where only errors are wanted. */
export function chooseProgress(
  options: ReportOptions,
  stderrIsTerminal: boolean,
): Exclude<ProgressStyle, 'auto'> {
  const { progress, quiet } = options;
  if (progress === 'none' || (progress === 'auto' && quiet)) return 'none';
  return stderrIsTerminal && progress !== 'lines' ? 'bars' : 'lines';
}

export function openReporters(options: ReportOptions, surroundings: Surroundings): Reporting {
  const { stdout, stderr, environment, progress, concurrency } = surroundings;
  const style = chooseProgress(options, isTerminal(stderr, environment));
  const bars = style === 'bars' ? new Bars(stderr, progress, concurrency) : null;
  const shelter = (stream: TextStream) =>
    bars !== null && stream.isTTY === true ? bars.shelter(stream) : stream;
  const out = new Outlet(shelter(stdout));
  const err = new Outlet(shelter(stderr));
  if (stdout.isTTY === true && stderr.isTTY === true) Outlet.pair(out, err);

  const results = (): Reporter => {
    if (options.json) return new JsonLines(out);
    const stream = options.quiet ? stderr : stdout;
    const palette = choosePalette(stream, options.color, environment);
    return new LogLines(options.quiet ? err : out, { palette, failuresOnly: options.quiet });
  };
  const reporters = [results()];
  if (options.verbose) reporters.push(new Diagnostics(err));
  if (style === 'lines') reporters.push(new ProgressLines(err, progress));
  const all = combineReporters(reporters);

  return {
    event: all.event,
    note: (text) => err.write(`${text.split('\n').map(printable).join('\n')}\n`),
    drained: () => firstOf(out.drained(), err.drained()),
    close() {
      all.close();
      // What the outlets hold goes through the bars, so the bars close last.
      out.close();
      err.close();
      bars?.close();
    },
  };
}

function firstOf(
  one: Promise<void> | undefined,
  other: Promise<void> | undefined,
): Promise<unknown> | undefined {
  return one !== undefined && other !== undefined ? Promise.all([one, other]) : (one ?? other);
}
