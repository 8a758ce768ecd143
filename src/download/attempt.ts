// One try, forward only. Any step throws; only the run decides what becomes of it.

import { clock } from '../coroutine/clock.js';
import { Timeout } from '../coroutine/index.js';
import { follow, type Question } from '../http/follow.js';
import { FetchallError } from '../model/errors.js';
import type { Context } from './context.js';
import type { Task } from './task.js';
import { Transfer } from './transfer.js';

/**
 * Fetches the task's URL once. Runs in a greenlet, which a kill or a Timeout may wake at any moment.
 *
 * @throws FetchallError when the file could not be saved; whatever the greenlet was killed with
 */
export async function attempt(task: Task, context: Context): Promise<void> {
  const began = clock.now();
  const outOfTime = startDeadline(task, began);
  task.attempts++;
  const transfer = new Transfer(task, context);
  const { active } = context.progress;
  active.add(transfer);
  try {
    await transfer.complete(follow(context.transport, toQuestion(task), transfer));
  } finally {
    outOfTime?.close();
    active.delete(transfer);
    task.seconds += (clock.now() - began) / 1000;
  }
}

/** `--max-time` is for the whole URL: each try gets what the ones before have left. */
function startDeadline(task: Task, now: number): Timeout | null {
  const { maxTime } = task.job.policy;
  if (maxTime === null) return null;
  task.deadline ??= now + maxTime;
  const error = new FetchallError('ERR_TIMEOUT', `not done within --max-time ${maxTime}ms`);
  return new Timeout(Math.max(0, task.deadline - now), { exception: error }).start();
}

function toQuestion({ job, url }: Task): Question {
  const { header, userAgent, maxRedirects, allowDowngrade } = job.policy;
  return {
    url,
    header,
    userAgent,
    credentials: job.credentials,
    policy: { maxRedirects, allowDowngrade },
  };
}
