// Lets others fetch parts of a file beside the request that is answered, where file, server and options allow it.

import type { ResponseHead } from '../http/transport.js';
import type { PartRecord } from '../model/part-record.js';
import { isSplittable, mayBeSplit } from './may-be-split.js';
import type { PartPlan } from './part-plan.js';
import type { Whole } from './range-stream.js';
import { Split, type SplitEvents } from './split.js';

/**
 * @param version what the answer is of; `plan`: what it goes on with, before that is handed to the part
 * @returns null where the file is fetched by this one request
 */
export function shareOut(
  about: Omit<Whole, 'version' | 'share'>,
  head: ResponseHead,
  version: PartRecord,
  plan: PartPlan | null,
  events: SplitEvents,
): Split | null {
  const { task, context } = about;
  const { total } = version;
  const isSpread = (plan?.done ?? null) !== null;
  if (total === null || !mayBeSplit(task, context)) return null;
  if (!isSpread && !isSplittable(head, version, context)) return null;
  const offset = plan?.offset ?? 0;
  const done = plan?.done ?? [{ start: 0, end: offset }];
  const reach = done.find(({ start }) => start > offset)?.start ?? total;
  const whole = { ...about, version: { ...version, total }, share: 1 / task.job.policy.split };
  return new Split(whole, { done, reach, isSpread }, events);
}
