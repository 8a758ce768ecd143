// Which tries may go to another thread, and which are for the main thread: there are the slots that a file in several ranges needs.

import type { Context } from '../download/context.js';
import { isLargeEnough, mayBeSplit } from '../download/may-be-split.js';
import type { Task } from '../download/task.js';
import { strongValidator } from '../http/validators.js';
import type { Policy } from '../model/job.js';

/** Whether a thread can go on with what another has begun. */
export function canChangeThreads({ resume, wantDigest }: Policy): boolean {
  // The head of a rest need not have the digest that the head of the whole had.
  return resume && !wantDigest;
}

/** Whether the try is for the main thread in any case. What only the head tells comes back from a thread. */
export function staysHere(task: Task, context: Context): boolean {
  if (!mayBeSplit(task, context)) return false;
  const { policy, file, url } = task.job;
  if (!policy.splitsWhenSlow && !canChangeThreads(policy)) return true;
  const part = task.part ?? (task.hasPart ? context.parts.find(file, url) : null);
  return part !== null && (part.done !== null || isLargeEnough(part, context));
}

/** Whether the rest of what is under way can be asked for, and is the rest of the same version. */
export function isSafeToMove({ job, version, part, resumed }: Task): boolean {
  if (!canChangeThreads(job.policy) || resumed || part === null || part !== version) return false;
  return part.done === null && strongValidator(part) !== null;
}
