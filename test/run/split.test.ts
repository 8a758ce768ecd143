// One file in several ranges, over real sockets and a real disk; the size from which that is done is lowered.

import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemDisk } from '../../src/files/disk.js';
import { failingDisk } from '../../src/files/failing-disk.js';
import { openSources } from '../../src/input/sources.js';
import { Progress } from '../../src/model/progress.js';
import type { Result } from '../../src/model/result.js';
import type { Checksum, Source } from '../../src/model/source.js';
import type { RunSeams } from '../../src/run/live.js';
import { type DownloadOptions, resolveSettings } from '../../src/run/options.js';
import { run } from '../../src/run/run.js';
import { type RangeFault, type RangeRequest, type RangeSite, rangeServer } from '../support/range-server.js';
import { temporaryFolder } from '../support/temp-folder.js';

const SIZE = 4 * 1_048_576;
const SPLIT_FROM = 1_048_576;
const content = randomBytes(SIZE);
const other = randomBytes(SIZE);
function sha256(bytes: Buffer): Checksum {
  return { algorithm: 'sha256', hex: createHash('sha256').update(bytes).digest('hex') };
}

type Options = Omit<DownloadOptions, keyof RunSeams>;
type FaultOf = (request: RangeRequest, site: RangeSite) => RangeFault | undefined;

async function site(faultOf?: FaultOf, how = { http2: false }): Promise<RangeSite> {
  const server = await rangeServer(content, faultOf, how);
  onTestFinished(() => server.close());
  return server;
}

async function fetched(
  source: string | Source,
  out: string,
  options: Options = {},
  seams: RunSeams = {},
): Promise<Result> {
  const settings = resolveSettings({ out, split: 4, concurrency: 8, retryWait: 1, ...options });
  const entries = await openSources([source], null);
  const results: Result[] = [];
  for await (const endings of run(entries, settings, { splitFrom: SPLIT_FROM, ...seams }))
    results.push(...endings.map(({ result }) => result));
  const [result] = results;
  if (result === undefined || results.length > 1) throw new Error('not one result');
  return result;
}

function fileIn(out: string): Buffer {
  expect(readdirSync(out).filter((name) => name !== '.fetchall')).toEqual(['a.bin']);
  return readFileSync(join(out, 'a.bin'));
}

/** Without a front that has been answered in full, nobody else would have anything to do. */
const held = (until: () => boolean) =>
  (async () => {
    while (!until()) await new Promise((resolve) => setTimeout(resolve, 5));
  })();

describe('a large file', () => {
  it('is fetched in as many ranges as were asked for, each of the one version', async () => {
    const server = await site(({ index }, { seen }) => ({ hold: held(() => seen.length >= 4 || index > 3) }));
    const out = await temporaryFolder();
    const result = await fetched(server.url, out, { manifest: join(out, '..', `m-${Date.now()}`) });
    expect(fileIn(out).equals(content)).toBe(true);
    expect(result).toMatchObject({ outcome: 'saved', size: SIZE, status: 200, resumed: false, attempts: 1 });
    expect(result.chunks).toBe(SIZE / 1024);
    expect(result.bytes).toBe(SIZE);
    expect(server.most).toBe(4);
    expect(server.seen.slice(1).every(({ ifRange }) => ifRange === '"A"')).toBe(true);
  });

  it('is fetched in ranges by itself where its one request gives nothing', async () => {
    const server = await site(({ index }, { seen }) => ({ hold: held(() => seen.length >= 4 || index > 3) }));
    const out = await temporaryFolder();
    const result = await fetched(server.url, out, { split: 'auto' });
    expect(result).toMatchObject({ outcome: 'saved', size: SIZE, attempts: 1, bytes: SIZE });
    expect(server.most).toBe(4);
    expect(fileIn(out).equals(content)).toBe(true);
  });

  it('is fetched by one request with --split 1', async () => {
    const server = await site();
    const out = await temporaryFolder();
    expect(await fetched(server.url, out, { split: 1 })).toMatchObject({ outcome: 'saved', bytes: SIZE });
    expect(server.seen).toHaveLength(1);
    expect(fileIn(out).equals(content)).toBe(true);
  });

  it.each([
    ['a strong validator', { etag: null }],
    ['a strong ETag', { etag: 'W/"A"' }],
    ['Accept-Ranges', { headers: { 'accept-ranges': 'none' } }],
  ])('is fetched by one request without %s', async (_, fault) => {
    const server = await site(() => fault);
    const out = await temporaryFolder();
    expect(await fetched(server.url, out)).toMatchObject({ outcome: 'saved', bytes: SIZE });
    expect(server.seen).toHaveLength(1);
  });

  it('is fetched by one request where chunks are handed on in order', async () => {
    const server = await site();
    await fetched(server.url, await temporaryFolder(), {}, { onChunk: () => {} });
    expect(server.seen).toHaveLength(1);
  });

  it("keeps to the host's limit", async () => {
    const server = await site(({ index }, { seen }) => ({ hold: held(() => seen.length >= 2 || index > 1) }));
    const out = await temporaryFolder();
    await fetched(server.url, out, { perHost: 2, split: 8 });
    expect(server.most).toBe(2);
    expect(fileIn(out).equals(content)).toBe(true);
  });

  it('is verified when all of it is there', async () => {
    const server = await site();
    const out = await temporaryFolder();
    const result = await fetched({ url: server.url, checksum: sha256(content) }, out);
    expect(result.outcome).toBe('saved');
    const wrong = await fetched({ url: server.url, checksum: sha256(other) }, await temporaryFolder(), {
      retries: 0,
    });
    expect(wrong.error?.code).toBe('ERR_CHECKSUM');
  });
});

/** Faults of one request, counted from 0: the front, then three ranges; the front waits until these have been asked for. */
function faulty(faults: Readonly<Record<number, RangeFault>>): FaultOf {
  return ({ index }, { seen }) => ({
    ...(index === 0 && { hold: held(() => seen.length >= 4) }),
    ...faults[index],
  });
}

describe('a range that goes wrong', () => {
  it.each<[string, Record<number, RangeFault>]>([
    ['ends too early', { 2: { cut: 100_000 } }],
    ['ends before its first byte', { 3: { cut: 0 } }],
    ['is reset', { 1: { cut: 200_000, how: 'reset' } }],
    ['is answered 503', { 2: { status: 503 } }],
    ['is answered 429 with Retry-After', { 2: { status: 429, headers: { 'retry-after': '1' } } }],
    ['is answered 403', { 2: { status: 403 } }],
    ['is answered 416', { 3: { status: 416, headers: { 'content-range': `bytes */${SIZE}` } } }],
    ['is answered with all of the file', { 1: { ignoresRange: true } }],
    ['is of another version', { 2: { etag: '"B"', content: other } }],
    ['is of another version, and says 206', { 2: { careless: true, etag: '"B"', content: other } }],
    ['says another place', { 3: { contentRange: `bytes 17-${17 + SIZE / 4 - 1}/${SIZE}` } }],
    ['says another total', { 3: { contentRange: `bytes ${(SIZE * 3) / 4}-${SIZE - 1}/${SIZE + 1}` } }],
    ['says nothing of its place', { 3: { contentRange: '' } }],
    ['and then each of them', { 1: { cut: 1 }, 2: { status: 500 }, 3: { cut: 5, how: 'reset' } }],
  ])('costs nothing but itself where it %s', async (_, faults) => {
    const server = await site(faulty(faults));
    const out = await temporaryFolder();
    const result = await fetched(server.url, out);
    expect(result).toMatchObject({ outcome: 'saved', size: SIZE, attempts: 1 });
    expect(fileIn(out).equals(content)).toBe(true);
  });

  it('costs nothing but itself where it falls silent', async () => {
    const server = await site(faulty({ 2: { cut: 100_000, how: 'silent' } }));
    const out = await temporaryFolder();
    const result = await fetched(server.url, out, { idleTimeout: 500 });
    expect(result).toMatchObject({ outcome: 'saved', size: SIZE });
    expect(fileIn(out).equals(content)).toBe(true);
  });

  it.each<[string, RangeFault]>([
    ['reset', { cut: 300_000, how: 'reset' }],
    ['cut', { cut: 300_000 }],
  ])('is tried again with the whole where the front is %s', async (_, fault) => {
    const all = faulty({});
    const server = await site((request, site) => ({
      ...all(request, site),
      ...(request.index === 0 && fault),
    }));
    const out = await temporaryFolder();
    const result = await fetched(server.url, out);
    expect(result).toMatchObject({ outcome: 'saved', size: SIZE, attempts: 2, resumed: true });
    expect(fileIn(out).equals(content)).toBe(true);
  });

  it('makes the file begin anew where the version changes and the front is over', async () => {
    const changed = { etag: '"B"', content: other };
    // The front is the first to be through; what it goes on with is of another version.
    const server = await site(({ index }, { seen }) => {
      if (index > 3) return changed;
      return { hold: held(() => seen.length >= (index === 0 ? 4 : 5)) };
    });
    const out = await temporaryFolder();
    const result = await fetched(server.url, out);
    expect(result).toMatchObject({ outcome: 'saved', size: SIZE, resumed: false });
    expect(fileIn(out).equals(other)).toBe(true);
  });

  it.each(['repr-digest', 'content-digest'])(
    'does not hide a file that is not as its %s says',
    async (field) => {
      const value = (bytes: Buffer) => `sha-256=:${createHash('sha256').update(bytes).digest('base64')}:`;
      const told = await site((request, all) => {
        const { start, end } = request.range ?? { start: 0, end: SIZE };
        const said = field === 'repr-digest' ? content : content.subarray(start, end);
        return { ...faulty({})(request, all), headers: { [field]: value(said) } };
      });
      expect(await fetched(told.url, await temporaryFolder(), { wantDigest: true })).toMatchObject({
        outcome: 'saved',
        attempts: 1,
      });
      expect(told.seen.length).toBeGreaterThan(3);
      const wrong = await site((request, all) => ({
        ...faulty({})(request, all),
        headers: { [field]: value(other) },
      }));
      expect((await fetched(wrong.url, await temporaryFolder(), { retries: 0 })).error?.code).toBe(
        'ERR_CHECKSUM',
      );
    },
  );

  it('makes the file begin anew where its checksum is not what it should be, by one request', async () => {
    const lies = faulty({ 2: { content: other } });
    let isTold = false;
    const server = await site((request, all) => {
      isTold ||= request.range === null && request.index > 0;
      return isTold ? undefined : { ...lies(request, all), ...(request.index > 0 && { content: other }) };
    });
    const out = await temporaryFolder();
    const source = { url: server.url, checksum: sha256(content) };
    expect(await fetched(source, out)).toMatchObject({ outcome: 'saved', attempts: 2 });
    expect(fileIn(out).equals(content)).toBe(true);
    expect(server.seen.at(-1)?.range).toBeNull();
  });
});

/**
 * A run that is given up when four ranges have brought 500,000 bytes each.
 *
 * @param later what is wrong with the answers after it; they are counted from 0 again
 */
async function givenUp(later: FaultOf = () => undefined): Promise<{ server: RangeSite; out: string }> {
  let first = Number.POSITIVE_INFINITY;
  const all = faulty({});
  const server = await site((request, site) => {
    const index = request.index - first;
    return index >= 0
      ? later({ ...request, index }, site)
      : { ...all(request, site), cut: 500_000, how: 'silent' };
  });
  const giveUp = new AbortController();
  const out = await temporaryFolder();
  const progress = new Progress();
  const cancelled = fetched(server.url, out, {}, { signal: giveUp.signal, progress });
  await expect.poll(() => progress.bytes, { timeout: 10_000 }).toBe(2_000_000);
  giveUp.abort();
  expect((await cancelled).error?.code).toBe('ERR_CANCELLED');
  await expect.poll(() => server.inFlight).toBe(0);
  first = server.seen.length;
  return { server, out };
}

const REFUSALS: readonly (readonly [string, RangeFault])[] = [
  ['403', { status: 403 }],
  ['429', { status: 429 }],
  ['503', { status: 503 }],
  ['a reset', { isDropped: true }],
];
/** How much of the file the front has by then. */
const MOMENTS = [0, 0.1, 0.6, 1];

describe('a server of one request at a time', () => {
  it.each(REFUSALS.flatMap(([name, refusal]) => MOMENTS.map((share) => [name, share, refusal] as const)))(
    'that refuses with %s when %d of the file is there gives it in one try',
    async (_, share, refusal) => {
      const server = await site((_, all) =>
        all.inFlight > 1
          ? { ...refusal, hold: held(() => all.sent >= share * SIZE) }
          : { hold: held(() => all.seen.length >= 4) },
      );
      const out = await temporaryFolder();
      const result = await fetched(server.url, out, { retries: 0 });
      expect(result).toMatchObject({ outcome: 'saved', size: SIZE, attempts: 1, bytes: SIZE });
      expect(server.seen.length).toBeLessThan(9);
      expect(fileIn(out).equals(content)).toBe(true);
    },
  );

  it.each(REFUSALS)('that refuses with %s gives what is missing at several places', async (_, refusal) => {
    let from = 0;
    const { server, out } = await givenUp(({ index }, site) => {
      // Refused when the first of what is missing is through.
      if (index === 0) from = site.sent;
      const isThrough = () => site.sent >= from + SIZE / 4 - 500_000;
      return site.inFlight > 1 ? { ...refusal, hold: held(isThrough) } : undefined;
    });
    const result = await fetched(server.url, out);
    expect(result).toMatchObject({ outcome: 'saved', size: SIZE, resumed: true });
    expect(fileIn(out).equals(content)).toBe(true);
  });
});

describe('a server of two requests at a time', () => {
  it.each(REFUSALS)('that refuses others late, with %s, gives the file', async (_, refusal) => {
    const server = await site((_, all) =>
      all.inFlight > 2
        ? { ...refusal, hold: held(() => all.sent >= 0.3 * SIZE) }
        : { hold: held(() => all.seen.length >= 4) },
    );
    const out = await temporaryFolder();
    expect(await fetched(server.url, out)).toMatchObject({ outcome: 'saved', size: SIZE });
    expect(fileIn(out).equals(content)).toBe(true);
  });
});

describe('a file over HTTP/2', () => {
  const HTTP2 = { http2: true, insecure: true, retries: 0 };

  it('is fetched in ranges', async () => {
    const server = await site(
      ({ index }, { seen }) => ({ hold: held(() => seen.length >= 4 || index > 3) }),
      HTTP2,
    );
    const out = await temporaryFolder();
    const result = await fetched(server.url, out, HTTP2);
    expect(result).toMatchObject({ outcome: 'saved', size: SIZE, bytes: SIZE, attempts: 1 });
    expect(server.most).toBe(4);
    expect(fileIn(out).equals(content)).toBe(true);
  });

  it.each([1, 2])(
    'is there in one try where further streams than %d meet ENHANCE_YOUR_CALM',
    async (most) => {
      const server = await site(
        (_, all) =>
          all.inFlight > most
            ? { isDropped: true, hold: held(() => all.sent >= 0.3 * SIZE) }
            : { hold: held(() => all.seen.length >= 4) },
        HTTP2,
      );
      const out = await temporaryFolder();
      const result = await fetched(server.url, out, HTTP2);
      expect(result).toMatchObject({ outcome: 'saved', size: SIZE, attempts: 1 });
      expect(fileIn(out).equals(content)).toBe(true);
    },
  );
});

describe('a file in ranges', () => {
  it('fails at once when the disk is full, and can be gone on with', async () => {
    const server = await site(faulty({}));
    const out = await temporaryFolder();
    const full = failingDisk(systemDisk, [{ call: 'write', after: 6, code: 'ENOSPC' }]);
    const failed = await fetched(server.url, out, {}, { disk: full });
    expect(failed.error?.code).toBe('ERR_DISK');
    const result = await fetched(server.url, out);
    expect(result).toMatchObject({ outcome: 'saved', resumed: true, size: SIZE });
    expect(result.bytes).toBeLessThan(SIZE);
    expect(fileIn(out).equals(content)).toBe(true);
  });

  it.each([1, 4])('can be given up, and gone on with by --split %i', async (split) => {
    const { server, out } = await givenUp();
    const result = await fetched(server.url, out, { split });
    expect(result).toMatchObject({ outcome: 'saved', resumed: true, size: SIZE });
    expect(result.bytes).toBeLessThan(split === 1 ? SIZE : SIZE - 1_000_000);
    expect(fileIn(out).equals(content)).toBe(true);
  });

  it.each<[string, RangeFault, Buffer]>([
    ['does no ranges any more', { ignoresRange: true, headers: { 'accept-ranges': 'none' } }, content],
    ['does no ranges any more, and says that it does', { ignoresRange: true }, content],
    ['has another version', { etag: '"B"', content: other }, other],
    ['has another version, without an ETag', { etag: null, content: other }, other],
  ])('begins anew where the server meanwhile %s', async (_, fault, expected) => {
    const { server, out } = await givenUp(() => fault);
    const result = await fetched(server.url, out);
    expect(result).toMatchObject({ outcome: 'saved', resumed: false, size: SIZE, attempts: 1 });
    expect(fileIn(out).equals(expected)).toBe(true);
  });

  it.each<[string, RangeFault, RangeFault, Buffer]>([
    ['does no ranges any more', { ignoresRange: true }, {}, content],
    ['has another version', { etag: '"B"', content: other }, { etag: '"B"', content: other }, other],
    ['says that there is no such range', { status: 416 }, {}, content],
    ['forbids them', { status: 403 }, {}, content],
  ])(
    'is fetched by one where the server, once the first rest has come, %s',
    async (_, fault, whole, expected) => {
      // Others are answered when the first is through; then there is one more.
      let from = 0;
      const { server, out } = await givenUp(({ index, range }, site) => {
        if (index === 0) from = site.sent;
        if (index === 0) return { hold: held(() => site.inFlight > 3) };
        const isThrough = () => site.sent >= from + SIZE / 4 - 500_000;
        return range === null || index > 4 ? whole : { ...fault, hold: held(isThrough) };
      });
      const result = await fetched(server.url, out);
      expect(result).toMatchObject({ outcome: 'saved', size: SIZE });
      expect(fileIn(out).equals(expected)).toBe(true);
    },
  );

  it('is out of time as any other', async () => {
    const server = await site(() => ({ cut: 400_000, how: 'silent' }));
    const result = await fetched(server.url, await temporaryFolder(), { maxTime: 700 });
    expect(result.error?.code).toBe('ERR_TIMEOUT');
  });

  it('keeps to --limit-rate and --max-size, with --fsync', async () => {
    const server = await site(faulty({}));
    const out = await temporaryFolder();
    const began = performance.now();
    const result = await fetched(server.url, out, { limitRate: 8 * 1_048_576, maxSize: SIZE, fsync: 'file' });
    expect(result.outcome).toBe('saved');
    expect(performance.now() - began).toBeGreaterThan(350);
    expect(fileIn(out).equals(content)).toBe(true);
  });
});
