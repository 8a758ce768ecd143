// The main command: sources in, files and log out, an exit code at the end.

import { existsSync } from 'node:fs';
import { openArguments } from '../input/sources.js';
import { FetchallError, UsageError } from '../model/errors.js';
import { flagName, resolveOptions } from '../model/option.js';
import { Progress } from '../model/progress.js';
import { openReporters, type Reporting } from '../report/open-reporters.js';
import { reportOptions } from '../report/options.js';
import type { RunSeams } from '../run/live.js';
import { resolveSettings, type Settings } from '../run/options.js';
import type { EntrySource } from '../run/pass.js';
import { type RunEnding, run } from '../run/run.js';
import { complaint } from './complaint.js';
import { EXIT, exitCodeOf, graver } from './exit-codes.js';
import type { Command } from './parse.js';
import { listenForSignals } from './signals.js';

/** Bars at most, while the run finds how many transfers go on at once: more can be seen, not read. */
const BARS = 16;

/** What is fetched when nothing is named. */
const DEFAULT_LIST = 'urls.txt';

/**
 * @returns the exit code
 * @throws FetchallError when nothing could be begun
 */
export async function downloadCommand({
  sources,
  written,
}: Extract<Command, { kind: 'download' }>): Promise<number> {
  return await download(written, () =>
    openArguments(sources.length > 0 ? sources : defaultSources(), process.stdin),
  );
}

/**
 * @param written options by key
 * @param open the list, once the options are known to be right
 * @returns the exit code
 * @throws FetchallError when nothing could be begun
 */
export async function download(
  written: Readonly<Record<string, unknown>>,
  open: () => Promise<EntrySource>,
): Promise<number> {
  const settings = resolveSettings(written, flagName);
  resolveOptions(reportOptions, written, flagName);
  const entries = await open();
  return await reported(written, settings, (seams) => run(entries, settings, seams));
}

/**
 * Runs something and reports on it.
 *
 * @param whyNothing what is said when there was nothing to fetch
 * @returns the exit code
 */
export async function reported(
  written: Readonly<Record<string, unknown>>,
  { concurrency }: Pick<Settings, 'concurrency'>,
  begin: (seams: RunSeams) => AsyncIterable<RunEnding[]>,
  whyNothing: () => string = () => 'the list is empty: nothing to fetch',
): Promise<number> {
  const reporting = resolveOptions(reportOptions, written, flagName);
  const progress = new Progress();
  const { stdout, stderr, env: environment } = process;
  const bars = concurrency === 'auto' ? BARS : concurrency;
  const reporter = openReporters(reporting, { stdout, stderr, environment, progress, concurrency: bars });
  const signals = listenForSignals(
    (signal) => reporter.note(`fetchall: ${signal}, stopping; once more ends at once`),
    () => reporter.close(),
  );
  let exitCode: number = EXIT.ok;
  try {
    const note = (text: string): void => reporter.note(text);
    const seams = { progress, signal: signals.aborted, listener: reporter.event, note };
    for await (const endings of begin(seams)) {
      for (const ending of endings)
        exitCode = graver(exitCode, judgeEnding(ending, reporter, reporting.quiet));
      const full = reporter.drained();
      if (full !== undefined) await full;
    }
    if (progress.read === 0 && signals.exitCode() === null && !reporting.quiet)
      reporter.note(`fetchall: ${whyNothing()}`);
  } catch (error) {
    if (!(error instanceof FetchallError)) throw error;
    reporter.note(complaint(error, reporting.verbose));
    exitCode = graver(exitCode, exitCodeOf(error));
  } finally {
    reporter.close();
  }
  return signals.exitCode() ?? exitCode;
}

function defaultSources(): string[] {
  if (existsSync(DEFAULT_LIST)) return [DEFAULT_LIST];
  throw new UsageError(
    `nothing to fetch: give a URL, a list or -, or put a ${DEFAULT_LIST} here; fetchall --help shows more`,
  );
}

/** What one ending makes of the exit code; a comparison's difference is named. */
function judgeEnding({ result, error, comparison }: RunEnding, reporter: Reporting, quiet: boolean): number {
  if (error !== null) return exitCodeOf(error);
  if (comparison === 'different') {
    reporter.note(`fetchall: different: ${result.url}: the two passes got different bytes`);
    return EXIT.checksum;
  }
  if (comparison === 'changed' && !quiet) {
    reporter.note(`fetchall: changed: ${result.url}: the server has another version than in the first pass`);
  }
  return EXIT.ok;
}
