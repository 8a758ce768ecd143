// From which size on a file is fetched in ranges, and what else that depends on.

import { describe, expect, it } from 'vitest';
import type { Context } from '../../src/download/context.js';
import { isSplittable, mayBeSplit } from '../../src/download/may-be-split.js';
import type { Task } from '../../src/download/task.js';
import type { ResponseHead } from '../../src/http/transport.js';
import { aContext, aTask, defaultPolicy } from '../support/jobs.js';
import { StubTransport } from '../support/stub-transport.js';

const MIB_64 = 64 * 2 ** 20;
const spareSlots = { take: () => null, watch: () => () => {} };
const context = aContext(new StubTransport(() => ({})), { spareSlots });

function splittable(total: number | null, over: Partial<ResponseHead> = {}): boolean {
  const headers = { 'accept-ranges': 'bytes' };
  const head = { url: new URL('http://a/'), status: 200, headers, rawHeaders: [], length: total, ...over };
  const version = { name: null, etag: '"A"', lastModified: null, date: null, coding: null, synced: null };
  return isSplittable(head, { ...version, total, done: null }, context);
}

describe('a file', () => {
  it.each([
    [MIB_64 - 1, false],
    [MIB_64, true],
    [10 * MIB_64, true],
    [0, false],
    [null, false],
  ])('of %d bytes: is it fetched in ranges? %s', (total, expected) => {
    expect(splittable(total)).toBe(expected);
  });

  it.each<[string, Partial<ResponseHead>, boolean]>([
    ['of a server that does not say that it does ranges', { headers: {} }, false],
    ['of one that says so among others', { headers: { 'accept-ranges': 'pages, Bytes' } }, true],
    ['of one that has just done one', { status: 206, headers: {} }, true],
  ])('%s: %o: %s', (_, over, expected) => {
    expect(splittable(MIB_64, over)).toBe(expected);
  });
});

describe('a task', () => {
  it.each<[string, Partial<Task>, Partial<Context>, boolean]>([
    ['as it is', {}, {}, true],
    ['whose content failed its checksum', { mismatches: 1 }, {}, false],
    ['whose server has shown that it does no ranges', { mayBeSplit: false }, {}, false],
    ['without slots to spare', {}, { spareSlots: null }, false],
    ['whose bodies are wanted in order', {}, { onChunk: () => {} }, false],
  ])('%s', (_, task, over, expected) => {
    expect(mayBeSplit({ ...aTask(), ...task }, { ...context, ...over })).toBe(expected);
  });

  it('with --split 1', () => {
    expect(mayBeSplit(aTask({ policy: { ...defaultPolicy, split: 1 } }), context)).toBe(false);
  });
});
