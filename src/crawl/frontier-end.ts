// How a URL leaves the frontier.

import { clock } from '../coroutine/clock.js';
import type { Ending } from '../download/task.js';
import type { FrontierEnd } from '../state/frontier-row.js';

export function endOf(
  state: FrontierEnd['state'],
  reason: string | null,
  detail: string | null,
  status: number | null,
): FrontierEnd {
  return { state, reason, detail, status, ended: clock.date().getTime() };
}

/** The name under which a body was on its way is nobody's business. */
export function withoutFile(ending: Ending): Ending {
  return { ...ending, result: { ...ending.result, file: null } };
}
