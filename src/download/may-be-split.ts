// Which files are fetched in several ranges at once.

import { wasDecoded } from '../http/content-coding.js';
import { fieldValue } from '../http/header-fields.js';
import type { ResponseHead } from '../http/transport.js';
import { strongValidator } from '../http/validators.js';
import type { PartRecord } from '../model/part-record.js';
import type { Context } from './context.js';
import type { Task } from './task.js';

/** Below it the ranges would gain too little, in bytes. */
const SPLIT_FROM = 67_108_864;

/** Whether anything speaks against it before an answer is there. Who reads bodies on their way wants them in order. */
export function mayBeSplit(task: Task, { spareSlots, onChunk, visitor }: Context): boolean {
  // Were the ranges at fault, the next try is better off without.
  const isTrusted = task.mayBeSplit && task.mismatches === 0;
  const isWanted = task.job.policy.split > 1 && onChunk === null && !visitor;
  return (spareSlots ?? null) !== null && isTrusted && isWanted;
}

/** @param version what the answer is of, or goes on with */
export function isSplittable(head: ResponseHead, version: PartRecord, context: Context): boolean {
  if (wasDecoded(head) || !isLargeEnough(version, context)) return false;
  return strongValidator(version) !== null && (head.status === 206 || acceptsRanges(head));
}

/** Whether the version is known to be large enough for ranges to gain something. */
export function isLargeEnough(
  { total }: PartRecord,
  { splitFrom = SPLIT_FROM }: Pick<Context, 'splitFrom'>,
): boolean {
  return total !== null && total >= splitFrom;
}

function acceptsRanges({ headers }: ResponseHead): boolean {
  const units = fieldValue(headers, 'accept-ranges')?.split(',') ?? [];
  return units.some((unit) => unit.trim().toLowerCase() === 'bytes');
}
