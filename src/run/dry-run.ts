// What would be fetched, and under which names: planned as a run plans, nothing sent, nothing written.

import type { Context } from '../download/context.js';
import type { Ending } from '../download/task.js';
import type { EntrySource } from './pass.js';
import type { Planner } from './planner.js';

export async function* dryRun(
  entries: EntrySource,
  planner: Planner,
  { emit, progress }: Pick<Context, 'emit' | 'progress'>,
): AsyncGenerator<Ending> {
  let index = 0;
  for await (const entry of entries) {
    progress.read++;
    const look = planner.plan(entry, index++);
    const settled = 'settled' in look ? await look.settled : look;
    if ('result' in settled) {
      emit({ event: 'finished', ...settled.result });
      yield settled;
    } else {
      const { line, url, file } = settled.job;
      emit({ event: 'planned', line, url, file });
    }
  }
}
