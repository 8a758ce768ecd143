// One try over a transport and a disk in memory, and what has come of it.

import { join } from 'node:path';
import { expect } from 'vitest';
import { type Greenlet, spawn } from '../../src/coroutine/index.js';
import { attempt } from '../../src/download/attempt.js';
import type { Context } from '../../src/download/context.js';
import type { Task } from '../../src/download/task.js';
import type { FetchallError } from '../../src/model/errors.js';
import { drive } from '../support/drive.js';
import type { FakeClock } from '../support/fake-clock.js';
import { aContext, aTask, FOLDER } from '../support/jobs.js';
import { type StubAnswer, StubTransport } from '../support/stub-transport.js';

export const FINAL = join(FOLDER, 'a.bin');
export const PART = `${FINAL}.part`;

export class Try {
  readonly task: Task;
  readonly transport: StubTransport;
  readonly context: Context;
  readonly greenlet: Greenlet<unknown>;

  constructor(
    answer: StubAnswer | Promise<StubAnswer>,
    job: Parameters<typeof aTask>[0],
    over: Partial<Context>,
  ) {
    this.transport = new StubTransport(() => answer);
    this.task = aTask(job);
    this.context = aContext(this.transport, over);
    this.greenlet = spawn(() => attempt(this.task, this.context));
  }

  /** @returns what it failed with, or null; by then nothing is left of it */
  async ended(clock: FakeClock): Promise<FetchallError | null> {
    await drive(clock, this.greenlet.join());
    expect([this.context.progress.active.size, this.transport.inFlight]).toEqual([0, 0]);
    return this.greenlet.exception as FetchallError | null;
  }
}

export function pieces(...sizes: number[]): Uint8Array[] {
  return sizes.map((size) => new Uint8Array(size).fill(7));
}
