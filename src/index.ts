/// <reference types="node" preserve="true" />
// The public API: named re-exports, no logic.

export {
  AsyncResult,
  BoundedSemaphore,
  Channel,
  Condition,
  type ConnectionHandler,
  DummySemaphore,
  type Duration,
  Empty,
  type ErrorHandler,
  Event,
  Full,
  Greenlet,
  GreenletExit,
  Group,
  type GroupJoinOptions,
  getcurrent,
  type Imap,
  type ImapOptions,
  type Items,
  idle,
  iwait,
  type JoinallOptions,
  joinall,
  type KillError,
  killall,
  LifoQueue,
  type Linkable,
  type ListenAddress,
  type Lock,
  type NetworkAddress,
  Pool,
  PoolFull,
  PriorityQueue,
  type PriorityQueueOptions,
  Queue,
  type QueueOptions,
  RawGreenlet,
  RLock,
  type Run,
  Semaphore,
  ShutDown,
  SimpleQueue,
  type SleepOptions,
  StreamServer,
  type StreamServerOptions,
  sendall,
  sleep,
  spawn,
  spawnLater,
  type TaskQueueOptions,
  type TimeLimit,
  Timeout,
  type TimeoutOptions,
  Timer,
  useErrorHandler,
  type WaitForOptions,
  type WaitLimits,
  type WaitOptions,
  wait,
  withTimeout,
  zip,
} from './coroutine/index.js';
export { type CrawlOptions, crawl } from './crawl/crawl.js';
export type { DocumentType } from './crawl/document-type.js';
export type { Link, LinkKind } from './crawl/link.js';
export { extractLinks, type LinkOptions } from './crawl/link-extractor.js';
export type { CrawledPage, OnPage } from './crawl/page.js';
export { parseRobots, type Robots, type RobotsRule } from './crawl/robots.js';
export { type ContentRange, parseContentRange } from './http/content-range.js';
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
export type { ChunkInfo, OnChunk } from './model/chunk.js';
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
