// --warc: what a process has archived, read by another's reader.

import { readdir, readFile, stat, symlink, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  indexedByOthers,
  indexOf,
  ofType,
  readWarc,
  replayed,
  replayedFromIndex,
  sha1,
} from '../archive/read-warc.js';
import { fetchall, startFetchall } from '../support/command-line.js';
import { eventOf, eventsOf, expectOneLine, folderWith, serve } from './stage.js';

function noise(length: number): Buffer {
  return Buffer.from(Array.from({ length }, () => Math.random() * 256));
}

test('every exchange is archived: hops, failures, chunks, identical payloads', async () => {
  const large = noise(900_000);
  const server = await serve({
    '/a': { body: '<p>same</p>', headers: { 'Content-Type': 'text/html' } },
    '/b': { body: '<p>same</p>', headers: { 'Content-Type': 'text/html', 'X-Odd': 'caf\xe9' } },
    '/hop': { location: '/end', body: 'moved' },
    '/end': { body: 'the end' },
    '/gone': { status: 404, body: 'gone' },
    '/chunked': { body: 'in chunks', chunked: true, writeSizes: 3 },
    '/large': { body: large },
    '/none': { status: 204 },
  });
  const urls = ['a', 'b', 'hop', 'gone', 'chunked', 'large', 'none'].map((name) => server.url(`/${name}`));
  const cwd = await folderWith();
  const secret = ['-H', 'Authorization: Bearer 12345', '-H', 'X-Plain: yes'];
  const args = [
    ...urls,
    '-o',
    'out',
    '-c',
    '1',
    '--warc',
    'kept/site.warc.gz',
    '--wacz',
    ...secret,
    '--json',
  ];
  const result = await fetchall(args, { cwd });
  expect(result.code).toBe(8);
  expect(eventOf(result, 'summary')).toMatchObject({ saved: 6, failed: 1 });
  expect((await readdir(join(cwd, 'kept'))).sort()).toEqual(['site.cdxj', 'site.wacz', 'site.warc.gz']);
  expect(await readdir(join(cwd, 'out', '.fetchall'))).not.toContain('archive');

  const path = join(cwd, 'kept', 'site.warc.gz');
  const records = await readWarc(path);
  const count = (type: string): number => ofType(records, type).length;
  expect([count('warcinfo'), count('response'), count('revisit'), count('request')]).toEqual([1, 7, 1, 8]);
  expect(records).toHaveLength(17);
  const hashed = (await replayed(path)).map(({ body, ...rest }) => ({ ...rest, body: sha1(body) }));
  expect(hashed).toEqual(
    [
      ['a', 200, '<p>same</p>'],
      ['hop', 302, 'moved'],
      ['end', 200, 'the end'],
      ['gone', 404, 'gone'],
      ['chunked', 200, 'in chunks'],
      ['large', 200, large],
      ['none', 204, ''],
    ].map(([name, status, body]) => ({
      url: server.url(`/${name}`),
      status,
      body: sha1(Buffer.from(body as string)),
    })),
  );
  const [revisit] = ofType(records, 'revisit');
  expect(revisit?.fields).toMatchObject({
    'WARC-Target-URI': server.url('/b'),
    'WARC-Refers-To-Target-URI': server.url('/a'),
    'WARC-IP-Address': '127.0.0.1',
  });
  expect(revisit?.block.toString('latin1')).toMatch(/^HTTP\/1\.1 200 OK\r\n(?:.*\r\n)*X-Odd: caf\xe9\r\n/);
  const [request] = ofType(records, 'request');
  expect(request?.block.toString('latin1')).toMatch(/^GET \/a HTTP\/1\.1\r\nhost: 127\.0\.0\.1:\d+\r\n/);
  expect(request?.block.toString('latin1')).toContain('\r\nX-Plain: yes\r\n');
  for (const { block } of records) expect(block.includes('12345')).toBe(false);
  const index = join(cwd, 'kept', 'site.cdxj');
  expect(await indexOf(index)).toEqual(await indexedByOthers(path));
  const shown = await replayedFromIndex(index);
  expect(shown.size).toBe(8);
  for (const name of ['a', 'b', 'chunked', 'large', 'none'])
    expect(shown.get(server.url(`/${name}`))?.equals(await readFile(join(cwd, 'out', name)))).toBe(true);
});

test('a connection that breaks is archived as far as it came, and the next try as a whole', async () => {
  const body = noise(100_000);
  const server = await serve({ '/a': { times: [{ body, truncateAt: 60_000 }, { body }] } });
  const cwd = await folderWith();
  const args = [server.url('/a'), '-o', 'out', '--warc', 'a', '--retry-wait', '1ms', '-q'];
  expect((await fetchall(args, { cwd })).code).toBe(0);
  const responses = ofType(await readWarc(join(cwd, 'a.warc.gz')), 'response');
  expect(responses.map(({ fields }) => fields['WARC-Truncated'])).toEqual(['disconnect', undefined]);
  expect(responses[1]?.payload).toEqual(body);
  expect(body.subarray(0, responses[0]?.payload.length)).toEqual(responses[0]?.payload);
  expect(await readFile(join(cwd, 'out', 'a'))).toEqual(body);
  expect(server.requests.map(({ headers }) => headers.range)).toEqual([undefined, undefined]);
  expect(await indexOf(join(cwd, 'a.cdxj'))).toHaveLength(1);
});

test('an interrupted run leaves an archive with its index', async () => {
  const server = await serve({ '/a': { body: 'a' }, '/b': { body: noise(500_000), stallAt: 400_000 } });
  const cwd = await folderWith();
  const args = [server.url('/a'), server.url('/b'), '-o', 'out', '--warc', 'a', '--json'];
  const result = await fetchall(args, { cwd, signalAfter: { text: '"outcome":"saved"', signal: 'SIGINT' } });
  expect(result.code).toBe(130);
  const path = join(cwd, 'a.warc.gz');
  expect(await readWarc(path)).not.toEqual([]);
  expect(await indexOf(join(cwd, 'a.cdxj'))).toMatchObject([{ url: server.url('/a') }]);
});

test('killed and torn: the same command makes it whole', async () => {
  const body = noise(300_000);
  // Three are answered to the end: the first file has room for them.
  let answers = 3;
  const server = await serve(({ url }) => {
    const own = Buffer.concat([body, Buffer.from(url)]);
    return answers-- > 0 ? { body: own } : { body: own, stallAt: 100_000 };
  });
  const urls = Array.from({ length: 12 }, (_, at) => server.url(`/${at}`));
  const cwd = await folderWith();
  const path = join(cwd, 'a.warc.gz');
  const args = [...urls, '-o', 'out', '-c', '2', '--warc', 'a', '--warc-size', '1m', '--json'];
  const first = startFetchall(args, { cwd });
  await first.sees(/(?:"event":"finished"[\s\S]*){3}/);
  first.kill('SIGKILL');
  await first.result;
  await truncate(path, (await stat(path)).size - 7);
  answers = Number.POSITIVE_INFINITY;
  const result = await fetchall(args, { cwd });
  expect(result.code).toBe(0);
  expect(eventsOf(result, 'finished')).toHaveLength(urls.length);
  const names = (await readdir(cwd)).filter((name) => name.endsWith('.gz')).sort();
  expect(names.length).toBeGreaterThan(1);
  const paths = names.map((name) => join(cwd, name));
  const seen = new Set<string | undefined>();
  for (const warc of paths)
    for (const { fields } of await readWarc(warc)) seen.add(fields['WARC-Target-URI']);
  // What was cut off may have been the record of a file that is complete: that one is not asked for again.
  expect(urls.filter((url) => !seen.has(url)).length).toBeLessThan(2);
  expect(await indexOf(join(cwd, 'a.cdxj'))).toEqual(await indexedByOthers(...paths));
});

test('a redirect that is refused, and an error page that is not read to its end, are there as far as they came', async () => {
  const page = noise(200_000);
  const server = await serve({
    '/hop': { location: '/end', body: 'moved' },
    '/gone': { status: 404, body: page, writeSizes: 20_000, stallAt: 120_000 },
  });
  const cwd = await folderWith();
  const urls = [server.url('/hop'), server.url('/gone')];
  const result = await fetchall([...urls, '-o', 'out', '--warc', 'a', '--max-redirects', '0', '-q'], { cwd });
  expect(result.code).toBe(7);
  const responses = ofType(await readWarc(join(cwd, 'a.warc.gz')), 'response');
  const hop = responses.find(({ fields }) => fields['WARC-Target-URI'] === urls[0]);
  const gone = responses.find(({ fields }) => fields['WARC-Target-URI'] === urls[1]);
  expect(hop?.block.toString()).toMatch(/^HTTP\/1\.1 302 Found\r\nLocation: \/end\r\n/);
  expect([hop, gone].map((record) => record?.fields['WARC-Truncated'])).toEqual([
    'unspecified',
    'unspecified',
  ]);
  expect(gone?.payload.length).toBeGreaterThan(65_536);
  expect(page.subarray(0, gone?.payload.length).equals(gone?.payload ?? page)).toBe(true);
  expect(await indexOf(join(cwd, 'a.cdxj'))).toHaveLength(2);
});

test('what goes wrong at the very end is said, and the archive stays', async () => {
  const server = await serve({ '/a': { body: 'a' } });
  const cwd = await folderWith({ 'a.wacz/in-the-way': '' });
  const result = await fetchall([server.url('/a'), '-o', 'out', '--warc', 'a', '--wacz', '-q'], { cwd });
  expect(result.code).toBe(3);
  expectOneLine(result, /cannot write .*a\.wacz/);
  expect((await readdir(cwd)).sort()).toEqual(['a.cdxj', 'a.wacz', 'a.warc.gz', 'out']);
});

test('an archive that cannot be begun is said at once', async () => {
  const server = await serve({ '/a': { body: 'a' } });
  const cwd = await folderWith();
  await symlink('/dev/full', join(cwd, 'a.warc.gz'));
  const result = await fetchall([server.url('/a'), '-o', 'out', '--warc', 'a'], { cwd });
  expect(result.code).toBe(11);
  expectOneLine(result, /cannot write the archive .*ENOSPC/);
  expect(server.requests).toHaveLength(0);
});

test.each([
  [['--wacz'], /--wacz packs what --warc writes/],
  [['--warc', 'a', '--compare'], /--compare fetches everything twice/],
  [['--warc', 'a', '--warc-size', '1'], /--warc-size: .*size from 1024/],
  [['--warc', 'a/'], /--warc: .*name of a file/],
])('%j is a wrong use', async (words, says) => {
  const result = await fetchall([...words, 'http://127.0.0.1:9/'], { cwd: await folderWith() });
  expect(result.code).toBe(2);
  expectOneLine(result, says);
});

test('killed again and again: no file without its record, no record that is not whole', async () => {
  // So many are answered to the end before a run is killed; the others are under way then.
  let answers = 0;
  const server = await serve(() => {
    const body = noise(30_000);
    return answers-- > 0 ? { body, writeSizes: 10_000 } : { body, stallAt: 20_000 };
  });
  const urls = Array.from({ length: 60 }, (_, at) => server.url(`/${at}`));
  const cwd = await folderWith();
  const args = [...urls, '-o', 'out', '-c', '4', '--warc', 'a', '--warc-size', '200k', '--json'];
  for (let kills = 0; kills < 5; kills++) {
    answers = 2 + kills * 3;
    const run = startFetchall(args, { cwd });
    await run.sees(new RegExp(`(?:"outcome":"saved"[\\s\\S]*){${1 + kills * 2}}`));
    run.kill('SIGKILL');
    await run.result;
  }
  answers = Number.POSITIVE_INFINITY;
  expect((await fetchall(args, { cwd })).code).toBe(0);
  const paths = (await readdir(cwd)).filter((name) => name.endsWith('.gz')).map((name) => join(cwd, name));
  for (const path of paths) await readWarc(path);
  const index = join(cwd, 'a.cdxj');
  expect(await indexOf(index)).toEqual(await indexedByOthers(...paths));
  const shown = await replayedFromIndex(index);
  expect([...shown.keys()].sort()).toEqual([...urls].sort());
}, 40_000);

test('two runs cannot write one archive', async () => {
  const server = await serve({ '/a': { body: 'a', stallAt: 0 }, '/b': { body: 'b' } });
  const cwd = await folderWith();
  const first = startFetchall([server.url('/a'), '-o', 'one', '--warc', 'a', '--json'], { cwd });
  await first.sees('"event":"started"');
  const second = await fetchall([server.url('/b'), '-o', 'two', '--warc', 'a.warc.gz'], { cwd });
  expect(second.code).toBe(3);
  expectOneLine(second, /another run \(process \d+, since .*\) writes the archive .*a\.warc\.gz/);
  first.kill('SIGKILL');
  await first.result;
  const third = await fetchall([server.url('/b'), '-o', 'two', '--warc', 'a', '-q'], { cwd });
  expect(third.code).toBe(0);
  expect((await readdir(cwd)).sort()).toEqual(['a.cdxj', 'a.warc.gz', 'one', 'two']);
});
