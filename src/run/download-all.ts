import type { Sources } from '../input/sources.js';
import { UsageError } from '../model/errors.js';
import type { FetchallEvent } from '../model/events.js';
import type { Report, Summary } from '../model/report.js';
import type { Result } from '../model/result.js';
import type { Source } from '../model/source.js';
import { downloadEach } from './download-each.js';
import type { DownloadOptions } from './options.js';

/**
 * Fetches every source and resolves to the report: the summary and all results, in the order of their ends. It grows with
 * the list; for millions use {@link downloadEach}.
 *
 * @param sources a string is an http(s) URL or the path of a list; in an iterable, a string is a line of a list
 * @throws UsageError (wrong option), FetchallError ERR_DISK (no such list, no out folder). A URL that fails is a result,
 *   never a rejection.
 */
export async function downloadAll(sources: Sources, options: DownloadOptions = {}): Promise<Report> {
  const results: Result[] = [];
  let summary: Summary | null = null;
  const onEvent = (event: FetchallEvent): void => {
    if (event.event === 'summary') {
      const { event: _, ...facts } = event;
      summary = facts;
    }
    options.onEvent?.(event);
  };
  for await (const result of downloadEach(sources, { ...options, onEvent })) results.push(result);
  if (summary === null) throw new RangeError('unreachable: a run ends with its summary');
  return { ...(summary as Summary), results };
}

/**
 * Fetches one URL.
 *
 * @param source a URL, or a Source with the wanted name and the checksum
 * @throws as {@link downloadAll}
 */
export async function download(source: string | Source, options: DownloadOptions = {}): Promise<Result> {
  const { results } = await downloadAll([source], options);
  const [result] = results;
  if (result === undefined) throw new UsageError('the source is empty; give a URL');
  return result;
}
