// Stores and rows to play with.

import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { FileRecord } from '../../src/model/file-record.js';
import type { KnownFile } from '../../src/model/known-file.js';
import type { PartRecord } from '../../src/model/part-record.js';
import { openStore, type StoreOptions } from '../../src/state/open-store.js';
import type { Store } from '../../src/state/store.js';
import { temporaryFolder } from '../support/temp-folder.js';

/** A store that is closed at the latest when the test ends. */
export async function storeIn(folder: string, options: Partial<StoreOptions> = {}): Promise<Store> {
  const store = await openStore(folder, { synchronous: 'OFF', ...options });
  onTestFinished(() => store.close().catch(() => {}));
  return store;
}

/** Another folder, whose state.db is what is on disk now. */
export async function copied(folder: string): Promise<string> {
  const copy = await temporaryFolder();
  await mkdir(join(copy, '.fetchall'));
  await copyFile(join(folder, '.fetchall/state.db'), join(copy, '.fetchall/state.db'));
  return copy;
}

export const known: KnownFile = {
  name: null,
  size: 5,
  etag: '"a"',
  lastModified: 'Thu, 01 Jan 2026 00:00:00 GMT',
  sha256: 'ab'.repeat(32),
  verified: 'md5=00',
};

export const part: PartRecord = {
  name: null,
  etag: '"a"',
  lastModified: null,
  date: 'Thu, 01 Jan 2026 00:00:00 GMT',
  coding: 'x-gzip',
  total: 2 ** 40,
  synced: 17,
  done: [
    { start: 0, end: 17 },
    { start: 40, end: 2 ** 39 },
  ],
};

export function savedRecord(url: string, more: Partial<FileRecord> = {}): FileRecord {
  return {
    url,
    file: 'f',
    name: null,
    outcome: 'saved',
    reason: null,
    status: 200,
    attempts: 1,
    seconds: 0.25,
    bytes: 5,
    ended: 1_000,
    error: null,
    expected: null,
    saved: known,
    ...more,
  };
}

export function failedRecord(url: string, more: Partial<FileRecord> = {}): FileRecord {
  const error = { code: 'ERR_STATUS', message: '503 "so" it\'s' } as const;
  return savedRecord(url, {
    outcome: 'failed',
    status: 503,
    attempts: 4,
    ended: 2_000,
    error,
    saved: null,
    ...more,
  });
}

export function skippedRecord(url: string, more: Partial<FileRecord> = {}): FileRecord {
  const nothing = { status: null, attempts: 0, seconds: 0, bytes: 0 };
  return savedRecord(url, { outcome: 'skipped', reason: 'exists', ended: 3_000, ...nothing, ...more });
}
