import { expect, test } from 'vitest';
import { profileText } from '../../bench/profile.js';

const node = (id: number, functionName: string, url: string, children: readonly number[] = []) => ({
  id,
  children,
  callFrame: { functionName, url, lineNumber: 9 },
});

test('a profile is summed by category, by function without what it calls, and as a tree with it', () => {
  const text = profileText('main thread', {
    nodes: [
      node(1, '(root)', '', [2, 4]),
      node(2, 'fetch', 'file:///dist/bundle/download.js', [3]),
      node(3, 'open', ''),
      node(4, '(idle)', ''),
    ],
    samples: [2, 3, 3, 4],
    // Each sample lasts until the next; nobody knows how long the last one does.
    timeDeltas: [500, 2000, 1000, 3000],
  });
  const lines = text.split('\n').map((line) => line.trim().replace(/ +/g, ' '));
  expect(lines).toEqual([
    'main thread: 6 ms',
    '4 ms 66.7 % native calls (system calls, codecs)',
    '2 ms 33.3 % fetchall',
    '',
    '4 ms 66.7 % open',
    '2 ms 33.3 % fetch download.js:10',
    '',
    '6 ms 100.0 % (root)',
    '6 ms 100.0 % fetch download.js:10',
    '4 ms 66.7 % open',
    '',
  ]);
});
