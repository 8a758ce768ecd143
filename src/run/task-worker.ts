// A worker thread: makes tries as the main thread would, with connections and a disk of its own. What only one may decide (notes,
// names, the gate) it asks the main thread for.

import { runInNewContext } from 'node:vm';
import { parentPort, workerData } from 'node:worker_threads';
import { clock } from '../coroutine/clock.js';
import { type Greenlet, GreenletExit, spawn } from '../coroutine/index.js';
import { attempt } from '../download/attempt.js';
import type { Context } from '../download/context.js';
import type { SpareSlots } from '../download/spare-slots.js';
import type { Task } from '../download/task.js';
import { systemDisk } from '../files/disk.js';
import { threadedDisk } from '../files/disk-thread.js';
import type { Place } from '../files/final-names.js';
import { undiciTransport } from '../http/undici-transport.js';
import { FetchallError } from '../model/errors.js';
import type { Policy } from '../model/job.js';
import { Progress } from '../model/progress.js';
import { copyError, originalError } from './copied-error.js';
import { Outbox } from './outbox.js';
import {
  applyState,
  type FromWorker,
  type RemoteOutcome,
  stateOf,
  type ToWorker,
  type Wish,
  type WorkerSettings,
} from './task-messages.js';

/** How often the main thread is told how far transfers are, in ms. */
const TELL_EVERY = 100;
/** How often it is asked for a slot that was not to be had, in ms. */
const ASK_EVERY = 1000;

const { settings, folder, hashed, frees, splitFrom } = workerData as WorkerSettings;
if (frees) globalThis.gc ??= runInNewContext('gc') as typeof globalThis.gc;

const outbox = new Outbox<FromWorker>((messages) => parentPort?.postMessage(messages));
const progress = new Progress();
const shared = {
  transport: undiciTransport(settings),
  disk: threadedDisk(systemDisk),
  folder,
  hashed,
  progress,
  rateLimit: null,
  onChunk: null,
  emit: () => {},
  ...(splitFrom !== undefined && { splitFrom }),
};
/** What a transfer is cut short with that the main thread goes on with. */
const returned = new FetchallError('ERR_CANCELLED', 'goes on in the main thread');
const policies = new Map<number, Policy>();
const underWay = new Map<number, { readonly task: Task; readonly greenlet: Greenlet<void> }>();
const wishes = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
let wishesMade = 0;

parentPort?.on('message', (messages: ToWorker[]) => {
  for (const message of messages) obey(message);
});
outbox.add({ kind: 'ready' });

function obey(message: ToWorker): void {
  switch (message.kind) {
    case 'policy':
      policies.set(message.number, message.policy);
      return;
    case 'task':
      begin(message);
      return;
    case 'cancel':
      progress.cancel(originalError(message.error) as FetchallError);
      return;
    case 'kill': {
      const error = message.error === null ? new GreenletExit() : originalError(message.error);
      void underWay.get(message.id)?.greenlet.kill(error, { block: false });
      return;
    }
    case 'return': {
      const task = underWay.get(message.id)?.task;
      for (const transfer of progress.active)
        if (transfer.greenlet === task?.greenlet) transfer.cancel(returned);
      return;
    }
    case 'reply': {
      const { id, value, error } = message;
      const wish = wishes.get(id);
      wishes.delete(id);
      if (error === null) wish?.resolve(value);
      else wish?.reject(originalError(error));
    }
  }
}

function begin(message: Extract<ToWorker, { kind: 'task' }>): void {
  const { id, job: given, policy, state } = message;
  const job = { ...given, policy: policies.get(policy) as Policy };
  const task = { job, url: new URL(job.url) } as Task;
  applyState(task, state, clock.now());
  let outcome: RemoteOutcome | null = null;
  let thrown: unknown = null;
  const greenlet = spawn(async () => {
    try {
      outcome = await attempt(task, contextOf(message));
    } catch (error) {
      if (error === returned) outcome = 'returned';
      else thrown = error;
    }
  });
  underWay.set(id, { task, greenlet });
  if (underWay.size === 1) tellLater();
  // One that is killed before it begins never runs.
  greenlet.rawlink(() => {
    underWay.delete(id);
    const error = outcome === null ? copyError(thrown) : null;
    outbox.add({ kind: 'ended', id, state: stateOf(task, clock.now()), outcome, error });
  });
}

function contextOf({ id, record: found, mayReturn }: Extract<ToWorker, { kind: 'task' }>): Context {
  let record = found;
  return {
    ...shared,
    parts: {
      find: () => record,
      async keep(_file, _url, kept) {
        record = kept;
        await wish(id, { kind: 'keep', record: kept });
      },
      drop() {
        record = null;
        outbox.add({ kind: 'dropped', id });
      },
    },
    names: {
      place: async (wanted, claimant) => (await wish(id, { kind: 'place', wanted, claimant })) as Place,
    },
    spareSlots: mayReturn ? slotsOf(id) : null,
    onSent: () => {
      if (settings.delay > 0) outbox.add({ kind: 'sent', id });
    },
    onAnswer: () => outbox.add({ kind: 'answered', id }),
  };
}

/** Slots are in the main thread: who has a use for them goes there. */
function slotsOf(id: number): SpareSlots {
  return {
    take() {
      outbox.add({ kind: 'slot', id });
      return null;
    },
    watch(onRoom) {
      let timer = clock.schedule(ASK_EVERY, function ask() {
        timer = clock.schedule(ASK_EVERY, ask);
        onRoom();
      });
      return () => timer.cancel();
    },
  };
}

function wish(id: number, made: Wish): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const reply = ++wishesMade;
    wishes.set(reply, { resolve, reject });
    outbox.add({ kind: 'wish', id, reply, wish: made });
  });
}

function tellLater(): void {
  clock.schedule(TELL_EVERY, () => {
    const transfers = new Map([...progress.active].map((transfer) => [transfer.greenlet, transfer]));
    for (const [id, { task }] of underWay) {
      const { received = 0, expected = null } = transfers.get(task.greenlet) ?? {};
      outbox.add({ kind: 'progress', id, received, expected, bytes: task.bytes });
    }
    if (underWay.size > 0) tellLater();
  });
}
