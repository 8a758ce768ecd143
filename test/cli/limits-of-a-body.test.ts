// What the command line says of bodies that are slow, coded, or without an end that anybody has marked.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bomb, coded } from '../support/coded-body.js';
import { fetchall } from '../support/command-line.js';
import { answerWith } from '../support/raw-scripts.js';
import { eventOf, eventsOf, folderWith, namesIn, serve, serveRaw } from './stage.js';

test('--min-speed: a drip ends, is tried again, and is a network failure', async () => {
  const server = await serveRaw(async (connection) => {
    await connection.request();
    await connection.send('HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n');
    for (;;) {
      await connection.send('x');
      await connection.wait(50);
    }
  });
  const args = [
    '--min-speed',
    '1k',
    '--speed-time',
    '500ms',
    '--retries',
    '1',
    '--retry-wait',
    '0',
    '--json',
  ];
  const result = await fetchall([server.url('/a'), ...args, '-o', 'out'], { cwd: await folderWith() });
  expect(result.code).toBe(4);
  expect(eventOf(result, 'retry').error).toMatchObject({
    code: 'ERR_TIMEOUT',
    message: expect.stringContaining('slower than --min-speed 1024'),
  });
  expect(eventOf(result, 'finished')).toMatchObject({ attempts: 2, lengthKnown: null });
});

test('--min-speed leaves alone what is fast, and what --limit-rate makes slow', async () => {
  const server = await serve({ '/a': { body: 'x'.repeat(30_000), writeSizes: 1000 } });
  const args = ['--min-speed', '1m', '--speed-time', '200ms', '--limit-rate', '20k', '--retries', '0'];
  const result = await fetchall([server.url('/a'), ...args, '-o', 'out'], { cwd: await folderWith() });
  expect(result.code).toBe(0);
});

test('--decode: asked for, undone, counted', async () => {
  const content = Buffer.from('words '.repeat(1000));
  const server = await serve({
    '/a': { body: coded(content, 'br'), headers: { 'content-encoding': 'br' } },
    '/b': { body: coded(content, 'gzip'), headers: { 'content-encoding': 'gzip' } },
  });
  const cwd = await folderWith();
  const urls = [server.url('/a'), server.url('/b')];
  const result = await fetchall([...urls, '--decode', '--json', '-o', 'out'], { cwd });
  expect(result.code).toBe(0);
  for (const name of ['a', 'b']) expect(await readFile(join(cwd, 'out', name))).toEqual(content);
  for (const { bytes, size, chunks } of eventsOf(result, 'finished')) {
    expect([size, chunks]).toEqual([6000, 6]);
    expect(bytes).toBeLessThan(200);
  }
  expect(server.requests[0]?.headers['accept-encoding']).toMatch(/^gzip, deflate, br/);
});

test('--decode --max-size against a gzip bomb: exit 7, nothing in the folder', async () => {
  const server = await serve({ '/a': { body: bomb(64), headers: { 'content-encoding': 'gzip' } } });
  const cwd = await folderWith();
  const result = await fetchall([server.url('/a'), '--decode', '--max-size', '10M', '--json', '-o', 'out'], {
    cwd,
  });
  expect(result.code).toBe(7);
  expect(eventOf(result, 'finished').error?.code).toBe('ERR_TOO_LARGE');
  expect(await namesIn(cwd, 'out')).toEqual([]);
});

test('a body that ends with its connection is of unknown length', async () => {
  const server = await serveRaw(answerWith('HTTP/1.1 200 OK\r\n\r\nperhaps all'));
  const text = await fetchall([server.url('/a'), '-o', 'out'], { cwd: await folderWith() });
  expect(text.code).toBe(0);
  expect(text.stdout).toMatch(/^greenlet-1 {2}200 {2}11 B {2}1 chunk .* length unknown {2}http/);
  const json = await fetchall([server.url('/a'), '-o', 'out', '--json'], { cwd: await folderWith() });
  expect(eventOf(json, 'finished')).toMatchObject({ outcome: 'saved', lengthKnown: false });
});

test.each([{ body: 'all' }, { body: 'all', chunked: true }, { status: 204 }])(
  'a body whose end is marked is not: %j',
  async (answer) => {
    const server = await serve({ '/a': answer });
    const cwd = await folderWith();
    const result = await fetchall([server.url('/a'), '-o', 'out', '--json'], { cwd });
    expect(eventOf(result, 'finished').lengthKnown).toBe(true);
    const again = await fetchall([server.url('/a'), '-o', 'out', '--json'], { cwd });
    expect(eventOf(again, 'finished')).toMatchObject({ outcome: 'skipped', lengthKnown: null });
  },
);
