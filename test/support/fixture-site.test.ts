// fixtures/site, urls.txt and the server of `npm start` must fit together.

import { readdirSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import { join, relative } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startFixtureServer } from '../../examples/fixture-server.js';
import { siteFiles } from '../../examples/make-site.js';
import { packageRoot } from './package-root.js';

const folder = join(packageRoot, 'fixtures', 'site');

interface Answered {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: Buffer;
}

/** Sends the path as it is: `fetch` would take the dots out of it. */
function ask(port: number, path: string, method = 'GET'): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, method, agent: false }, (response) => {
      const pieces: Buffer[] = [];
      response.on('data', (piece: Buffer) => pieces.push(piece));
      const { statusCode: status, headers } = response;
      response.on('end', () => resolve({ status, headers, body: Buffer.concat(pieces) }));
    });
    sent.on('error', reject).end();
  });
}

async function serve(latency = 0): Promise<number> {
  const server = await startFixtureServer({ folder, latency });
  onTestFinished(() => server.close());
  return server.port;
}

test('the committed files are those that make-site makes', () => {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  const committed = entries.map((entry) => relative(folder, join(entry.parentPath, entry.name)));
  const made = siteFiles();
  expect(committed.sort()).toEqual([...made.keys()].sort());
  for (const [path, bytes] of made) {
    expect(readFileSync(join(folder, path)).equals(bytes), path).toBe(true);
  }
});

test('every URL of urls.txt is served, with length and validators', async () => {
  const port = await serve();
  const urls = readFileSync(join(packageRoot, 'urls.txt'), 'utf8').match(/^http\S+/gm) ?? [];
  expect(urls.length).toBe(siteFiles().size);
  expect(new Set(urls.map((url) => new URL(url).host)).size).toBe(1);
  for (const url of urls) {
    const { pathname, search } = new URL(url);
    const { status, headers, body } = await ask(port, pathname + search);
    expect([url, status, headers['content-length']]).toEqual([url, 200, String(body.length)]);
    expect(headers).toMatchObject({ etag: expect.stringMatching(/^"/), 'last-modified': expect.any(String) });
  }
});

test('nothing outside the folder is served', async () => {
  const port = await serve();
  for (const path of [
    '/../tls/leaf.key',
    '/%2e%2e/tls/leaf.key',
    '/..%2ftls%2fleaf.key',
    '/..%5ctls',
    '/%00',
    '/%',
    '/sizes',
  ]) {
    expect([path, (await ask(port, path)).status]).toEqual([path, 404]);
  }
  expect((await ask(port, '/', 'POST')).status).toBe(405);
});

test('the latency comes before the first byte', async () => {
  const port = await serve(100);
  const begun = performance.now();
  await ask(port, '/sizes/0.bin');
  expect(performance.now() - begun).toBeGreaterThan(98);
});
