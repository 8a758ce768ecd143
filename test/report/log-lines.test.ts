import { expect, test } from 'vitest';
import type { FetchallEvent } from '../../src/model/events.js';
import { Diagnostics, explain } from '../../src/report/diagnostics.js';
import { LogLines } from '../../src/report/log-lines.js';
import { COLOURED } from '../../src/report/palette.js';
import { resultLine } from '../../src/report/result-line.js';
import { badLine, failed, finished, summary } from './finished.js';
import { MemoryStream } from './memory-stream.js';

const URL_A = 'http://127.0.0.1:8000/a.bin';

function logged(events: readonly FetchallEvent[], failuresOnly = false): string {
  const out = new MemoryStream();
  const log = new LogLines(out, { failuresOnly });
  for (const event of events) log.event(event);
  log.close();
  return out.text;
}

test.each([
  ['a saved file', finished(), `greenlet-7  200  4,096 B  4 chunks  12 ms  ${URL_A} -> a.bin`],
  [
    'a resumed one',
    finished({ status: 206, bytes: 1, chunks: 1, attempts: 2, resumed: true }),
    `greenlet-7  206  1 B  1 chunk  12 ms  2 attempts  resumed  ${URL_A} -> a.bin`,
  ],
  [
    'one whose end nobody has marked',
    finished({ lengthKnown: false }),
    `greenlet-7  200  4,096 B  4 chunks  12 ms  length unknown  ${URL_A} -> a.bin`,
  ],
  [
    'a changed one',
    finished({ reason: 'changed' }),
    `greenlet-7  200  4,096 B  4 chunks  12 ms  saved (changed)  ${URL_A} -> a.bin`,
  ],
  [
    'one that a greenlet skipped',
    finished({ outcome: 'skipped', reason: 'unchanged', status: 304, bytes: 0, chunks: 0 }),
    `greenlet-7  304  0 B  0 chunks  12 ms  skipped (unchanged)  ${URL_A} -> a.bin`,
  ],
  [
    'one that got no greenlet',
    finished({ greenlet: null, outcome: 'skipped', reason: 'duplicate', status: null, bytes: 0, chunks: 0 }),
    `-  skipped (duplicate)  ${URL_A} -> a.bin`,
  ],
  [
    'a failed one',
    failed(),
    `greenlet-7  404  0 B  0 chunks  12 ms  failed  ERR_STATUS: the server answered 404 Not Found  ${URL_A}`,
  ],
  [
    'one without an answer',
    failed({ status: null, error: { code: 'ERR_CONNECT', message: 'x: refused' } }),
    `greenlet-7  -  0 B  0 chunks  12 ms  failed  ERR_CONNECT: x: refused  ${URL_A}`,
  ],
  [
    'one that is gone',
    failed({ reason: 'gone' }),
    `greenlet-7  404  0 B  0 chunks  12 ms  failed (gone)  ERR_STATUS: the server answered 404 Not Found  ${URL_A}`,
  ],
  ['a bad line', badLine(), '-  line 3  failed  ERR_INPUT: it is no URL  htp:/x y'],
  ['a bad argument', badLine({ line: null, url: 'ftp://x' }), '-  failed  ERR_INPUT: it is no URL  ftp://x'],
])('%s has one line', (_, event, line) => expect(logged([event])).toBe(`${line}\n`));

test('nothing that was sent breaks out of its line', () => {
  const text = logged([
    failed({ error: { code: 'ERR_STATUS', message: '404 \x1b[2J\nsaved' } }),
    finished({ url: 'http://x/\u202e', file: 'a\rb' }),
    badLine({ url: 'x'.repeat(1e6) }),
  ]);
  expect(text.split('\n')).toHaveLength(4);
  expect(text).toContain('404 \\x1b[2J\\x0asaved');
  expect(text).toContain('http://x/\\u{202e} -> a\\x0db');
  expect(text.length).toBeLessThan(3000);
});

test('a planned file is its URL and its name', () => {
  expect(logged([{ event: 'planned', line: 3, url: URL_A, file: 'a.bin' }])).toBe(`${URL_A} -> a.bin\n`);
});

test('the summary counts the greenlets that ran', () => {
  const text = logged([finished(), failed({ greenlet: 8 }), badLine(), summary()]);
  expect(text.split('\n').at(-3)).toBe(
    '12 saved, 0 skipped, 1 failed; 1.2 MiB in 1,234 chunks by 2 greenlets',
  );
});

test('a comparison has a heading for each pass and counts the greenlets of the last', () => {
  const lines = logged([
    { event: 'started', greenlet: 1, url: URL_A, mode: 'sequential' },
    finished({ greenlet: 1, mode: 'sequential' }),
    finished({ greenlet: 2, mode: 'sequential' }),
    { event: 'started', greenlet: 3, url: URL_A, mode: 'concurrent' },
    finished({ greenlet: 3, mode: 'concurrent' }),
    summary({ mode: 'compare', identical: 1, different: 0 }),
  ]).split('\n');
  expect(lines[0]).toBe('sequential pass');
  expect(lines[3]).toBe('concurrent pass');
  expect(lines[5]).toMatch(/by 1 greenlet$/);
});

test('quiet shows failures and nothing else', () => {
  const text = logged(
    [{ event: 'started', greenlet: 1, url: URL_A, mode: 'sequential' }, finished(), badLine(), summary()],
    true,
  );
  expect(text).toBe('-  line 3  failed  ERR_INPUT: it is no URL  htp:/x y\n');
});

test('colour marks how it ended, and takes nothing away', () => {
  for (const event of [finished(), failed(), badLine(), finished({ outcome: 'skipped', reason: 'exists' })]) {
    const coloured = resultLine(event, COLOURED);
    expect(coloured).toContain('\x1b[3');
    expect(coloured.replaceAll(/\x1b\[\d+m/g, '')).toBe(resultLine(event));
  }
});

test('verbose shows retries and the causes of a failure, indented', () => {
  const err = new MemoryStream();
  const diagnostics = new Diagnostics(err);
  const error = { code: 'ERR_CONNECT', message: 'x: refused' } as const;
  diagnostics.event({ event: 'retry', greenlet: 7, url: URL_A, attempt: 2, wait: 1.3, error });
  expect(err.text).toBe(`greenlet-7  attempt 2 in 1.30 s  ERR_CONNECT: x: refused  ${URL_A}\n`);
  err.text = '';
  const refused = new AggregateError(
    [new Error('connect ::1'), new Error('connect 127.0.0.1')],
    'all \x1b failed',
  );
  diagnostics.event(failed(), new Error('x: refused', { cause: refused }));
  const lines = err.text.trimEnd().split('\n');
  expect(lines[0]).toBe(`greenlet-7  ${URL_A}`);
  expect(lines.slice(1).every((line) => line.startsWith('    '))).toBe(true);
  expect(err.text).toContain('    Error: x: refused\n    at ');
  expect(err.text).toContain('    caused by: AggregateError: all \\x1b failed\n');
  expect(err.text).toContain('    each: Error: connect ::1\n');
});

test('causes that go in a circle come to an end', () => {
  const error = new Error('round');
  error.cause = error;
  expect(explain(error).match(/caused by/g)).toHaveLength(8);
  expect(explain(Object.create(null))).toBe('    something that has no text\n');
});
