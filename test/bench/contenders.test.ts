import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { contendersOf } from '../../bench/contenders.js';
import { PEERS } from '../../bench/peers.js';
import { bytesNeeded } from '../../bench/site.js';
import { addressesOf, isWanted, scaled, WORKS, type Work } from '../../bench/works.js';

const PORTS = { http: 8001, https: 8002, delaying: 8003 };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fetchall-bench-test-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function workNamed(name: string): Work {
  const found = WORKS.find((work) => work.name === name);
  if (found === undefined) throw new Error(`there is no ${name}`);
  return found;
}

test.each(WORKS.map((work) => [work.name, scaled(work, 0.01)] as const))(
  '%s: every file has an address of its own, on loopback, and a name of its own',
  (_, work) => {
    const addresses = addressesOf(work, PORTS);
    expect(addresses).toHaveLength(work.files);
    expect(new Set(addresses.map(({ host, path }) => host + path)).size).toBe(work.files);
    expect(new Set(addresses.map(({ file }) => file)).size).toBe(work.files);
    expect(new Set(addresses.map(({ host }) => host)).size).toBe(work.hosts);
    expect(addresses.every(({ host }) => /^127(\.\d{1,3}){3}$/.test(host))).toBe(true);
    expect(work.files).toBeGreaterThanOrEqual(work.concurrency);
  },
);

test('the 2,000 hosts are 2,000 addresses, each with five files that are not neighbours', () => {
  const hosts = addressesOf(workNamed('H'), PORTS).map(({ host }) => host);
  const unique = new Set(hosts);
  expect(unique.size).toBe(2000);
  expect(hosts.filter((host) => host === hosts[0])).toHaveLength(5);
  expect(hosts[0]).not.toBe(hosts[1]);
  const numbers = [...unique].flatMap((host) => host.split('.').map(Number));
  expect(numbers.every((number) => number >= 0 && number <= 255)).toBe(true);
});

test('curl gets pairs of URL and output, the others a URL a line', () => {
  const urls = ['http://127.0.0.1:8001/4096/0000000.bin', 'http://127.0.0.1:8001/4096/0000001.bin'];
  const lists = PEERS.map((peer) => [peer.name, peer.listOf?.(urls, '/out')]);
  expect(Object.fromEntries(lists)).toMatchObject({
    curl: `url = "${urls[0]}"\noutput = "/out/0000000.bin"\nurl = "${urls[1]}"\noutput = "/out/0000001.bin"\n`,
    wget2: undefined,
    aria2c: undefined,
    wget: undefined,
  });
});

test.each(PEERS.filter(({ name }) => name !== 'wget').map((peer) => [peer.name, peer] as const))(
  '%s is told the list and how many at a time',
  (_, peer) => {
    const line = peer.argvOf({ list: '/the/list', out: '/out', concurrency: 37 }).join(' ');
    expect(line).toContain('/the/list');
    expect(line).toMatch(/\b37\b/);
    expect(line.includes('/out') || peer.listOf !== undefined).toBe(true);
  },
);

test('fetchall is run first, with its defaults and the concurrency of the work', () => {
  const out = join(folder, 'out');
  const work = { ...scaled(workNamed('S'), 0.001), concurrency: 7 };
  const [ours, ...others] = contendersOf(work, PORTS, folder, out, () => false);
  expect(ours?.name).toBe('fetchall');
  expect(ours?.argv.slice(2)).toEqual([
    join(folder, 'urls.txt'),
    ...['--out', out, '--concurrency', '7', '--per-host', '7'],
  ]);
  expect(readFileSync(join(folder, 'urls.txt'), 'utf8').split('\n')).toHaveLength(work.files + 1);
  expect(others.filter(({ kind }) => kind === 'peer')).toEqual([]);
});

test('a way to run fetchall may leave it to itself how much goes at once, or have a number of its own', () => {
  const variants = [null, 3].map((concurrency) => ({ name: String(concurrency), flags: [], concurrency }));
  const work = { ...scaled(workNamed('S'), 0.001), variants };
  const ours = contendersOf(work, PORTS, folder, '/out', () => false).slice(0, 2);
  expect(ours.map(({ argv }) => argv.slice(5))).toEqual([[], ['--concurrency', '3', '--per-host', '3']]);
});

test('works are asked for by name, by group, or by the name of before', () => {
  const names = (...wanted: string[]): string[] =>
    WORKS.map(({ name }) => name).filter((name) => isWanted(name, wanted));
  expect(names()).toHaveLength(WORKS.length);
  expect(names('S')).toEqual(['S']);
  expect(names('D', 'large')).toEqual(['L', 'D16', 'D64', 'D256']);
  expect(names('memory')).toEqual(['memory100k', 'memory1M']);
  expect(names('kernel')).toEqual([]);
});

test('the room that is needed counts the site once and the largest output', () => {
  const page = 4096;
  const [one, other] = [workNamed('S'), workNamed('S-tls')];
  const both = bytesNeeded([one, other]);
  expect(both).toBe(bytesNeeded([one]));
  expect(both).toBeGreaterThan(2 * one.files * page);
});
