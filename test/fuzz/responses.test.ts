// Whatever a server sends, over real sockets: a run ends by its own time-outs, with a file or a code, in its own folder.

import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { downloadEach, ERROR_CODES, type Result } from '../../src/index.js';
import { type RawServer, startRawServer } from '../support/raw-server.js';
import { temporaryFolder } from '../support/temp-folder.js';
import { type FuzzAnswer, fuzzAnswer } from './answers.js';

const OPTIONS = {
  retries: 0,
  connectTimeout: 1000,
  headersTimeout: 100,
  idleTimeout: 100,
  concurrency: 24,
  maxTime: 1500,
  maxRedirects: 3,
} as const;
/** A run that takes longer hangs; fast-check tells the answers and the seed then. */
const BOUND = 30_000;

const LANDED = 'HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nlanded';

let server: RawServer;
/** By the first segment of the path. */
const answers = new Map<string, FuzzAnswer>();
const unhandled: unknown[] = [];
const note = (reason: unknown): void => void unhandled.push(reason);

beforeAll(async () => {
  server = await startRawServer(async (connection) => {
    for (;;) {
      const [, segment = ''] = /^GET \/([^/ ]*)/.exec(await connection.request()) ?? [];
      const { text, piece, ending } = answers.get(segment) ?? { text: LANDED, piece: null, ending: 'end' };
      const step = piece === null ? text.length : Math.max(piece, Math.ceil(text.length / 40));
      for (let at = 0; at < text.length; at += step) await connection.send(text.slice(at, at + step));
      if (ending === 'stall') return;
      if (ending === 'reset') return connection.reset();
      // What comes in pieces may still be on its way when the next request goes out: nobody could tell the two apart.
      if (ending === 'end' || piece !== null) return connection.end();
    }
  }, '0.0.0.0');
});
afterAll(() => server.close());
beforeEach(() => {
  unhandled.length = 0;
  process.on('unhandledRejection', note);
});
afterEach(() => void process.off('unhandledRejection', note));

/** Segments that would lead out of the folder if anyone took them for paths. */
const segment = fc.oneof(
  fc.constantFrom(
    'a.bin',
    '..%2f..%2fevil',
    '%2e%2e%5cevil',
    '.fetchall',
    'x%00y',
    'con',
    '',
    '%2fetc%2fpasswd',
  ),
  fc.stringMatching(/^[a-z.%]{1,12}$/),
);

let folders = 0;

async function fetchAll(out: string, paths: readonly string[]): Promise<Result[]> {
  const results: Result[] = [];
  // Each from its own host: what one server says of its patience is not for the others.
  const urls = paths.map((path, index) => `http://127.0.1.${index + 1}:${server.port}${path}`);
  for await (const result of downloadEach(urls, { ...OPTIONS, out })) results.push(result);
  expect(results).toHaveLength(paths.length);
  return results;
}

async function checkEnding(result: Result, out: string): Promise<void> {
  if (result.outcome === 'failed') {
    expect(ERROR_CODES).toContain(result.error?.code);
    expect(result.error?.code).not.toMatch(/ERR_(?:DISK|EXISTS|LOCKED|CANCELLED|INPUT)/);
    return;
  }
  // Dots in a path lead to the same place.
  if (result.reason === 'duplicate') return;
  expect(result).toMatchObject({ outcome: 'saved', error: null });
  const { file, size, url, finalUrl } = result;
  const content = (await readFile(join(out, file ?? ''))).toString('latin1');
  expect(content).toHaveLength(size ?? -1);
  const [, segment = ''] = new URL(finalUrl ?? url).pathname.split('/');
  const { text } = answers.get(segment) ?? { text: LANDED };
  // Chunks are glued together; all else is in the file as it was sent, and from nobody else's answer.
  if (!/chunked/i.test(text)) expect(text).toContain(content);
}

/** Only the out folder was made, and in it only files of the results, their parts, and the notes. */
async function checkFolder(folder: string, results: readonly Result[]): Promise<void> {
  expect(await readdir(folder)).toEqual(['out']);
  const allowed = new Set(results.flatMap(({ file }) => [file, `${file}.part`]));
  for (const entry of await readdir(join(folder, 'out'), { withFileTypes: true })) {
    if (entry.name === '.fetchall') continue;
    expect(entry.isFile()).toBe(true);
    expect(allowed).toContain(entry.name);
  }
}

test('a run ends with a file or a code for each URL, inside its folder', { timeout: 600_000 }, async () => {
  const parent = await temporaryFolder();
  const some = fc.array(fc.tuple(fuzzAnswer, segment), { minLength: 1, maxLength: 48, size: 'max' });
  await fc.assert(
    fc.asyncProperty(some, async (planned) => {
      const folder = join(parent, `${folders++}`);
      const out = join(folder, 'out');
      await mkdir(folder);
      answers.clear();
      const paths = planned.map(([answer, last], index) => {
        answers.set(`${index}`, answer);
        return `/${index}/${last}`;
      });
      const results = await fetchAll(out, paths);
      for (const result of results) await checkEnding(result, out);
      await checkFolder(folder, results);
      expect(unhandled).toEqual([]);
    }),
    { numRuns: 15, timeout: BOUND, endOnFailure: true },
  );
});
