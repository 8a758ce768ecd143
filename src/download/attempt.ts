// One try, forward only. Any step throws; only the run decides what becomes of it.

import { clock } from '../coroutine/clock.js';
import { Timeout } from '../coroutine/index.js';
import { DECODED_CODINGS } from '../http/content-coding.js';
import { WANTED_DIGEST } from '../http/digest-fields.js';
import type { Question } from '../http/follow.js';
import type { HeaderOption } from '../http/options.js';
import type { KnownFile } from '../model/known-file.js';
import type { Context } from './context.js';
import { lookUpPart, type PartPlan, rangeFields } from './part-plan.js';
import { type Task, tookTooLong } from './task.js';
import { Transfer, type TransferOutcome } from './transfer.js';

export type AttemptOutcome = Exclude<TransferOutcome, 'restart'>;

/**
 * Fetches the task's URL once: the rest of it, where an earlier try has left a part that can be gone on with. Runs in a
 * greenlet, which a kill or a Timeout may wake at any moment.
 *
 * @returns whether the file was saved, is unchanged on the server, or gives way to one that stands there
 * @throws FetchallError when the file could not be saved; whatever the greenlet was killed with
 */
export async function attempt(task: Task, context: Context): Promise<AttemptOutcome> {
  const began = clock.now();
  const outOfTime = startDeadline(task, began);
  task.attempts++;
  task.isAnswered = false;
  try {
    const plan = task.hasPart ? await lookUpPart(task, context) : null;
    const outcome = await new Transfer(task, context, plan).run(toQuestion(task, plan));
    if (outcome !== 'restart') return outcome;
    task.part = null;
    context.parts.drop(task.job.file);
    // Without ranges there is nothing to restart.
    const again = await new Transfer(task, { ...context, spareSlots: null }).run(toQuestion(task, null));
    return again === 'restart' ? 'saved' : again;
  } finally {
    outOfTime?.close();
    task.seconds += (clock.now() - began) / 1000;
  }
}

/** `--max-time` is for the whole URL: each try gets what the ones before have left. */
function startDeadline(task: Task, now: number): Timeout | null {
  const { maxTime } = task.job.policy;
  if (maxTime === null) return null;
  task.deadline ??= now + maxTime;
  return new Timeout(Math.max(0, task.deadline - now), { exception: tookTooLong(task) }).start();
}

function toQuestion({ job, url, known }: Task, plan: PartPlan | null): Question {
  const { header, userAgent, maxRedirects, allowDowngrade, denyPrivate, allowPrivateRedirects, wantDigest } =
    job.policy;
  const { ledByPublic, keepsRedirects } = job.policy;
  const question = {
    url,
    header,
    userAgent,
    credentials: job.credentials,
    // The rest of a part is asked for as the part is.
    acceptEncoding: job.policy.decode && plan === null ? DECODED_CODINGS : 'identity',
    policy: {
      maxRedirects,
      allowDowngrade,
      denyPrivate,
      allowPrivateRedirects,
      ledByPublic,
      keepsRedirects,
    },
  };
  if (plan === null && known === null && !wantDigest) return question;
  const fields = plan === null ? [] : rangeFields(plan);
  if (wantDigest) fields.push(['want-repr-digest', WANTED_DIGEST]);
  if (known !== null) fields.push(...conditionsOf(known));
  return { ...question, fields };
}

/** Both where both are known: a server that knows ETags leaves the date out of account (RFC 9110 13.1.3). */
function conditionsOf({ etag, lastModified }: KnownFile): HeaderOption[] {
  const conditions: HeaderOption[] = [];
  if (etag !== null) conditions.push(['if-none-match', etag]);
  if (lastModified !== null) conditions.push(['if-modified-since', lastModified]);
  return conditions;
}
