// Events for the tests of the reporters.

import type { FinishedEvent, SummaryEvent } from '../../src/model/events.js';

export function finished(fields: Partial<FinishedEvent> = {}): FinishedEvent {
  return {
    event: 'finished',
    greenlet: 7,
    url: 'http://127.0.0.1:8000/a.bin',
    finalUrl: 'http://127.0.0.1:8000/a.bin',
    outcome: 'saved',
    reason: null,
    status: 200,
    bytes: 4096,
    size: 4096,
    chunks: 4,
    seconds: 0.012,
    attempts: 1,
    resumed: false,
    lengthKnown: true,
    file: 'a.bin',
    line: 3,
    error: null,
    ...fields,
  };
}

export function failed(fields: Partial<FinishedEvent> = {}): FinishedEvent {
  const error = { code: 'ERR_STATUS', message: 'the server answered 404 Not Found' } as const;
  return finished({ outcome: 'failed', status: 404, bytes: 0, size: null, chunks: 0, error, ...fields });
}

export function badLine(fields: Partial<FinishedEvent> = {}): FinishedEvent {
  const error = { code: 'ERR_INPUT', message: 'it is no URL' } as const;
  return failed({
    greenlet: null,
    url: 'htp:/x y',
    finalUrl: null,
    status: null,
    seconds: 0,
    file: null,
    error,
    ...fields,
  });
}

export function summary(fields: Partial<SummaryEvent> = {}): SummaryEvent {
  return {
    event: 'summary',
    mode: 'concurrent',
    concurrency: 16,
    total: 13,
    saved: 12,
    skipped: 0,
    failed: 1,
    bytes: 1_258_291,
    chunks: 1234,
    seconds: 0.61,
    baseline: { seconds: 2.9, source: 'measured' },
    speedup: 4.75,
    ...fields,
  };
}
