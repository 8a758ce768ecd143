import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fetchall } from '../support/command-line.js';
import { serve } from '../support/servers.js';
import { temporaryFolder } from '../support/temp-folder.js';

test('--http2 --insecure', async () => {
  const server = await serve(({ url }) => ({ body: url, delay: 20 }), { tls: 'self-signed', http2: true });
  const out = await temporaryFolder();
  const urls = Array.from({ length: 8 }, (_, n) => server.url(`/${n}`));
  const { code, stderr } = await fetchall([...urls, '-o', out, '--http2', '--insecure']);
  expect(stderr).not.toContain('Warning');
  expect(code).toBe(0);
  expect(await readFile(join(out, '7'), 'utf8')).toBe('/7');
  expect(server.maxInFlight).toBe(8);
  expect(server.connections).toBe(1);
});

test('--http2 with --warc is a mistake that is said', async () => {
  const out = await temporaryFolder();
  const { code, stderr } = await fetchall(['https://host/a', '-o', out, '--http2', '--warc', 'a.warc.gz']);
  expect(code).toBe(2);
  expect(stderr).toContain('leave --http2 out');
});
