// The disk thread itself: system calls one after another, for a batch at a time. Synchronous calls cost a third of
// asynchronous ones, and here they stop nobody.

import { closeSync, lstatSync, openSync, renameSync, unlinkSync, writeSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { CREATE, isBlocking, type Occupant, occupantOf } from './disk.js';
import { hasSystemCode } from './disk-errors.js';
import { DiskMailbox } from './disk-mailbox.js';
import type { DiskAnswer, DiskRequest } from './disk-requests.js';

const mailboxes = (workerData as SharedArrayBuffer[]).map((memory) => new DiskMailbox(memory));
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
  return found === 'nothing' && part !== undefined && isBlocking(look(part)) ? 'blocked' : found;
}

function look(path: string): Occupant {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  return stats === undefined ? 'nothing' : occupantOf(stats);
}

function save({ part, final }: Extract<DiskRequest, { kind: 'save' }>, body: Uint8Array): null {
  const descriptor = createAnew(part);
  try {
    for (let at = 0; at < body.length; ) at += writeSync(descriptor, body, at);
  } finally {
    closeSync(descriptor);
  }
  renameSync(part, final);
  return null;
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
