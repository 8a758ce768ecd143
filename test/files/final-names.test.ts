// Names that become known with the response, held against claims, disk and notes.

import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type Claimant, FinalNames, type FinalNamesOptions } from '../../src/files/final-names.js';
import { NameClaims } from '../../src/files/name-claims.js';
import type { ExistingMode } from '../../src/files/options.js';
import { FetchallError } from '../../src/model/errors.js';
import { MemoryDisk } from '../support/memory-disk.js';

const FOLDER = '/out';
const MODES: ExistingMode[] = ['skip', 'update', 'overwrite', 'rename', 'fail'];
const SUFFIXED = /^a-[0-9a-f]{8}\.txt$/;

function names(over: Partial<FinalNamesOptions> = {}) {
  const disk = new MemoryDisk();
  const claims = new NameClaims();
  const finals = new FinalNames({ disk, folder: FOLDER, existing: 'skip', claims, ...over });
  const place = (wanted: string, claimant: Partial<Claimant> = {}) =>
    finals.place(wanted, { url: 'http://a.test/1', planned: '1', own: null, ...claimant });
  return {
    disk,
    claims,
    place,
    put: (name: string) => disk.files.set(join(FOLDER, name), Buffer.from('old')),
  };
}

it('claims at once, whatever the disk takes: who asks first has the name', async () => {
  const { place } = names();
  const [first, second] = await Promise.all([
    place('a.txt'),
    place('A.TXT', { url: 'http://a.test/2', planned: '2' }),
  ]);
  expect(first).toEqual({ wanted: 'a.txt', name: 'a.txt', kind: 'new' });
  expect(second).toMatchObject({ wanted: 'A.TXT', name: expect.stringMatching(/^A-[0-9a-f]{8}\.TXT$/) });
});

it('takes the planned name as it is: it has been claimed in list order', async () => {
  const { claims, place } = names();
  claims.claim('1', 'http://a.test/1');
  expect(await place('1')).toEqual({ wanted: '1', name: '1', kind: 'new' });
  expect(claims.size).toBe(1);
});

it.each([
  ['skip', { name: 'a.txt', kind: 'kept' }],
  ['update', { name: 'a.txt', kind: 'replaced' }],
  ['overwrite', { name: 'a.txt', kind: 'replaced' }],
  ['rename', { name: 'a-2.txt', kind: 'new' }],
] as const)('a file that nobody knows, under %s', async (existing, expected) => {
  const { place, put } = names({ existing });
  put('a.txt');
  put('a-1.txt');
  expect(await place('a.txt')).toMatchObject(expected);
});

it('a file that nobody knows, under fail', async () => {
  const { place, put } = names({ existing: 'fail' });
  put('a.txt');
  const error = await place('a.txt').catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(FetchallError);
  expect(error).toMatchObject({ code: 'ERR_EXISTS', message: expect.stringContaining('a.txt exists') });
});

it('its own file of a run before, which is not what was saved, is written anew', async () => {
  const { place, put } = names();
  put('a.txt');
  expect(await place('a.txt', { own: 'a.txt' })).toMatchObject({ name: 'a.txt', kind: 'replaced' });
});

it('a folder gives way to none', async () => {
  for (const existing of MODES) {
    const { disk, place } = names({ existing });
    disk.folders.add(join(FOLDER, 'a.txt'));
    expect(await place('a.txt')).toMatchObject({ name: expect.stringMatching(SUFFIXED), kind: 'new' });
  }
});

it('a file that notes know as another URL\u2019s is not replaced, and not taken for this one', async () => {
  const known = { known: () => null, nameOf: () => null, isAnothers: () => true };
  for (const existing of ['skip', 'update', 'overwrite'] as const) {
    const { claims, place, put } = names({ existing, known });
    put('a.txt');
    const { name } = await place('a.txt');
    expect(name).toMatch(SUFFIXED);
    // On record under that name since, there or gone: it keeps it.
    const again = names({ existing, known });
    again.put('a.txt');
    again.claims.take(name, 'http://a.test/1');
    expect(await again.place('a.txt')).toMatchObject({ name, kind: 'new' });
    again.put(name);
    expect(await again.place('a.txt', { own: name })).toMatchObject({ name, kind: 'replaced' });
    expect(claims.size).toBe(2);
  }
});
