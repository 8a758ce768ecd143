// How a run stands, for whoever asks while it goes on: DIR/.fetchall/status.json. The database is the run's own meanwhile.

import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Totals } from '../model/report.js';
import type { FrontierCounts } from './frontier-tally.js';

export interface Snapshot extends Totals {
  /** When this was written; ISO 8601. */
  readonly updated: string;
  /** Transfers under way. */
  readonly inFlight: number;
  /** Failures by code, and by host. */
  readonly errors: Readonly<Record<string, number>>;
  readonly hosts: Readonly<Record<string, number>>;
  /** URLs of a crawl by what has become of them; left out in any other run. */
  readonly crawl?: FrontierCounts;
}

const FILE = 'status.json';

/** Replaces the one before at once: a reader never sees half of one. @param memory the folder of notes */
export async function writeSnapshot(memory: string, snapshot: Snapshot): Promise<void> {
  const path = join(memory, FILE);
  // Never through a link.
  await rm(`${path}.part`, { force: true });
  await writeFile(`${path}.part`, `${JSON.stringify(snapshot)}\n`, { flag: 'wx' });
  await rename(`${path}.part`, path);
}

/** @returns null when there is none, or none that is understood */
export async function readSnapshot(memory: string): Promise<Snapshot | null> {
  try {
    const snapshot: unknown = JSON.parse(await readFile(join(memory, FILE), 'utf8'));
    return isSnapshot(snapshot) ? snapshot : null;
  } catch {
    return null;
  }
}

export async function removeSnapshot(memory: string): Promise<void> {
  await rm(join(memory, FILE), { force: true });
}

const NUMBERS = ['inFlight', 'total', 'saved', 'skipped', 'failed', 'bytes', 'chunks'] as const;

function isSnapshot(value: unknown): value is Snapshot {
  if (typeof value !== 'object' || value === null) return false;
  const fields = value as Partial<Record<keyof Snapshot, unknown>>;
  return (
    NUMBERS.every((name) => typeof fields[name] === 'number') &&
    typeof fields.updated === 'string' &&
    isCounts(fields.errors) &&
    isCounts(fields.hosts) &&
    (fields.crawl === undefined || isFrontierCounts(fields.crawl))
  );
}

function isFrontierCounts(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { states, refused } = value as Partial<Record<keyof FrontierCounts, unknown>>;
  return isCounts(states) && isCounts(refused);
}

function isCounts(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.values(value).every((count) => typeof count === 'number')
  );
}
