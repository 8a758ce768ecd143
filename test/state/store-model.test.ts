import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { merged } from '../../src/model/byte-range.js';
import { FetchallError } from '../../src/model/errors.js';
import type { FileRecord } from '../../src/model/file-record.js';
import type { PartRecord } from '../../src/model/part-record.js';
import { openStore } from '../../src/state/open-store.js';
import type { Store } from '../../src/state/store.js';
import { temporaryFolder } from '../support/temp-folder.js';
import { failedRecord, known, part, savedRecord, skippedRecord } from './rows.js';

const URLS = ['http://a.test/', 'http://a.test/ü', 'http://b.test/\u{1f600}'];
const FILES = ['f', 'g/h'];
const NAMES = ['f', 'given'];
const PAIRS = URLS.flatMap((url) => FILES.map((file) => ({ url, file })));

/** What a folder ought to remember. */
class Model {
  readonly files = new Map<string, FileRecord>();
  readonly parts = new Map<string, { readonly url: string; readonly part: PartRecord }>();

  /** @param mayReplace whether something was known when the store was opened */
  record(next: FileRecord, mayReplace: boolean): void {
    if (mayReplace && next.outcome === 'saved')
      for (const [key, { file, name, url }] of this.files)
        if ((name ?? file) === (next.name ?? next.file) && url !== next.url) this.files.delete(key);
    const key = JSON.stringify([next.url, next.file]);
    const before = this.files.get(key);
    if (before === undefined || next.outcome === 'saved') this.files.set(key, next);
    else if (next.outcome === 'failed')
      this.files.set(key, { ...next, name: before.name, saved: before.saved });
    else if (before.outcome === 'failed') {
      const { reason, ended } = next;
      const [outcome, { name }] =
        before.saved === null ? ['skipped' as const, next] : ['saved' as const, before];
      this.files.set(key, { ...before, name, outcome, reason, ended, error: null });
    }
  }

  isAnothers(url: string, name: string): boolean {
    const holds = (other: FileRecord): boolean =>
      other.url !== url && other.saved !== null && (other.name ?? other.file) === name;
    return [...this.files.values()].some(holds);
  }

  sorted(holds: (record: FileRecord) => boolean): FileRecord[] {
    const bytes = ({ url, file }: FileRecord): Buffer => Buffer.from(`${file}\0${url}`);
    return [...this.files.values()].filter(holds).sort((a, b) => Buffer.compare(bytes(a), bytes(b)));
  }
}

type Command =
  | { readonly does: 'record'; readonly record: FileRecord }
  | { readonly does: 'keep'; readonly url: string; readonly file: string; readonly part: PartRecord }
  | { readonly does: 'drop'; readonly file: string }
  | { readonly does: 'dropParts' | 'flush' | 'reopen' };

const text = fc.option(fc.string({ unit: 'grapheme', maxLength: 8 }));
const count = fc.nat({ max: 2 ** 31 - 1 }).map((low) => low * 4_096);
const pair = fc.constantFrom(...PAIRS);
/** Of a server: of another's file, or of none. */
const name = fc.option(fc.constantFrom(...NAMES));

const record: fc.Arbitrary<FileRecord> = fc
  .record({
    pair,
    make: fc.constantFrom(savedRecord, failedRecord, skippedRecord),
    name,
    saved: fc.record({ size: count, etag: text, lastModified: text, sha256: text, verified: text }),
    isKnown: fc.boolean(),
    ended: count,
    seconds: fc.double({ min: 0, max: 1e9, noNaN: true }).map((seconds) => seconds + 0),
    expected: text,
  })
  .map(({ pair, make, name, saved, isKnown, ended, seconds, expected }) => {
    const plain = make(pair.url, { file: pair.file, name, ended, seconds, expected });
    // What is saved is known, what failed is not; of what is skipped both may be.
    const isSaved = plain.outcome === 'saved' || (plain.outcome === 'skipped' && isKnown);
    return { ...plain, saved: isSaved ? { ...saved, name } : null };
  });

const partRecord: fc.Arbitrary<PartRecord> = fc.record({
  name,
  etag: text,
  lastModified: text,
  date: text,
  coding: text,
  total: fc.option(count),
  synced: fc.option(count),
  done: fc.option(
    fc.array(fc.tuple(count, count)).map((pairs) => merged(pairs.map(([start, end]) => ({ start, end })))),
  ),
});

const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 5, arbitrary: record.map((record) => ({ does: 'record' as const, record })) },
  {
    weight: 3,
    arbitrary: fc.tuple(pair, partRecord).map(([pair, part]) => ({ does: 'keep' as const, ...pair, part })),
  },
  { weight: 1, arbitrary: fc.constantFrom(...FILES).map((file) => ({ does: 'drop' as const, file })) },
  {
    weight: 2,
    arbitrary: fc.constantFrom('dropParts', 'flush', 'reopen').map((does) => ({ does }) as Command),
  },
);

/** Where and how often the store was opened is its own business: it agrees with the model. */
function expectAgreement(store: Store, model: Model): void {
  expect([...store.failed()]).toEqual(model.sorted(({ outcome }) => outcome === 'failed'));
  expect([...store.saved()]).toEqual(model.sorted(({ saved }) => saved !== null));
  for (const { url, file } of PAIRS) {
    const kept = model.parts.get(file);
    expect(store.find(file, url)).toEqual(kept?.url === url ? kept.part : null);
    const remembered = model.files.get(JSON.stringify([url, file]))?.saved ?? null;
    if (store.isNew) continue;
    expect(store.known(url, file)).toEqual(remembered);
    expect(store.nameOf(url, file)).toBe(model.files.get(JSON.stringify([url, file]))?.name ?? null);
    for (const name of NAMES) expect(store.isAnothers(url, name)).toBe(model.isAnothers(url, name));
  }
}

async function perform(command: Command, store: Store, model: Model): Promise<void> {
  switch (command.does) {
    case 'record':
      model.record(command.record, !store.isNew);
      store.record(command.record);
      return;
    case 'keep':
      model.parts.set(command.file, command);
      // Not waited for: the next command may come before the commit.
      store.keep(command.file, command.url, command.part).catch(() => {});
      return;
    case 'drop':
      model.parts.delete(command.file);
      store.drop(command.file);
      return;
    case 'dropParts':
      model.parts.clear();
      store.dropParts();
      return;
    case 'flush':
      store.flush();
      expectAgreement(store, model);
      return;
    case 'reopen':
  }
}

test('whatever is written, a folder remembers what a plain map does', { timeout: 60_000 }, async () => {
  const parent = await temporaryFolder();
  const property = fc.asyncProperty(fc.array(command, { maxLength: 40 }), async (commands) => {
    const folder = await mkdtemp(join(parent, 'out-'));
    const model = new Model();
    let store = await openStore(folder, { synchronous: 'OFF' });
    try {
      for (const command of [...commands, { does: 'reopen' } as const]) {
        await perform(command, store, model);
        if (command.does !== 'reopen') continue;
        await store.close();
        store = await openStore(folder, { synchronous: 'OFF' });
        expect(store.isNew).toBe(model.files.size + model.parts.size === 0);
        expectAgreement(store, model);
      }
    } finally {
      await store.close();
    }
  });
  await fc.assert(property, { numRuns: 60 });
});

async function realBytes(parent: string): Promise<Buffer> {
  const store = await openStore(parent, { synchronous: 'OFF' });
  for (let row = 0; row < 150; row++)
    store.record(failedRecord(`http://a.test/${row}`, { saved: row % 2 === 0 ? known : null }));
  for (let row = 0; row < 50; row++) await store.keep(`f${row}`, `http://a.test/${row}`, part);
  store.beginRun('sequential', 1);
  await store.close();
  return readFile(join(parent, '.fetchall/state.db'));
}

/** Reads and writes everything once; what it throws is ours. @returns whether it could be opened */
async function useAll(folder: string): Promise<'opened' | 'set aside' | 'refused'> {
  let end: 'opened' | 'set aside' | 'refused' = 'opened';
  const onDamaged = (): void => {
    end = 'set aside';
  };
  const store = await openStore(folder, { synchronous: 'OFF', onDamaged }).catch(expectOurs);
  if (store === null) return 'refused';
  const uses: (() => unknown)[] = [
    () => [...store.failed()],
    () => [...store.saved()],
    () => store.known('http://a.test/7', 'f'),
    () => store.find('f7', 'http://a.test/7'),
    () => store.lastRuns(3),
    () => store.baseline('l'),
    () => store.beginRun('concurrent', 2),
    () => store.record(savedRecord('http://a.test/new')),
    () => store.drop('f9'),
    () => store.keep('f8', 'http://a.test/', part),
    () => store.flush(),
    () => store.close(),
  ];
  for (const use of uses) await new Promise((resolve) => resolve(use())).catch(expectOurs);
  return end;
}

function expectOurs(error: unknown): null {
  expect(error).toBeInstanceOf(FetchallError);
  return null;
}

test('whatever bytes the file holds, the end is orderly', { timeout: 60_000 }, async () => {
  const parent = await temporaryFolder();
  const real = await realBytes(parent);
  const ends = { opened: 0, 'set aside': 0, refused: 0 };
  // The header and the heads of pages are where it hurts.
  const place = fc.oneof(
    fc.nat({ max: 99 }),
    fc.nat({ max: real.length - 1 }),
    fc
      .tuple(fc.nat({ max: real.length / 4_096 - 1 }), fc.nat({ max: 40 }))
      .map(([page, at]) => page * 4_096 + at),
  );
  const change = fc.record({ place, bytes: fc.uint8Array({ minLength: 1, maxLength: 16 }) });
  const cut = fc.oneof({ weight: 4, arbitrary: fc.constant(real.length) }, fc.nat({ max: real.length }));
  const property = fc.asyncProperty(fc.array(change, { maxLength: 8 }), cut, async (changes, length) => {
    const bytes = Buffer.from(real);
    for (const { place, bytes: put } of changes) bytes.set(put.subarray(0, bytes.length - place), place);
    const folder = await mkdtemp(join(parent, 'out-'));
    await mkdir(join(folder, '.fetchall'));
    await writeFile(join(folder, '.fetchall/state.db'), bytes.subarray(0, length));
    ends[await useAll(folder)]++;
  });
  await fc.assert(property, { numRuns: 150 });
  // Otherwise the bytes would not be what this is about.
  expect(ends.opened).toBeGreaterThan(0);
  expect(ends['set aside']).toBeGreaterThan(0);
});
