import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import * as fetchall from '../src/index.js';
import { VERSION } from '../src/model/version.js';

test('the public values are these and no others', () => {
  expect(Object.keys(fetchall).sort()).toEqual([
    'AsyncResult',
    'BoundedSemaphore',
    'Channel',
    'Condition',
    'DummySemaphore',
    'ERROR_CODES',
    'Empty',
    'Event',
    'FetchallError',
    'Full',
    'Greenlet',
    'GreenletExit',
    'Group',
    'LifoQueue',
    'Pool',
    'PoolFull',
    'PriorityQueue',
    'Queue',
    'RLock',
    'RawGreenlet',
    'Semaphore',
    'ShutDown',
    'SimpleQueue',
    'StatusError',
    'StreamServer',
    'Timeout',
    'Timer',
    'UsageError',
    'crawl',
    'download',
    'downloadAll',
    'downloadEach',
    'extractLinks',
    'getcurrent',
    'idle',
    'iwait',
    'joinall',
    'killall',
    'parseContentRange',
    'parseRobots',
    'sendall',
    'sleep',
    'spawn',
    'spawnLater',
    'useErrorHandler',
    'wait',
    'withTimeout',
    'zip',
  ]);
});

test('the version is that of the package', () => {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  expect(VERSION).toBe(version);
});
