// The disk thread itself: system calls one after another, for a batch at a time. Synchronous calls cost a third of
// asynchronous ones, and here they stop nobody.

import { closeSync, fsyncSync, lstatSync, openSync, renameSync, unlinkSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { besidePart, CREATE, NO_SYNC, type Occupant, occupantOf } from './disk.js';
import { hasSystemCode } from './disk-errors.js';
import { DiskMailbox } from './disk-mailbox.js';
import type { DiskAnswer, DiskRequest } from './disk-requests.js';

const mailboxes = (workerData as SharedArrayBuffer[]).map((memory) => new DiskMailbox(memory));
parentPort?.postMessage('ready');
// Until the thread is terminated, which ends the wait.
for (;;) {
  for (const mailbox of mailboxes) parentPort?.postMessage(mailbox.serve(answer));
}

function answer(request: DiskRequest, body: Uint8Array): DiskAnswer {
  try {
    return request.kind === 'save' ? save(request, body) : occupant(request.path, request.part);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
    return { message: error instanceof Error ? error.message : String(error), code };
  }
}

function occupant(path: string, part: string | undefined): Occupant {
  const found = look(path);
  return found === 'nothing' && part !== undefined ? besidePart(look(part)) : found;
}

function look(path: string): Occupant {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  return stats === undefined ? 'nothing' : occupantOf(stats);
}

function save({ part, final, synced }: Extract<DiskRequest, { kind: 'save' }>, body: Uint8Array): null {
  const descriptor = createAnew(part);
  try {
    for (let at = 0; at < body.length; ) at += writeSync(descriptor, body, at);
    if (synced) fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(part, final);
  if (synced) syncFolder(dirname(final));
  return null;
}

function syncFolder(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } catch (error) {
    if (!hasSystemCode(error, ...NO_SYNC)) throw error;
  } finally {
    closeSync(descriptor);
  }
}

/** As for the Disk: what an earlier run left is removed, never written through. */
function createAnew(path: string): number {
  try {
    return openSync(path, CREATE);
  } catch (error) {
    if (!hasSystemCode(error, 'EEXIST')) throw error;
    unlinkSync(path);
    return openSync(path, CREATE);
  }
}
