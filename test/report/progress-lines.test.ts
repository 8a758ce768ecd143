import { beforeEach, expect, test } from 'vitest';
import { Progress } from '../../src/model/progress.js';
import { ProgressLines } from '../../src/report/progress-lines.js';
import { pass, pendingAlarms, useManualClock } from './manual-clock.js';
import { MemoryStream } from './memory-stream.js';

beforeEach(useManualClock);

test('a line every ten seconds, with the rate of these ten', () => {
  const err = new MemoryStream();
  const progress = new Progress();
  const lines = new ProgressLines(err, progress);
  Object.assign(progress, { read: 2000, ended: 1000, failed: 3, bytes: 10_485_760 });
  pass(9_999);
  expect(err.text).toBe('');
  pass(1);
  expect(err.text).toBe('1,000 done, 2,000 read so far, 3 failed; 10.0 MiB, 1.0 MiB/s\n');
  Object.assign(progress, { readThrough: true, ended: 1900 });
  pass(10_000);
  expect(err.text.split('\n')[1]).toBe('1,900 of 2,000 done, 3 failed; 10.0 MiB, 0 B/s');
  lines.close();
  expect(pendingAlarms()).toBe(0);
});

test('a short run has none', () => {
  const err = new MemoryStream();
  const lines = new ProgressLines(err, new Progress());
  pass(5000);
  lines.close();
  pass(60_000);
  expect(err.text).toBe('');
});
