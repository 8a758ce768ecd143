import { readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readSnapshot, removeSnapshot, type Snapshot, writeSnapshot } from '../../src/state/snapshot.js';
import { temporaryFolder } from '../support/temp-folder.js';
import { built, startModule } from './child.js';

const snapshot: Snapshot = {
  updated: '2026-01-01T00:00:00.000Z',
  inFlight: 3,
  total: 10,
  saved: 4,
  skipped: 2,
  failed: 1,
  bytes: 2 ** 45,
  chunks: 12,
  errors: { ERR_STATUS: 1 },
  hosts: { 'a.test:80': 1 },
};

describe('a snapshot', () => {
  it('is read as it was written, replaced, and removed', async () => {
    const memory = await temporaryFolder();
    expect(await readSnapshot(memory)).toBeNull();
    await writeSnapshot(memory, snapshot);
    expect(await readSnapshot(memory)).toEqual(snapshot);
    await writeSnapshot(memory, { ...snapshot, errors: {}, hosts: {} });
    expect(await readSnapshot(memory)).toEqual({ ...snapshot, errors: {}, hosts: {} });
    expect(await readdir(memory)).toEqual(['status.json']);
    await removeSnapshot(memory);
    await removeSnapshot(memory);
    expect(await readdir(memory)).toEqual([]);
  });

  it('is never seen half, however long it is', async () => {
    const memory = await temporaryFolder();
    const writer = startModule(
      `import { writeSnapshot } from ${built('state/snapshot.js')};
      const [, memory, text] = process.argv;
      const snapshot = JSON.parse(text);
      for (let chunks = 1; ; chunks++) {
        // Of changing length: half a megabyte, then little.
        const hosts = Object.fromEntries(Array.from({ length: chunks % 2 * 20000 }, (_, at) => ['host' + at, chunks]));
        await writeSnapshot(memory, { ...snapshot, chunks, hosts });
        if (chunks === 2) console.log('written');
      }`,
      memory,
      JSON.stringify(snapshot),
    );
    expect(await writer.line()).toBe('written');
    const seen = new Set<number>();
    while (seen.size < 20) {
      const found = await readSnapshot(memory);
      expect(found).not.toBeNull();
      const { chunks = 0, hosts = {} } = found ?? {};
      expect(Object.keys(hosts).length).toBe((chunks % 2) * 20_000);
      seen.add(chunks);
    }
    await writer.kill();
    expect(await readSnapshot(memory)).not.toBeNull();
  });

  it.each([
    '',
    '{',
    'null',
    '[]',
    '"text"',
    '7',
    '{}',
    JSON.stringify({ ...snapshot, bytes: '5' }),
    JSON.stringify({ ...snapshot, bytes: Number.NaN }),
    JSON.stringify({ ...snapshot, updated: 5 }),
    JSON.stringify({ ...snapshot, errors: null }),
    JSON.stringify({ ...snapshot, hosts: { a: 'b' } }),
    JSON.stringify({ ...snapshot, hosts: undefined }),
    JSON.stringify(snapshot).slice(0, -1),
  ])('is null where it is not understood: %j', async (text) => {
    const memory = await temporaryFolder();
    await writeFile(join(memory, 'status.json'), text);
    expect(await readSnapshot(memory)).toBeNull();
  });

  it('takes the place of a link, and writes through none', async () => {
    const memory = await temporaryFolder();
    const target = join(await temporaryFolder(), 'target');
    await writeFile(target, 'mine');
    await symlink(target, join(memory, 'status.json'));
    await writeSnapshot(memory, snapshot);
    expect(await readSnapshot(memory)).toEqual(snapshot);
    expect(await readFile(target, 'utf8')).toBe('mine');
  });
});
