// Sequential runs on record, so that a later concurrent run of the same list has a measured baseline: a line of JSON
// a run in DIR/.fetchall/runs.ndjson.

import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeMemoryFolder, memoryFolder } from './memory-folder.js';

export interface RunRecord {
  readonly mode: 'sequential';
  /** Hash of the sequence of URL and name: the same list, the same files. */
  readonly list: string;
  readonly seconds: number;
  readonly total: number;
  /** When the run ended, ISO 8601. */
  readonly ended: string;
}

const FILE = 'runs.ndjson';

/** Puts a run on record, where that can be done: a run that went well does not fail for the want of its record. */
export async function recordRun(folder: string, record: RunRecord): Promise<void> {
  try {
    const memory = await makeMemoryFolder(folder);
    // It begins on a line of its own, also after one that a crash has cut short.
    await appendFile(join(memory, FILE), `\n${JSON.stringify(record)}\n`);
  } catch {
    // The next run has an estimated baseline.
  }
}

/** The latest sequential run of this list, or null. */
export async function findRun(folder: string, list: string): Promise<RunRecord | null> {
  let lines: string[];
  try {
    lines = (await readFile(join(memoryFolder(folder), FILE), 'utf8')).split('\n');
  } catch {
    return null; // no record is no fault
  }
  return lines.map(parseRecord).findLast((record) => record?.list === list) ?? null;
}

/** A line that a crash cut short is passed over. */
function parseRecord(line: string): RunRecord | null {
  try {
    const record: unknown = JSON.parse(line);
    return isRecord(record) ? record : null;
  } catch {
    return null;
  }
}

function isRecord(record: unknown): record is RunRecord {
  return (
    typeof record === 'object' &&
    record !== null &&
    'mode' in record &&
    record.mode === 'sequential' &&
    'list' in record &&
    typeof record.list === 'string' &&
    'seconds' in record &&
    typeof record.seconds === 'number'
  );
}
