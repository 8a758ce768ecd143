import { expect, test } from 'vitest';
import type { FetchallEvent } from '../../src/model/events.js';
import { JsonLines } from '../../src/report/json-lines.js';
import { badLine, failed, finished, summary } from './finished.js';
import { MemoryStream } from './memory-stream.js';

test('every event is one line with exactly its fields', () => {
  const events: FetchallEvent[] = [
    { event: 'planned', line: 3, url: 'http://x/a', file: 'a' },
    { event: 'started', greenlet: 7, url: 'http://x/a' },
    {
      event: 'retry',
      greenlet: 7,
      url: 'http://x/a',
      attempt: 2,
      wait: 1.3,
      error: { code: 'ERR_CONNECT', message: 'refused' },
    },
    finished(),
    failed({ mode: 'concurrent', file: 'zeile\n\x9b\u2028\ud800' }),
    badLine(),
    summary({ mode: 'compare', identical: 12, different: 0 }),
  ];
  const out = new MemoryStream();
  const json = new JsonLines(out);
  for (const event of events) json.event(event);
  json.close();
  const lines = out.text.split('\n');
  expect(lines.pop()).toBe('');
  expect(lines.map((line) => JSON.parse(line))).toStrictEqual(events);
  expect(lines[1]).toBe('{"event":"started","greenlet":7,"url":"http://x/a"}');
  expect(out.text).not.toMatch(/[\x80-\x9f\u2028]/);
});
