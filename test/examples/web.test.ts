// examples/web: each program as a process of its own, with the pages of fixtures/site or with those of a test server.

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { packageRoot } from '../support/package-root.js';
import { temporaryFolder } from '../support/temp-folder.js';
import { startTestServer } from '../support/test-server.js';
import { example } from './example.js';

const site = join(packageRoot, 'fixtures', 'site');
const withoutOrigin = (line: string): string => line.replace(/http:\/\/127\.0\.0\.1:\d+/, '');

test('get: one after the other, then all at once; only a 200 is received', async () => {
  const lines = (await example('web/get')).map(withoutOrigin);
  const received = [
    '175 bytes received from /',
    '5534 bytes received from /guide/chunks.html',
    '12446 bytes received from /data/table.csv',
    '12420 bytes received from /images/checks.png',
  ];
  const asked = [
    'GET: /',
    'GET: /guide/chunks.html',
    'GET: /data/table.csv',
    'GET: /missing.html',
    'GET: /images/checks.png',
  ];
  const [a, b, c, missing, d] = asked;
  const [time = '', timeOfGreenlets = ''] = lines.filter((line) => line.includes('run time is'));
  expect(lines.slice(0, 10)).toEqual([
    a,
    received[0],
    b,
    received[1],
    c,
    received[2],
    missing,
    d,
    received[3],
    time,
  ]);
  expect(lines.slice(10, 15)).toEqual(asked);
  expect(lines.slice(15, 19).sort()).toEqual([...received].sort());
  expect(lines.slice(19)).toEqual([timeOfGreenlets]);
  const [one, other] = [time, timeOfGreenlets].map((line) => Number(/is ([\d.]+) s$/.exec(line)?.[1]));
  // Five answers that each take 150 ms.
  expect(one).toBeGreaterThanOrEqual(0.75);
  expect(other).toBeGreaterThanOrEqual(0.15);
  expect(other).toBeLessThan(one ?? 0);
});

test('get: a URL that cannot be asked costs only itself', async () => {
  const server = await startTestServer({ '/a': { body: 'abc' } });
  onTestFinished(() => server.close());
  const url = server.url('/a');
  const lines = await example('web/get', { args: ['http://127.0.0.1:1/', url] });
  expect(lines.filter((line) => line === `3 bytes received from ${url}`)).toHaveLength(2);
});

test('summaries: one for each page, in the order of the list', async () => {
  const server = await startTestServer({ '/a': { body: 'abc' }, '/b': { status: 500, body: 'x' } });
  onTestFinished(() => server.close());
  const urls = ['/b', '/a'].map((path) => server.url(path));
  const lines = await example('web/summaries', { args: urls });
  expect(lines.slice(0, -1).map((line) => JSON.parse(line))).toEqual([
    { url: urls[0], status_code: 500, content_length: 1 },
    { url: urls[1], status_code: 200, content_length: 3 },
  ]);
  expect(lines.at(-1)).toMatch(/^total time: \d+\.\d\d s$/);
  expect((await example('web/summaries')).slice(0, -1)).toHaveLength(5);
});

test('pictures: read 1,024 bytes at a time, each by its greenlet', async () => {
  const cwd = await temporaryFolder();
  const lines = (await example('web/pictures', { cwd })).map(withoutOrigin);
  expect(lines.slice(0, 3).sort()).toEqual([
    'greenlet-1: saved /images/gradient.png: 43358 bytes in gradient.png',
    'greenlet-2: saved /images/checks.png: 12420 bytes in checks.png',
    expect.stringMatching(/^greenlet-3: failed \/images\/missing\.png: .*404/),
  ]);
  expect(lines.slice(3, -1).sort()).toEqual([
    'greenlet-1: 43 reads of at most 1024 bytes',
    'greenlet-2: 13 reads of at most 1024 bytes',
  ]);
  expect(lines.at(-1)).toMatch(/^2 pictures in \d+\.\d\d s$/);
  const out = join(cwd, 'downloads', 'pictures');
  const files = (await readdir(out)).filter((name) => !name.startsWith('.'));
  expect(files.sort()).toEqual(['checks.png', 'gradient.png']);
  for (const file of files) {
    expect(await readFile(join(out, file))).toEqual(await readFile(join(site, 'images', file)));
  }
});
