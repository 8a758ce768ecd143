import { expect, it } from 'vitest';
import { resolveCrawl } from '../../src/crawl/settings.js';

it.each([
  [{}, 2, 1000],
  [{ perHost: undefined, delay: undefined }, 2, 1000],
  [{ concurrency: 'auto' }, 2, 1000],
  [{ concurrency: 64 }, 2, 1000],
  [{ concurrency: 1 }, 1, 1000],
  [{ delay: 0 }, 2, 0],
  [{ perHost: 'auto' }, 'auto', 1000],
  [{ perHost: 8 }, 8, 1000],
])('a crawl with %j asks a host so often', (written, perHost, delay) => {
  const { run } = resolveCrawl(written);
  expect([run.perHost, run.delay]).toEqual([perHost, delay]);
});
