// The disk thread itself: system calls one after another, for a batch at a time. Synchronous calls cost a third of
// asynchronous ones, and here they stop nobody.

import { closeSync, lstatSync, openSync, renameSync, unlinkSync, writeSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';
import { CREATE, isBlocking, type Occupant, occupantOf } from './disk.js';
import { hasSystemCode } from './disk-errors.js';
import type { DiskAnswer, DiskBatch, DiskRequest } from './disk-requests.js';

parentPort?.on('message', ({ requests, bytes }: DiskBatch) => {
  let at = 0;
  const answers = requests.map((request) => {
    if (request.kind === 'occupant') return answer(() => occupant(request.path, request.part));
    const body = bytes.subarray(at, at + request.length);
    at += request.length;
    return answer(() => save(request, body));
  });
  parentPort?.postMessage({ answers, bytes }, [bytes.buffer]);
});

function answer(call: () => DiskAnswer): DiskAnswer {
  try {
    return call();
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
