// The options of the report room.

import { choice, flag, type Resolved } from '../model/option.js';

const PROGRESS_STYLES = ['auto', 'bars', 'lines', 'none'] as const;

/** How a run shows that it goes on. */
export type ProgressStyle = (typeof PROGRESS_STYLES)[number];

export const reportOptions = {
  /**
   * NDJSON on standard output instead of text, and nothing else there.
   * @default false
   */
  json: flag('NDJSON on standard output instead of text'),
  /**
   * Errors only: no lines, no progress, no summary. Never changes what `json` writes.
   * @default false
   */
  quiet: flag('errors only', { alias: 'q' }),
  /**
   * Also every retry, and the causes of every failure, on standard error.
   * @default false
   */
  verbose: flag('also show retries and the causes of failures', { alias: 'v' }),
  /**
   * How progress is shown on standard error; `auto` is bars on a terminal, else a line now and then.
   * @default 'auto'
   */
  progress: choice('auto', PROGRESS_STYLES, 'how progress is shown on standard error'),
  /**
   * Colours on a terminal; NO_COLOR in the environment turns them off too.
   * @default true
   */
  color: flag('colours on a terminal', { default: true }),
};

export type ReportOptions = Resolved<typeof reportOptions>;
