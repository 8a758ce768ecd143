// What an IP address is for, by the IANA registries of special-purpose addresses (RFC 6890, 8190). Pure.
// https://www.iana.org/assignments/iana-ipv4-special-registry, https://www.iana.org/assignments/iana-ipv6-special-registry

import { isIPv4, isIPv6 } from 'node:net';

/** Only `public` addresses are reachable from everywhere. `shared` is carrier-grade NAT (RFC 6598). */
export type AddressKind =
  | 'public'
  | 'private'
  | 'loopback'
  | 'link-local'
  | 'unspecified'
  | 'shared'
  | 'multicast'
  | 'reserved';

/** `embedded`: the IPv4 address that stands in it, at this group, decides. */
type Meaning = AddressKind | { readonly embedded: number };

interface Row {
  /** In groups of 16 bits. */
  readonly groups: readonly number[];
  /** Bits that count. */
  readonly length: number;
  readonly meaning: Meaning;
}

/** The first row that holds decides: what is more specific stands above. */
const IPV4 = table('public', [
  ['0.0.0.0/32', 'unspecified'],
  ['0.0.0.0/8', 'reserved'],
  ['10.0.0.0/8', 'private'],
  ['100.64.0.0/10', 'shared'],
  ['127.0.0.0/8', 'loopback'],
  // The metadata service of most clouds, 169.254.169.254, among them.
  ['169.254.0.0/16', 'link-local'],
  ['172.16.0.0/12', 'private'],
  ['192.0.0.9/32', 'public'],
  ['192.0.0.10/32', 'public'],
  ['192.0.0.0/24', 'reserved'],
  ['192.0.2.0/24', 'reserved'],
  ['192.88.99.0/24', 'reserved'],
  ['192.168.0.0/16', 'private'],
  ['198.18.0.0/15', 'reserved'],
  ['198.51.100.0/24', 'reserved'],
  ['203.0.113.0/24', 'reserved'],
  ['224.0.0.0/4', 'multicast'],
  ['240.0.0.0/4', 'reserved'],
]);

/** Outside 2000::/3 nothing is assigned that is public in itself. */
const IPV6 = table('reserved', [
  ['::/128', 'unspecified'],
  ['::1/128', 'loopback'],
  ['::ffff:0:0/96', { embedded: 6 }],
  ['64:ff9b::/96', { embedded: 6 }],
  ['64:ff9b:1::/48', 'private'],
  ['2001:1::1/128', 'public'],
  ['2001:1::2/128', 'public'],
  ['2001:1::3/128', 'public'],
  ['2001:3::/32', 'public'],
  ['2001:4:112::/48', 'public'],
  ['2001:20::/28', 'public'],
  ['2001:30::/28', 'public'],
  ['2001::/23', 'reserved'],
  ['2001:db8::/32', 'reserved'],
  ['2002::/16', { embedded: 1 }],
  ['3fff::/20', 'reserved'],
  ['2000::/3', 'public'],
  // A cloud's metadata service, which lies among the private ones.
  ['fd00:ec2::254/128', 'link-local'],
  ['fc00::/7', 'private'],
  ['fe80::/10', 'link-local'],
  ['fec0::/10', 'private'],
  ['ff00::/8', 'multicast'],
]);

/** @returns null for what is no address; a zone id (`%eth0`) is left out of account */
export function addressKind(address: string): AddressKind | null {
  if (isIPv4(address)) return kindIn(IPV4, groupsOf4(address));
  return isIPv6(address) ? kindIn(IPV6, groupsOf6(address)) : null;
}

/**
 * What can be said of a host without asking a name server: addresses, and `localhost`, which is loopback by definition
 * (RFC 6761 6.3).
 *
 * @param hostname of a WHATWG URL, which has normalised odd spellings (`0x7f.1`) and keeps the brackets of IPv6
 * @returns null for any other name
 */
export function literalKind(hostname: string): AddressKind | null {
  const name = hostname.replace(/\.$/, '');
  if (name === 'localhost' || name.endsWith('.localhost')) return 'loopback';
  return addressKind(hostname.replace(/^\[(.*)\]$/, '$1'));
}

function kindIn(rows: readonly Row[], groups: readonly number[]): AddressKind {
  const meaning = rows.find((row) => covers(row, groups))?.meaning ?? 'reserved';
  if (typeof meaning === 'string') return meaning;
  return kindIn(IPV4, groups.slice(meaning.embedded, meaning.embedded + 2));
}

function covers({ groups: prefix, length }: Row, groups: readonly number[]): boolean {
  for (let bit = 0, i = 0; bit < length; bit += 16, i++) {
    const spare = Math.max(0, bit + 16 - length);
    if ((prefix[i] ?? 0) >> spare !== (groups[i] ?? 0) >> spare) return false;
  }
  return true;
}

function groupsOf4(address: string): number[] {
  const [a = 0, b = 0, c = 0, d = 0] = address.split('.').map(Number);
  return [a * 256 + b, c * 256 + d];
}

function groupsOf6(address: string): number[] {
  const [bare = ''] = address.split('%');
  const [head = '', tail] = bare.split('::');
  const before = groupsIn(head);
  const after = groupsIn(tail ?? '');
  return [...before, ...Array<number>(8 - before.length - after.length).fill(0), ...after];
}

function groupsIn(text: string): number[] {
  if (text === '') return [];
  return text
    .split(':')
    .flatMap((group) => (group.includes('.') ? groupsOf4(group) : [Number.parseInt(group, 16)]));
}

function table(
  otherwise: AddressKind,
  rows: readonly (readonly [prefix: string, meaning: Meaning])[],
): Row[] {
  const read = rows.map(([prefix, meaning]) => {
    const [address = '', length] = prefix.split('/');
    const groups = address.includes(':') ? groupsOf6(address) : groupsOf4(address);
    return { groups, length: Number(length), meaning };
  });
  return [...read, { groups: [], length: 0, meaning: otherwise }];
}
