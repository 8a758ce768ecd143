import { expect, test } from 'vitest';
import { crashCrawl } from '../support/crawl-crash.js';
import { temporaryFolder } from '../support/temp-folder.js';

test('killed five times and gone on with: the same set, and nothing twice but what was in flight', async () => {
  const { faults, kills } = await crashCrawl(100, 5, 7, await temporaryFolder());
  expect(faults).toEqual([]);
  expect(kills).toBeGreaterThan(2);
}, 120_000);
