// The part of an earlier try: what is there to go on with, and how to ask for the rest.

import { join } from 'node:path';
import type { OpenPart } from '../files/disk.js';
import { diskError, hasSystemCode } from '../files/disk-errors.js';
import type { HeaderOption } from '../http/options.js';
import { strongValidator } from '../http/validators.js';
import { type ByteRange, clipped, prefixOf } from '../model/byte-range.js';
import type { PartRecord } from '../model/part-record.js';
import type { Context } from './context.js';
import { mayBeSplit } from './may-be-split.js';
import type { Task } from './task.js';

/** A part that can be gone on with: open, its bytes up to `offset` are those of the version in the record. */
export interface PartPlan {
  readonly offset: number;
  /** What else is there, where the rest is to be fetched in ranges; else null. */
  readonly done: readonly ByteRange[] | null;
  readonly record: PartRecord;
  readonly open: OpenPart;
}

/**
 * Looks up what an earlier try has left. A part is of use only with a strong validator, or where a checksum is expected,
 * which then decides.
 *
 * @returns null where the file has to be fetched from its first byte
 * @throws FetchallError ERR_DISK when the part is there and cannot be opened
 */
export async function lookUpPart(task: Task, context: Context): Promise<PartPlan | null> {
  const { job } = task;
  if (!task.hasPart || !job.policy.resume) return null;
  const record = task.part ?? context.parts.find(job.file, job.url);
  if (record === null || (strongValidator(record) === null && job.checksum === null)) return null;
  if (job.policy.decode && record.coding !== null) return null;
  const open = await reopen(`${job.file}.part`, context);
  if (open === null) return null;
  const done = clipped(record.done ?? [{ start: 0, end: record.synced ?? open.size }], open.size);
  const offset = prefixOf(done);
  const isSpread = record.done !== null && done.length > 0 && mayBeSplit(task, context);
  if ((offset > 0 || isSpread) && (record.total === null || offset <= record.total))
    return { offset, done: isSpread ? done : null, record, open };
  await context.disk.close(open.descriptor).catch(() => {});
  return null;
}

/** @returns null for what is gone, or is no part of ours */
async function reopen(name: string, { disk, folder }: Context): Promise<OpenPart | null> {
  const path = join(folder, name);
  try {
    return await disk.reopen(path);
  } catch (error) {
    if (hasSystemCode(error, 'ENOENT', 'EEXIST', 'ELOOP', 'EMLINK', 'EISDIR', 'ENXIO')) return null;
    throw diskError(error, `cannot open ${path}`);
  }
}

/** Fields that ask for the rest of the part's version, or for all of another (RFC 9110 13.1.5, 14.2). */
export function rangeFields({ offset, record, done }: Omit<PartPlan, 'open'>): HeaderOption[] {
  const validator = strongValidator(record);
  // Up to what is there already.
  const next = done?.find(({ start }) => start > offset);
  const range: HeaderOption = ['range', `bytes=${offset}-${next === undefined ? '' : next.start - 1}`];
  return validator === null ? [range] : [range, ['if-range', validator]];
}
