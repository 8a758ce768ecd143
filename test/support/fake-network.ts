// A network in which names and addresses are what a test says, and every connection ends up on loopback.

import { isIP } from 'node:net';
import { buildConnector } from 'undici';
import type { Network } from '../../src/http/connector.js';

/** The addresses of a name; a function is asked at every lookup, with its ordinal from 0. */
type Addresses = readonly string[] | ((lookup: number) => readonly string[]);

export interface FakeNetwork extends Network {
  /** Names looked up, in order. */
  readonly lookups: readonly string[];
  /** Addresses that sockets were to connect to, in order. */
  readonly dialled: readonly string[];
}

/** Ports stay as they are. A name that is not listed does not exist. */
export function fakeNetwork(names: Readonly<Record<string, Addresses>>): FakeNetwork {
  const lookups: string[] = [];
  const dialled: string[] = [];
  const dial = (address: string): string => {
    dialled.push(address);
    return '127.0.0.1';
  };
  return {
    lookups,
    dialled,
    lookup(hostname, options, callback) {
      const before = lookups.filter((name) => name === hostname).length;
      lookups.push(hostname);
      const given = names[hostname] ?? [];
      const addresses = typeof given === 'function' ? given(before) : given;
      const found = addresses.map((address) => ({ address, family: isIP(address) }));
      setImmediate(() => {
        if (found[0] === undefined)
          callback(Object.assign(new Error(`no ${hostname}`), { code: 'ENOTFOUND' }), []);
        else if (options.all === true) callback(null, found);
        else callback(null, found[0].address, found[0].family);
      });
    },
    connector(options) {
      const { lookup } = options as { lookup: Network['lookup'] };
      const connect = buildConnector({
        ...options,
        lookup(hostname, wanted, callback) {
          lookup(hostname, { ...wanted, all: true }, (error, found) => {
            const [first] = typeof found === 'string' ? [] : found;
            if (error !== null || first === undefined) callback(error, []);
            else if (wanted.all === true) callback(null, [{ address: dial(first.address), family: 4 }]);
            else callback(null, dial(first.address), 4);
          });
        },
      } as buildConnector.BuildOptions);
      return (target, callback) =>
        connect(
          isIP(target.hostname) === 0 ? target : { ...target, hostname: dial(target.hostname) },
          callback,
        );
    },
  };
}
