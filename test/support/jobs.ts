// Jobs, tasks and contexts for tests of one download.

import type { Context } from '../../src/download/context.js';
import { forgetfulParts } from '../../src/download/forgetful-parts.js';
import { newTask, type Task } from '../../src/download/task.js';
import { FinalNames } from '../../src/files/final-names.js';
import { NameClaims } from '../../src/files/name-claims.js';
import type { Transport } from '../../src/http/transport.js';
import type { FetchallEvent } from '../../src/model/events.js';
import type { Job, Policy } from '../../src/model/job.js';
import { Progress } from '../../src/model/progress.js';
import { resolveSettings } from '../../src/run/options.js';
import { MemoryDisk } from './memory-disk.js';

export const defaultPolicy: Policy = resolveSettings({}).policy;

/** The folder of a memory disk. */
export const FOLDER = '/out';

export function aJob({
  policy,
  ...job
}: Partial<Omit<Job, 'policy'>> & { policy?: Partial<Policy> } = {}): Job {
  const url = job.url ?? 'http://a.test/a.bin';
  return {
    index: 0,
    line: null,
    url,
    host: new URL(url).host,
    credentials: null,
    file: 'a.bin',
    takesName: false,
    checksum: null,
    ...job,
    policy: { ...defaultPolicy, ...policy },
  };
}

export function aTask(job: Parameters<typeof aJob>[0] = {}): Task {
  return { ...newTask(aJob(job)), greenlet: 1 };
}

export function aContext(transport: Transport, over: Partial<Context> = {}): Context {
  const place = { disk: over.disk ?? new MemoryDisk(), folder: over.folder ?? FOLDER };
  return {
    transport,
    ...place,
    names: new FinalNames({ ...place, existing: 'skip', claims: new NameClaims() }),
    progress: new Progress(),
    parts: forgetfulParts,
    rateLimit: null,
    onChunk: null,
    hashed: false,
    onSent: () => {},
    onAnswer: () => {},
    emit: (_event: FetchallEvent) => {},
    ...over,
  };
}
