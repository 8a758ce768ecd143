// The transport that archives, between a sender and a real or a stubbed one.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { archivingTransport } from '../../src/download/archiving-transport.js';
import { downloadAll } from '../../src/run/download-all.js';
import { ofType, readWarc } from '../archive/read-warc.js';
import { openArchive } from '../archive/stage.js';
import { get, got, openTransport } from '../http/recorder.js';
import { serve } from '../support/servers.js';
import { temporaryFolder } from '../support/temp-folder.js';

async function stage(options: Parameters<typeof openTransport>[0] = {}) {
  const folder = await temporaryFolder();
  const archive = await openArchive(folder);
  const transport = archivingTransport(openTransport(options), archive);
  const path = join(folder, 'site.warc.gz');
  const read = async () => {
    await archive.close();
    return await readWarc(path);
  };
  return { path, archive, transport, read };
}

test('the sender hears the same as without; the end when the file has the record', async () => {
  const { transport, path, read } = await stage();
  const server = await serve({ '/a': { body: 'hello', chunked: true, writeSizes: 2 } });
  const heard = await got(transport, server.url('/a'));
  expect(heard.calls).toEqual(['head 200', 'data 2', 'data 2', 'data 1', 'end']);
  const atEnd = await readFile(path);
  const [response] = ofType(await read(), 'response');
  expect(response?.payload.toString()).toBe('hello');
  expect((await readFile(path)).equals(atEnd)).toBe(true);
});

test('silence in a body is told as such', async () => {
  const { transport, read } = await stage({ idleTimeout: 100 });
  const server = await serve({ '/a': { body: 'hello', stallAt: 2 } });
  expect((await got(transport, server.url('/a'))).code).toBe('ERR_TIMEOUT');
  const [response] = ofType(await read(), 'response');
  expect([response?.payload.toString(), response?.fields['WARC-Truncated']]).toEqual(['he', 'time']);
});

test('no answer, no record', async () => {
  const { transport, read } = await stage({ headersTimeout: 100 });
  const server = await serve({ '/a': { delay: 10_000 } });
  expect((await got(transport, server.url('/a'))).code).toBe('ERR_TIMEOUT');
  expect((await read()).map(({ type }) => type)).toEqual(['warcinfo']);
});

test.each([
  [1000, ['unspecified']],
  [2_000_000, []],
])('given up after %i bytes: small ones are kept', async (size, truncated) => {
  const { transport, read } = await stage();
  const server = await serve({ '/a': { body: Buffer.alloc(size * 2), stallAt: size } });
  const { exchange, recorder } = get(transport, server.url('/a'));
  await recorder.until(() => recorder.received === size);
  exchange.abort();
  const responses = ofType(await read(), 'response');
  expect(responses.map(({ fields }) => fields['WARC-Truncated'])).toEqual(truncated);
  expect(recorder.isOver).toBe(false);
});

test('what the sender has paused stays paused, whatever the archive does', async () => {
  const { transport, read } = await stage();
  const body = Buffer.alloc(8_000_000, 'x');
  const server = await serve({ '/a': { body } });
  const { exchange, recorder } = get(transport, server.url('/a'));
  recorder.keeps = false;
  await recorder.until(() => recorder.received > 0);
  exchange.pause();
  // Time enough for the disk to catch up, and for what had been read off the socket.
  let before = -1;
  while (before !== recorder.received) {
    before = recorder.received;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  expect(recorder.received).toBeLessThan(body.length);
  exchange.resume();
  await recorder.over();
  expect(recorder.received).toBe(body.length);
  expect(ofType(await read(), 'response')[0]?.payload.length).toBe(body.length);
});

test('any fetch: a resource for what was had', async () => {
  const folder = await temporaryFolder();
  const warc = join(folder, 'a.warc.gz');
  const fetch = (url: string): Promise<Response> =>
    Promise.resolve(new Response(url.at(-1) ?? '', { headers: { 'content-type': 'text/plain' } }));
  const report = await downloadAll(['http://host.example/1', 'http://host.example/2'], {
    fetch,
    warc,
    out: join(folder, 'out'),
  });
  expect(report).toMatchObject({ saved: 2 });
  const resources = ofType(await readWarc(warc), 'resource');
  expect(resources.map(({ payload }) => payload.toString()).sort()).toEqual(['1', '2']);
});
