// Servers that mean harm, seen from the library: what becomes of the file, and that it ends.

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { undiciTransport } from '../../src/http/undici-transport.js';
import { type DownloadOptions, download, type Result } from '../../src/index.js';
import { fakeNetwork } from '../support/fake-network.js';
import { answerWith, interimFlood } from '../support/raw-scripts.js';
import type { RawScript } from '../support/raw-server.js';
import { serve, serveRaw } from '../support/servers.js';
import { temporaryFolder } from '../support/temp-folder.js';

interface Outcome {
  readonly result: Result;
  /** Path of the folder, and what lies in it. */
  readonly out: string;
  readonly files: readonly string[];
}

async function get(url: string, options: DownloadOptions = {}): Promise<Outcome> {
  const out = await temporaryFolder();
  const result = await download(url, { out, state: false, retryWait: 0, ...options });
  return { result, out, files: await readdir(out) };
}

async function ask(script: RawScript, options?: DownloadOptions): Promise<Outcome> {
  return await get((await serveRaw(script)).url('/a'), options);
}

describe('an endless body', () => {
  it.each([
    ['with a length', 'Content-Length: 9000000000000000', ''],
    ['without length', 'X: y', ''],
    ['in chunks', 'Transfer-Encoding: chunked', '2710\r\n'],
  ])('%s ends at --max-size', async (_, field, before) => {
    let closed = (): void => {};
    const gone = new Promise<void>((resolve) => {
      closed = resolve;
    });
    const { result, files, out } = await ask(
      async (connection) => {
        await connection.request();
        try {
          await connection.send(`HTTP/1.1 200 OK\r\n${field}\r\n\r\n`);
          const piece = `${before}${'x'.repeat(10_000)}${before === '' ? '' : '\r\n'}`;
          for (;;) await connection.send(piece);
        } finally {
          closed();
        }
      },
      { maxSize: '100k', retries: 3 },
    );
    expect(result).toMatchObject({ outcome: 'failed', attempts: 1, error: { code: 'ERR_TOO_LARGE' } });
    await gone;
    for (const file of files) {
      expect(file).toBe('a.part');
      expect((await readFile(join(out, file))).length).toBeLessThanOrEqual(102_400);
    }
  });
});

describe('answers that are not what they say', () => {
  it('gzip where identity was asked for is stored as it was sent', async () => {
    const body = gzipSync('hello'.repeat(1000));
    const server = await serve({ '/a': { body, headers: { 'content-encoding': 'gzip' } } });
    const { result, out } = await get(server.url('/a'));
    expect(result).toMatchObject({ outcome: 'saved', size: body.length });
    expect(await readFile(join(out, 'a'))).toEqual(body);
    expect(server.requests[0]?.headers['accept-encoding']).toBe('identity');
  });

  it('a 204 with a body is an empty file', async () => {
    const script = answerWith('HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nhello');
    expect((await ask(script)).result).toMatchObject({ outcome: 'saved', size: 0, attempts: 1 });
  });

  it('a 304 with a body that nobody asked for is a status', async () => {
    const script = answerWith('HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\nhello');
    const { result, files } = await ask(script);
    expect(result).toMatchObject({ status: 304, attempts: 1, error: { code: 'ERR_STATUS' } });
    expect(files).toEqual([]);
  });

  it('10,000 interim responses, and a body in a foreign coding, are tried once', async () => {
    const foreign = answerWith('HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nhello');
    for (const script of [interimFlood(10_000), foreign]) {
      const { result, files } = await ask(script);
      expect(result).toMatchObject({ outcome: 'failed', attempts: 1, error: { code: 'ERR_PROTOCOL' } });
      expect(files).toEqual([]);
    }
  });
});

describe('private addresses', () => {
  it('--deny-private: nobody is asked', async () => {
    const server = await serve({ '/a': { body: 'secret' } });
    for (const url of [server.url('/a'), `http://localhost:${server.port}/a`]) {
      const { result, files } = await get(url, { denyPrivate: true });
      expect(result).toMatchObject({ status: null, attempts: 1, error: { code: 'ERR_BLOCKED' } });
      expect(files).toEqual([]);
    }
    expect(server.connections).toBe(0);
  });

  it('a redirect from a public address to a private one says where it came from', async () => {
    const server = await serve(({ url, host }) =>
      url === '/a' ? { location: `http://${host.replace('public', 'inside')}/secret` } : { body: 'secret' },
    );
    const network = fakeNetwork({ 'public.example': ['8.8.8.8'], 'inside.example': ['10.0.0.1'] });
    const waits = { connectTimeout: 9000, headersTimeout: 9000, idleTimeout: 9000, insecure: false };
    const transport = undiciTransport(waits, network);
    const url = `http://public.example:${server.port}/a`;
    const { result, files } = await get(url, { transport });
    expect(result).toMatchObject({ status: 302, finalUrl: url, attempts: 1, error: { code: 'ERR_BLOCKED' } });
    expect(files).toEqual([]);
    expect(network.dialled).toEqual(['8.8.8.8']);
    const { result: allowed } = await get(url, { transport, allowPrivateRedirects: true });
    expect(allowed).toMatchObject({ outcome: 'saved', size: 6 });
    expect(network.dialled.at(-1)).toBe('10.0.0.1');
    await transport.close();
  });

  it.each([
    'http://169.254.169.254/latest/meta-data/',
    'http://2852039166/',
    'http://0xa9fea9fe/',
    'http://0251.0376.0251.0376/',
    'http://[::ffff:169.254.169.254]/',
    'http://[fd00:ec2::254]/',
    'http://metadata.example/',
    'http://0.0.0.0/',
    'http://localhost/',
  ])('a redirect to %s is refused, and nobody is asked', async (location) => {
    const server = await serve(() => ({ location }));
    const network = fakeNetwork({
      'public.example': ['8.8.8.8'],
      'metadata.example': ['169.254.169.254'],
      localhost: ['127.0.0.1'],
    });
    const waits = { connectTimeout: 9000, headersTimeout: 9000, idleTimeout: 9000, insecure: false };
    const transport = undiciTransport(waits, network);
    const { result, files } = await get(`http://public.example:${server.port}/a`, { transport });
    expect(result).toMatchObject({ outcome: 'failed', attempts: 1, error: { code: 'ERR_BLOCKED' } });
    expect(files).toEqual([]);
    expect(new Set(network.dialled)).toEqual(new Set(['8.8.8.8']));
    expect(server.requests).toHaveLength(1);
    await transport.close();
  });

  it('a fetch of the caller is asked for names only', async () => {
    let asked = 0;
    const fetch = (): Promise<Response> => {
      asked++;
      return Promise.resolve(new Response(null, { status: 302, headers: { location: 'http://[::1]/' } }));
    };
    const first = await get('http://10.0.0.1/', { fetch, denyPrivate: true });
    expect([first.result.error?.code, asked]).toEqual(['ERR_BLOCKED', 0]);
    const led = await get('http://name.example/', { fetch });
    expect([led.result.error?.code, asked]).toEqual(['ERR_BLOCKED', 1]);
  });
});
