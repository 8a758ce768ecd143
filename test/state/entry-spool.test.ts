import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FetchallError } from '../../src/model/errors.js';
import type { Entry } from '../../src/model/source.js';
import { EntrySpool } from '../../src/state/entry-spool.js';
import { temporaryFolder } from '../support/temp-folder.js';

async function* each(entries: Iterable<Entry>): AsyncGenerator<Entry> {
  yield* entries;
}

async function all(entries: AsyncIterable<Entry>): Promise<Entry[]> {
  const list: Entry[] = [];
  for await (const entry of entries) list.push(entry);
  return list;
}

const entries: Entry[] = [
  { url: 'http://user:secret@a.test/a', line: 1 },
  { url: 'http://a.test/b', name: 'ü\n"', checksum: { algorithm: 'md5', hex: '00' }, line: 2 },
  { error: new FetchallError('ERR_INPUT', 'no URL'), text: 'nonsense\u2028', line: 3 },
  { url: 'http://a.test/c', line: null },
];

describe('EntrySpool', () => {
  it('gives the entries on, and again', async () => {
    const path = join(await temporaryFolder(), 'entries');
    const spool = await EntrySpool.create(path);
    expect(await all(spool.keep(each(entries)))).toEqual(entries);
    expect(await all(spool.again())).toEqual(entries);
    spool.close();
  });

  it('lets only the owner read the passwords', async () => {
    const path = join(await temporaryFolder(), 'entries');
    const spool = await EntrySpool.create(path);
    await all(spool.keep(each(entries)));
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readFile(path, 'utf8')).toContain('secret');
    spool.close();
  });

  it('keeps a list that is larger than any buffer', async () => {
    const spool = await EntrySpool.create(join(await temporaryFolder(), 'entries'));
    const many = Array.from({ length: 20_000 }, (_, at): Entry => ({ url: `http://a.test/${at}`, line: at }));
    await all(spool.keep(each(many)));
    expect(await all(spool.again())).toEqual(many);
    spool.close();
  });

  it('does not touch a file that is there, and says so as ERR_DISK', async () => {
    const path = join(await temporaryFolder(), 'entries');
    await writeFile(path, 'mine');
    await expect(EntrySpool.create(path)).rejects.toMatchObject({ code: 'ERR_DISK', systemCode: 'EEXIST' });
    expect(await readFile(path, 'utf8')).toBe('mine');
  });

  it('ends in ERR_DISK when it can be written no more', async () => {
    const spool = await EntrySpool.create(join(await temporaryFolder(), 'entries'));
    const kept = spool.keep(each(entries));
    await kept.next();
    spool.close();
    await expect(all(kept)).rejects.toMatchObject({ code: 'ERR_DISK' });
  });
});
