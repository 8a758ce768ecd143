// A file in ranges, killed in the middle: the next run asks for what is missing, and for nothing else.

import { randomBytes } from 'node:crypto';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { type ByteRange, merged, missingFrom, sizeOf } from '../../src/model/byte-range.js';
import { openStore } from '../../src/state/open-store.js';
import { startFetchall } from '../support/command-line.js';
import { rangeServer } from '../support/range-server.js';
import { temporaryFolder } from '../support/temp-folder.js';

const SIZE = 64 * 1_048_576 + 12_345;
/** Each answer of the first run falls silent then. */
const CUT = 9_000_000;

/** What is on record, read from a copy; null where there is nothing yet, or it is being written. */
async function recorded(folder: string, out: string, url: string): Promise<readonly ByteRange[] | null> {
  if (!existsSync(join(out, '.fetchall', 'state.db'))) return null;
  const copy = mkdtempSync(join(folder, 'copy-'));
  try {
    cpSync(join(out, '.fetchall'), join(copy, '.fetchall'), { recursive: true });
    // A copy is locked by nobody.
    for (const lock of ['lock', 'state.db.lock'])
      rmSync(join(copy, '.fetchall', lock), { recursive: true, force: true });
    const store = await openStore(copy, { synchronous: 'OFF' });
    const done = store.find('a.bin', url)?.done ?? null;
    await store.close();
    return done;
  } catch {
    return null;
  } finally {
    rmSync(copy, { recursive: true });
  }
}

it('kill -9 costs what was not on record, and no more', { timeout: 120_000 }, async () => {
  const content = Buffer.alloc(SIZE, randomBytes(100_003));
  const server = await rangeServer(content, ({ index }, { seen }) => {
    const all = (async () => {
      while (seen.length < 4) await new Promise((resolve) => setTimeout(resolve, 5));
    })();
    return index < 4 ? { cut: CUT, how: 'silent', hold: all } : undefined;
  });
  onTestFinished(() => server.close());
  const folder = await temporaryFolder();
  const out = join(folder, 'out');
  const args = [server.url, '-o', out, '--split', '4', '--json'];
  const killed = startFetchall(args, { timeout: 60_000 });
  for (let done = 0; done < 4 * CUT; done = sizeOf((await recorded(folder, out, server.url)) ?? []))
    await new Promise((resolve) => setTimeout(resolve, 50));
  killed.kill('SIGKILL');
  expect((await killed.result).signal).toBe('SIGKILL');

  const missing = missingFrom((await recorded(folder, out, server.url)) ?? [], SIZE);
  expect(missing.length).toBe(4);
  expect(sizeOf(missing)).toBe(SIZE - 4 * CUT);
  server.seen.length = 4;
  const { lines } = await startFetchall(args, { timeout: 60_000 }).result;
  expect(merged(server.seen.slice(4).map(({ range }) => range ?? { start: 0, end: SIZE }))).toEqual(missing);
  const finished = lines.find(({ event }) => event === 'finished');
  expect(finished).toMatchObject({ outcome: 'saved', resumed: true, bytes: sizeOf(missing), size: SIZE });
  expect(readFileSync(join(out, 'a.bin')).equals(content)).toBe(true);
});
