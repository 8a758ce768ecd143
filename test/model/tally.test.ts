import fc from 'fast-check';
import { expect, it } from 'vitest';
import { failedEnding, savedEnding, skippedEnding } from '../../src/download/task.js';
import { FetchallError } from '../../src/model/errors.js';
import { Tally } from '../../src/model/report.js';
import type { Result } from '../../src/model/result.js';
import { aTask } from '../support/jobs.js';

const result: fc.Arbitrary<Result> = fc
  .record({
    outcome: fc.constantFrom('saved', 'skipped', 'failed'),
    greenlet: fc.nat(5),
    bytes: fc.nat(),
    chunks: fc.nat(),
    seconds: fc.nat(100),
  })
  .map(({ outcome, ...facts }) => {
    const task = { ...aTask(), ...facts };
    if (outcome === 'saved') return savedEnding(task).result;
    return outcome === 'skipped'
      ? skippedEnding(task, 'exists').result
      : failedEnding(task, new FetchallError('ERR_CONNECT', 'refused')).result;
  });

it('total is always saved and skipped and failed, and sums are sums', () => {
  fc.assert(
    fc.property(fc.array(result), (results) => {
      const tally = new Tally();
      for (const each of results) tally.add(each);
      const { total, saved, skipped, failed, bytes, chunks } = tally.totals();
      const sum = (key: 'bytes' | 'chunks' | 'seconds') => results.reduce((all, each) => all + each[key], 0);
      expect([total, saved + skipped + failed]).toEqual([results.length, results.length]);
      expect([bytes, chunks, tally.ownSeconds]).toEqual([sum('bytes'), sum('chunks'), sum('seconds')]);
      expect(tally.greenlets).toBe(results.filter(({ greenlet }) => greenlet !== null).length);
      expect(Object.keys(tally.totals())).toEqual(['total', 'saved', 'skipped', 'failed', 'bytes', 'chunks']);
    }),
  );
});
