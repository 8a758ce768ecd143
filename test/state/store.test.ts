import { describe, expect, it, onTestFinished } from 'vitest';
import { useClock } from '../../src/coroutine/clock.js';
import type { FileRecord } from '../../src/model/file-record.js';
import type { Store } from '../../src/state/store.js';
import { FakeClock } from '../support/fake-clock.js';
import { temporaryFolder } from '../support/temp-folder.js';
import { built, startModule } from './child.js';
import { copied, failedRecord, known, part, savedRecord, skippedRecord, storeIn } from './rows.js';

/** Remembers these, each in a run of its own. */
async function remembering(...records: readonly FileRecord[]): Promise<Store> {
  const folder = await temporaryFolder();
  for (const record of records) {
    const store = await storeIn(folder);
    store.record(record);
    await store.close();
  }
  return storeIn(folder);
}

function fakeClock(): FakeClock {
  const clock = new FakeClock();
  onTestFinished(useClock(clock));
  return clock;
}

const URL = 'http://a.test/ü?"\'';

describe('what is remembered of a file', () => {
  it('is all of it, once it was saved', async () => {
    const record = savedRecord(URL, {
      expected: 'sha256=aa',
      reason: 'changed',
      seconds: 0.1,
      bytes: 2 ** 45,
    });
    const store = await remembering(record);
    expect([...store.saved()]).toEqual([record]);
    expect([...store.failed()]).toEqual([]);
    expect(store.known(URL, 'f')).toEqual(known);
    expect(store.known(URL, 'g')).toBeNull();
    expect(store.known('http://a.test/', 'f')).toBeNull();
  });

  it('is as much as the server has told', async () => {
    const bare = { name: null, size: 0, etag: null, lastModified: null, sha256: null, verified: null };
    const store = await remembering(savedRecord(URL, { saved: bare, status: null }));
    expect(store.known(URL, 'f')).toEqual(bare);
  });

  it('is the error, when it failed and never was saved', async () => {
    const store = await remembering(failedRecord(URL));
    expect([...store.failed()]).toEqual([failedRecord(URL)]);
    expect([...store.saved()]).toEqual([]);
    expect(store.known(URL, 'f')).toBeNull();
  });

  it('is the file of before and the error, when a later try failed', async () => {
    const failed = failedRecord(URL, { expected: 'md5=11' });
    const store = await remembering(savedRecord(URL), failed);
    expect([...store.failed()]).toEqual([{ ...failed, saved: known }]);
    expect([...store.saved()]).toEqual([{ ...failed, saved: known }]);
    expect(store.known(URL, 'f')).toEqual(known);
  });

  it('is the new file alone, when what had failed is saved', async () => {
    const saved = savedRecord(URL, { saved: { ...known, etag: null, size: 6 } });
    const store = await remembering(savedRecord(URL), failedRecord(URL), saved);
    expect([...store.failed()]).toEqual([]);
    expect([...store.saved()]).toEqual([saved]);
  });

  it('is what it was, when it was skipped', async () => {
    const store = await remembering(savedRecord(URL), skippedRecord(URL, { saved: { ...known, size: 7 } }));
    expect([...store.saved()]).toEqual([savedRecord(URL)]);
  });

  it('is that it was skipped, where nothing was known', async () => {
    const store = await remembering(skippedRecord(URL));
    expect([...store.saved()]).toEqual([skippedRecord(URL)]);
    const unsaved = await remembering(skippedRecord(URL, { saved: null }));
    expect([...unsaved.saved()]).toEqual([]);
    expect([...unsaved.failed()]).toEqual([]);
    expect(unsaved.isNew).toBe(false);
  });

  it.each([
    { file: 'saved before', first: [savedRecord(URL)], outcome: 'saved', saved: known },
    { file: 'never saved', first: [], outcome: 'skipped', saved: null },
  ])('is settled by a skip, when it had failed: $file', async ({ first, outcome, saved }) => {
    const store = await remembering(...first, failedRecord(URL), skippedRecord(URL, { saved: null }));
    expect([...store.failed()]).toEqual([]);
    const settled = { ...failedRecord(URL), outcome, reason: 'exists', ended: 3_000, error: null, saved };
    expect([...store.saved()]).toEqual(saved === null ? [] : [settled]);
  });

  it('is kept apart for each name', async () => {
    const records = ['a', 'b'].map((file) => savedRecord(URL, { file }));
    const store = await remembering(...records, failedRecord(URL, { file: 'b' }));
    expect([...store.saved()].map(({ file }) => file)).toEqual(['a', 'b']);
    expect([...store.failed()].map(({ file }) => file)).toEqual(['b']);
  });

  it('is not what this run has saved itself, when nothing was known before', async () => {
    const store = await storeIn(await temporaryFolder());
    store.record(savedRecord(URL));
    store.flush();
    expect(store.isNew).toBe(true);
    expect(store.known(URL, 'f')).toBeNull();
  });
});

describe('more rows than a page', () => {
  // Several names for each URL: a page ends in the midst of some.
  const names = Array.from({ length: 2_500 }, (_, at) => [`http://a.test/${at % 400}`, `${at}`] as const);
  const key = ({ url, file }: FileRecord): string => `${url} ${file}`;

  it.each([0, 1, 999, 1_000, 1_001, 2_000, 2_500])(
    'all of %i come, each once and in order',
    async (count) => {
      const wanted = names.slice(0, count);
      const store = await storeIn(await temporaryFolder());
      for (const [url, file] of wanted) store.record(failedRecord(url, { file, saved: known }));
      store.flush();
      const sorted = wanted.toSorted(([, one], [, other]) => (one < other ? -1 : 1));
      expect([...store.failed()].map(key)).toEqual(sorted.map(([url, file]) => `${url} ${file}`));
    },
  );

  it('all come while they are settled one by one', async () => {
    const store = await storeIn(await temporaryFolder());
    for (const [url, file] of names) store.record(failedRecord(url, { file }));
    store.flush();
    let seen = 0;
    for (const { url, file } of store.failed()) {
      seen++;
      store.record(savedRecord(url, { file }));
      store.flush();
    }
    expect(seen).toBe(names.length);
    expect([...store.failed()]).toEqual([]);
    expect([...store.saved()].length).toBe(names.length);
  });
});

describe('a part', () => {
  it('is found by its file and URL, until it is dropped', async () => {
    const store = await storeIn(await temporaryFolder());
    expect(store.find('f', URL)).toBeNull();
    const kept = store.keep('f', URL, part);
    expect(store.find('f', URL)).toEqual(part);
    expect(store.find('f', 'http://a.test/')).toBeNull();
    await kept;
    store.drop('f');
    expect(store.find('f', URL)).toBeNull();
  });

  it('is found in a later run, and one of another URL takes its place', async () => {
    const folder = await temporaryFolder();
    const first = await storeIn(folder);
    await first.keep('f', URL, part);
    await first.keep('g', URL, part);
    await first.close();
    const second = await storeIn(folder);
    expect(second.isNew).toBe(false);
    expect(second.find('f', URL)).toEqual(part);
    const nothing = {
      name: null,
      etag: null,
      lastModified: null,
      date: null,
      coding: null,
      total: null,
      synced: null,
      done: null,
    };
    await second.keep('f', 'http://b.test/', nothing);
    second.drop('g');
    await second.close();
    const third = await storeIn(folder);
    expect(third.find('f', URL)).toBeNull();
    expect(third.find('f', 'http://b.test/')).toEqual(nothing);
    expect(third.find('g', URL)).toBeNull();
    third.dropParts();
    await third.close();
    expect((await storeIn(folder)).isNew).toBe(true);
  });

  it('that is kept is on disk before anything more is done', async () => {
    const clock = fakeClock();
    const folder = await temporaryFolder();
    const store = await storeIn(folder);
    let isKept = false;
    const kept = Promise.all([store.keep('f', URL, part), store.keep('g', URL, part)]).then(() => {
      isKept = true;
    });
    await clock.settleMicrotasks();
    expect(isKept).toBe(false);
    expect((await storeIn(await copied(folder))).isNew).toBe(true);
    await clock.settle();
    await kept;
    const copy = await storeIn(await copied(folder));
    expect(copy.find('f', URL)).toEqual(part);
    expect(copy.find('g', URL)).toEqual(part);
  });

  it('outlives a kill that comes right after', async () => {
    const folder = await temporaryFolder();
    const child = startModule(
      `import { openStore } from ${built('state/open-store.js')};
      import { writeSync } from 'node:fs';
      const [, folder, url, part] = process.argv;
      const store = await openStore(folder, { synchronous: 'NORMAL' });
      await store.keep('f', url, JSON.parse(part));
      writeSync(1, 'kept\\n');
      for (;;);`,
      folder,
      URL,
      JSON.stringify(part),
    );
    expect(await child.line()).toBe('kept');
    await child.kill();
    expect((await storeIn(folder)).find('f', URL)).toEqual(part);
  });
});
