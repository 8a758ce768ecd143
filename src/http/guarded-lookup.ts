// Keeps public and private addresses apart, where a socket takes its address from: a name server cannot tell a check one
// thing and the connection another.

import type { LookupFunction } from 'node:net';
import { FetchallError } from '../model/errors.js';
import { addressKind } from './address-kind.js';

/**
 * A lookup that finds only those addresses of a name that are public, or only those that are not.
 *
 * @returns fails with ERR_BLOCKED where the name has addresses, but none of these
 */
export function guardedLookup(lookup: LookupFunction, isPublic: boolean): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, found, family) => {
      if (error !== null) {
        callback(error, []);
        return;
      }
      const all = typeof found === 'string' ? [{ address: found, family: family ?? 0 }] : found;
      const fitting = all.filter(({ address }) => refusedAddress(hostname, address, isPublic) === null);
      const [first] = fitting;
      if (first === undefined) callback(refusedAddress(hostname, all[0]?.address ?? hostname, isPublic), []);
      else if (options.all === true) callback(null, fitting);
      else callback(null, first.address, first.family);
    });
  };
}

/** ERR_BLOCKED for an address that is not of the wanted sort; else null. */
export function refusedAddress(host: string, address: string, isPublic: boolean): FetchallError | null {
  const kind = addressKind(address);
  if ((kind === 'public') === isPublic) return null;
  const says = isPublic
    ? `${address} is no public address (${kind ?? 'not understood'})`
    : `${address} is public`;
  return new FetchallError('ERR_BLOCKED', `${host}: ${says}`);
}
