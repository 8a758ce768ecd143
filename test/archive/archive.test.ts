// Archives, written by us and read by another.

import { readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/temp-folder.js';
import { indexedByOthers, indexOf, ofType, readWarc, replayed } from './read-warc.js';
import { openArchive, put } from './stage.js';

const TEXT: [string, string] = ['Content-Type', 'text/html'];

test('an exchange is a response and a request that know each other, after a warcinfo', async () => {
  const folder = await temporaryFolder();
  const archive = await openArchive(folder);
  await put(archive, { url: 'http://example.org/a', headers: [TEXT], body: 'hello' });
  await archive.close();
  expect((await readdir(folder)).sort()).toEqual(['site.cdxj', 'site.warc.gz']);
  const records = await readWarc(join(folder, 'site.warc.gz'));
  expect(records.map(({ type }) => type)).toEqual(['warcinfo', 'response', 'request']);
  const [info, response, request] = records.map(({ fields }) => fields);
  expect(info?.['WARC-Filename']).toBe('site.warc.gz');
  expect(response).toMatchObject({
    'WARC-Target-URI': 'http://example.org/a',
    'WARC-IP-Address': '192.0.2.1',
    'WARC-Warcinfo-ID': info?.['WARC-Record-ID'],
    'WARC-Payload-Digest': 'sha1:VL2MMHO4YXUKFWV63YHTWSBM3GXKSQ2N',
  });
  expect(request?.['WARC-Concurrent-To']).toBe(response?.['WARC-Record-ID']);
  expect(records[1]?.block.toString()).toBe('HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\nhello');
  expect(records[2]?.block.toString()).toBe('GET /a HTTP/1.1\r\nhost: example.org\r\n\r\n');
});

test('any heads and bodies come back, and the index is what another tool makes of the file', async () => {
  const token = fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,12}$/).filter((name) => !/encoding/i.test(name));
  const value = fc.stringMatching(/^[!-~\xa1-\xff]([ -~\xa1-\xff]{0,30}[!-~\xa1-\xff])?$/);
  const exchange = fc.record({
    status: fc.constantFrom(200, 301, 404, 503),
    headers: fc.array(fc.tuple(token, value), { maxLength: 8 }),
    body: fc.uint8Array({ minLength: 1, maxLength: 400, size: 'max' }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(exchange, { minLength: 1, maxLength: 8 }), async (exchanges) => {
      const folder = await temporaryFolder();
      const archive = await openArchive(folder);
      const told = exchanges.map((one, at) => ({ ...one, url: `http://host.example/${at}` }));
      await Promise.all(told.map((one) => put(archive, one)));
      await archive.close();
      const path = join(folder, 'site.warc.gz');
      const records = await readWarc(path);
      expect(ofType(records, 'request')).toHaveLength(told.length);
      for (const one of told) {
        const found = records.find(
          ({ type, fields }) => type !== 'request' && fields['WARC-Target-URI'] === one.url,
        );
        const lines = one.headers.map(([name, text]) => `${name}: ${text}\r\n`).join('');
        const head = Buffer.from(`HTTP/1.1 ${one.status} OK\r\n${lines}\r\n`, 'latin1');
        if (found?.type === 'response') expect(found.block).toEqual(Buffer.concat([head, one.body]));
        else expect([found?.type, found?.block]).toEqual(['revisit', head]);
      }
      expect(await indexOf(join(folder, 'site.cdxj'))).toEqual(await indexedByOthers(path));
    }),
    { numRuns: 40 },
  );
});

test('a body of 40 MB goes through a file, and no memory to speak of', async () => {
  const folder = await temporaryFolder();
  const archive = await openArchive(folder);
  const piece = Buffer.alloc(65_536, 'fetchall');
  let drained = (): void => {};
  const recording = archive.record('http://example.org/large', () => drained());
  recording.onRequest(Buffer.from('GET /large HTTP/1.1\r\n\r\n'), null);
  recording.onHead({ status: 200, reason: 'OK', rawHeaders: [] }, null);
  let waits = 0;
  for (let sent = 0; sent < 640; sent++) {
    if (recording.write(piece)) continue;
    waits++;
    await new Promise<void>((resolve) => {
      drained = resolve;
    });
  }
  expect(waits).toBeGreaterThan(10);
  await recording.end(null);
  expect(await readdir(join(folder, 'temporary'))).toEqual([]);
  await archive.close();
  const [response] = ofType(await readWarc(join(folder, 'site.warc.gz')), 'response');
  expect(response?.payload.length).toBe(640 * 65_536);
});

test('the same payload again is only referred to; not so an empty one, or that of the very same capture', async () => {
  const folder = await temporaryFolder();
  const archive = await openArchive(folder);
  for (const path of ['a', 'b', 'b', 'empty', 'void'])
    await put(archive, { url: `http://example.org/${path}`, body: path.length === 1 ? 'same' : '' });
  await archive.close();
  const records = await readWarc(join(folder, 'site.warc.gz'));
  const [first, ...others] = ofType(records, 'response');
  const revisits = ofType(records, 'revisit');
  expect(revisits).toHaveLength(2);
  expect(others.map(({ payload }) => payload.length)).toEqual([0, 0]);
  for (const { fields, payload } of revisits) {
    expect(payload.length).toBe(0);
    expect(fields).toMatchObject({
      'WARC-Profile': 'http://netpreserve.org/warc/1.1/revisit/identical-payload-digest',
      'WARC-Refers-To': first?.fields['WARC-Record-ID'],
      'WARC-Refers-To-Target-URI': 'http://example.org/a',
      'WARC-Refers-To-Date': first?.fields['WARC-Date'],
      'WARC-Payload-Digest': first?.fields['WARC-Payload-Digest'],
    });
  }
});

test('an archive that is gone on with: what it has is referred to, its index stays, one warcinfo a run', async () => {
  const folder = await temporaryFolder();
  for (const path of ['a', 'b']) {
    const archive = await openArchive(folder, { file: join(folder, 'site.warc.gz') });
    await put(archive, { url: `http://example.org/${path}`, body: 'same' });
    await archive.close();
  }
  const path = join(folder, 'site.warc.gz');
  const records = await readWarc(path);
  const types = ['warcinfo', 'response', 'request', 'warcinfo', 'revisit', 'request'];
  expect(records.map(({ type }) => type)).toEqual(types);
  const [original, revisit] = [records[1]?.fields, records[4]?.fields];
  expect(revisit?.['WARC-Refers-To-Date']).toBe(original?.['WARC-Date']);
  expect(revisit?.['WARC-Warcinfo-ID']).toBe(records[3]?.fields['WARC-Record-ID']);
  expect(await indexOf(join(folder, 'site.cdxj'))).toEqual(await indexedByOthers(path));
});

test('files roll over by size, each with its warcinfo; a later run goes on with the last', async () => {
  const folder = await temporaryFolder();
  const body = (): Buffer => Buffer.from(Array.from({ length: 900 }, () => Math.random() * 256));
  for (const run of [1, 2]) {
    const archive = await openArchive(folder, { size: 4096 });
    const urls = [1, 2, 3, 4, 5].map((name) => `http://example.org/${run}/${name}`);
    await Promise.all(urls.map((url) => put(archive, { url, body: body() })));
    await archive.close();
  }
  const names = (await readdir(folder)).filter((name) => name.endsWith('.gz')).sort();
  expect(names.slice(0, 2)).toEqual(['site-00001.warc.gz', 'site-00002.warc.gz']);
  expect(names.at(-1)).toBe('site.warc.gz');
  const paths = names.map((name) => join(folder, name));
  let responses = 0;
  for (const [at, path] of paths.entries()) {
    const records = await readWarc(path);
    expect(records[0]?.fields['WARC-Filename']).toBe(names[at]);
    responses += ofType(records, 'response').length;
  }
  expect(responses).toBe(10);
  expect(await indexOf(join(folder, 'site.cdxj'))).toEqual(await indexedByOthers(...paths));
});

test('206, 304 and what was cut short are archived, but replay does not find them', async () => {
  const folder = await temporaryFolder();
  const archive = await openArchive(folder);
  for (const status of [206, 304, 200])
    await put(archive, { url: `http://example.org/${status}`, status, body: status === 206 ? 'part' : '' });
  const recording = archive.record('http://example.org/cut', () => {});
  recording.onRequest(Buffer.from('GET /cut HTTP/1.1\r\n\r\n'), null);
  recording.onHead({ status: 200, reason: '', rawHeaders: [] }, null);
  recording.write(Buffer.from('part'));
  await recording.end('disconnect');
  await archive.close();
  const responses = ofType(await readWarc(join(folder, 'site.warc.gz')), 'response');
  expect(responses.map(({ fields }) => fields['WARC-Truncated'])).toEqual([
    undefined,
    undefined,
    undefined,
    'disconnect',
  ]);
  expect(await indexOf(join(folder, 'site.cdxj'))).toMatchObject([{ url: 'http://example.org/200' }]);
});

test('where no HTTP is at hand there is a resource, of what was had only', async () => {
  const folder = await temporaryFolder();
  const archive = await openArchive(folder);
  for (const status of [200, 404]) {
    const recording = archive.record('http://example.org/r', () => {});
    recording.onHead({ status, reason: '', rawHeaders: [] }, 'Text/Plain; charset=x');
    recording.write(Buffer.from('text'));
    await recording.end(null);
  }
  await archive.close();
  const records = await readWarc(join(folder, 'site.warc.gz'));
  expect(records.map(({ type }) => type)).toEqual(['warcinfo', 'resource']);
  expect(records[1]).toMatchObject({
    payload: Buffer.from('text'),
    fields: { 'Content-Type': 'text/plain' },
  });
  expect(await indexOf(join(folder, 'site.cdxj'))).toMatchObject([{ mime: 'text/plain' }]);
});

test('what is replayed is what was received, its transfer coding undone', async () => {
  const folder = await temporaryFolder();
  const archive = await openArchive(folder);
  const headers = [['Transfer-Encoding', 'chunked']] as const;
  await put(archive, { url: 'http://example.org/c', headers, body: '5\r\nthis is no chunk' });
  await archive.close();
  expect(await replayed(join(folder, 'site.warc.gz'))).toEqual([
    { url: 'http://example.org/c', status: 200, body: Buffer.from('5\r\nthis is no chunk') },
  ]);
});

test('a disk that is full is ERR_DISK, told by ENOSPC', async () => {
  const folder = await temporaryFolder();
  await symlink('/dev/full', join(folder, 'site.warc.gz'));
  await expect(openArchive(folder)).rejects.toMatchObject({ code: 'ERR_DISK', systemCode: 'ENOSPC' });
});

test('another file of that name is left as it is', async () => {
  const folder = await temporaryFolder();
  const path = join(folder, 'site.warc.gz');
  await writeFile(path, 'my notes');
  await expect(openArchive(folder)).rejects.toMatchObject({ code: 'ERR_DISK' });
  expect(await readFile(path, 'utf8')).toBe('my notes');
});
