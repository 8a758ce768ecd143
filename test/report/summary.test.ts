import { expect, test } from 'vitest';
import { summaryText } from '../../src/report/summary.js';
import { summary } from './finished.js';

const COUNTS = '12 saved, 0 skipped, 1 failed; 1.2 MiB in 1,234 chunks by 13 greenlets\n';

test.each([
  ['a measured baseline', summary(), 'elapsed 0.61 s; sequential baseline 2.90 s (measured); 4.8x faster\n'],
  [
    'an estimate, which is an upper bound',
    summary({ baseline: { seconds: 2.9, source: 'estimated' } }),
    'elapsed 0.61 s; sequential baseline at most 2.90 s (estimated); at most 4.8x faster\n',
  ],
  ['no baseline', summary({ baseline: null, speedup: null }), 'elapsed 0.61 s\n'],
  [
    'a sequential run',
    summary({ mode: 'sequential', baseline: { seconds: 0.61, source: 'measured' }, speedup: 1 }),
    'elapsed 0.61 s; this run is the sequential baseline (speed-up 1)\n',
  ],
  [
    'a comparison',
    summary({ mode: 'compare', identical: 12, different: 1 }),
    'both passes: 12 files identical, 1 different\nelapsed 0.61 s; sequential baseline 2.90 s (measured); 4.8x faster\n',
  ],
])('%s', (_, event, rest) => expect(summaryText(event, 13)).toBe(COUNTS + rest));

test('one is singular', () => {
  const text = summaryText(
    summary({ saved: 1, failed: 0, bytes: 1, chunks: 1, baseline: null, speedup: null }),
    1,
  );
  expect(text).toBe('1 saved, 0 skipped, 0 failed; 1 B in 1 chunk by 1 greenlet\nelapsed 0.61 s\n');
});
