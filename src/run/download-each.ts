import { openSources, type Sources } from '../input/sources.js';
import type { Result } from '../model/result.js';
import { type DownloadOptions, resolveSettings } from './options.js';
import { run } from './run.js';

/**
 * Fetches every source and yields each result as it comes; nothing is kept, so that a list may have no end. To stop
 * reading is to cancel the run. In a comparison the results are those of the second pass.
 *
 * @param sources a string is an http(s) URL or the path of a list; in an iterable, a string is a line of a list
 * @throws UsageError (wrong option) or FetchallError ERR_DISK (no such list, no out folder) at the first `next()`. A URL
 *   that fails is a result, never an exception.
 */
export async function* downloadEach(
  sources: Sources,
  options: DownloadOptions = {},
): AsyncGenerator<Result, void, void> {
  const settings = resolveSettings(options);
  const entries = await openSources(sources, null);
  for await (const endings of run(entries, settings, options)) for (const { result } of endings) yield result;
}
