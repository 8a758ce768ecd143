import type { LookupFunction } from 'node:net';
import { expect, it } from 'vitest';
import { guardedLookup, refusedAddress } from '../../src/http/guarded-lookup.js';

const MIXED = [
  { address: '10.0.0.1', family: 4 },
  { address: '8.8.8.8', family: 4 },
  { address: '::1', family: 6 },
  { address: '2606:2800:220:1::1', family: 6 },
];

type Found = Parameters<Parameters<LookupFunction>[2]>;

function look(lookup: LookupFunction, isPublic: boolean, all: boolean): Promise<Found> {
  return new Promise((resolve) =>
    guardedLookup(lookup, isPublic)('name.example', { all, family: 0 }, (...found) => resolve(found)),
  );
}

const mixed: LookupFunction = (_name, { all }, callback) => {
  expect(all).toBe(true);
  callback(null, MIXED);
};

it('finds all that fit, or the first that fits', async () => {
  expect(await look(mixed, true, true)).toEqual([null, [MIXED[1], MIXED[3]]]);
  expect(await look(mixed, false, true)).toEqual([null, [MIXED[0], MIXED[2]]]);
  expect(await look(mixed, true, false)).toEqual([null, '8.8.8.8', 4]);
  expect(await look(mixed, false, false)).toEqual([null, '10.0.0.1', 4]);
});

it('judges the one address of a lookup that finds one', async () => {
  const one: LookupFunction = (_name, _options, callback) => callback(null, '10.0.0.1', 4);
  expect(await look(one, false, false)).toEqual([null, '10.0.0.1', 4]);
  expect(await look(one, true, false)).toMatchObject([{ code: 'ERR_BLOCKED' }, []]);
});

it('hands the error of the name server on', async () => {
  const error = Object.assign(new Error('none'), { code: 'ENOTFOUND' });
  expect(await look((_name, _options, callback) => callback(error, []), true, true)).toEqual([error, []]);
});

it('what is no address is not public', () => {
  expect(refusedAddress('host', 'nonsense', true)?.message).toBe(
    'host: nonsense is no public address (not understood)',
  );
  expect(refusedAddress('host', '8.8.8.8', true)).toBeNull();
});
