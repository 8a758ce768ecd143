// The public API: named re-exports, no logic.

export {
  Event,
  Greenlet,
  GreenletExit,
  Group,
  getcurrent,
  joinall,
  killall,
  Pool,
  PoolFull,
  Queue,
  Semaphore,
  sleep,
  spawn,
  spawnLater,
  Timeout,
  withTimeout,
} from './coroutine/index.js';
export type { ChunkInfo, OnChunk } from './download/context.js';
export type { Fetch } from './http/fetch-transport.js';
export type {
  Exchange,
  HeaderFields,
  HttpRequest,
  Receiver,
  ResponseHead,
  Transport,
} from './http/transport.js';
export type { Sources } from './input/sources.js';
export { ERROR_CODES, type ErrorCode, FetchallError, StatusError, UsageError } from './model/errors.js';
export type {
  FetchallEvent,
  FinishedEvent,
  PlannedEvent,
  RetryEvent,
  StartedEvent,
  SummaryEvent,
} from './model/events.js';
export type { Baseline, Report, RunMode, Summary, Totals } from './model/report.js';
export type { ErrorSummary, Outcome, Reason, Result } from './model/result.js';
export type { Checksum, ChecksumAlgorithm, Source } from './model/source.js';
export { download, downloadAll } from './run/download-all.js';
export { downloadEach } from './run/download-each.js';
export type { DownloadOptions } from './run/options.js';
export type { Seams } from './run/seams.js';
