import { BlockList } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressKind, literalKind } from '../../src/http/address-kind.js';

describe('addressKind', () => {
  it.each([
    ['8.8.8.8', 'public'],
    ['1.1.1.1', 'public'],
    ['0.0.0.0', 'unspecified'],
    ['0.0.0.1', 'reserved'],
    ['0.255.255.255', 'reserved'],
    ['1.0.0.0', 'public'],
    ['9.255.255.255', 'public'],
    ['10.0.0.0', 'private'],
    ['10.255.255.255', 'private'],
    ['11.0.0.0', 'public'],
    ['100.63.255.255', 'public'],
    ['100.64.0.0', 'shared'],
    ['100.100.100.200', 'shared'],
    ['100.127.255.255', 'shared'],
    ['100.128.0.0', 'public'],
    ['126.255.255.255', 'public'],
    ['127.0.0.1', 'loopback'],
    ['127.255.255.255', 'loopback'],
    ['128.0.0.0', 'public'],
    ['169.253.255.255', 'public'],
    ['169.254.0.0', 'link-local'],
    ['169.254.169.254', 'link-local'],
    ['169.255.0.0', 'public'],
    ['172.15.255.255', 'public'],
    ['172.16.0.0', 'private'],
    ['172.31.255.255', 'private'],
    ['172.32.0.0', 'public'],
    ['192.0.0.8', 'reserved'],
    ['192.0.0.9', 'public'],
    ['192.0.0.10', 'public'],
    ['192.0.0.170', 'reserved'],
    ['192.0.1.0', 'public'],
    ['192.0.2.1', 'reserved'],
    ['192.31.196.1', 'public'],
    ['192.52.193.1', 'public'],
    ['192.88.99.1', 'reserved'],
    ['192.167.255.255', 'public'],
    ['192.168.0.0', 'private'],
    ['192.168.255.255', 'private'],
    ['192.169.0.0', 'public'],
    ['192.175.48.1', 'public'],
    ['198.17.255.255', 'public'],
    ['198.18.0.0', 'reserved'],
    ['198.19.255.255', 'reserved'],
    ['198.20.0.0', 'public'],
    ['198.51.100.7', 'reserved'],
    ['203.0.113.7', 'reserved'],
    ['223.255.255.255', 'public'],
    ['224.0.0.1', 'multicast'],
    ['239.255.255.255', 'multicast'],
    ['240.0.0.0', 'reserved'],
    ['255.255.255.255', 'reserved'],
    ['::', 'unspecified'],
    ['::1', 'loopback'],
    ['::2', 'reserved'],
    ['::7f00:1', 'reserved'],
    ['::127.0.0.1', 'reserved'],
    ['::ffff:127.0.0.1', 'loopback'],
    ['::ffff:a9fe:a9fe', 'link-local'],
    ['::ffff:8.8.8.8', 'public'],
    ['::ffff:0:8.8.8.8', 'reserved'],
    ['64:ff9b::10.0.0.1', 'private'],
    ['64:ff9b::808:808', 'public'],
    ['64:ff9b:1::808:808', 'private'],
    ['64:ff9b:2::', 'reserved'],
    ['100::1', 'reserved'],
    ['1fff:ffff::', 'reserved'],
    ['2000::', 'public'],
    ['2001::1', 'reserved'],
    ['2001:0:808:808::', 'reserved'],
    ['2001:1::1', 'public'],
    ['2001:1::4', 'reserved'],
    ['2001:2::1', 'reserved'],
    ['2001:3::1', 'public'],
    ['2001:4:112::1', 'public'],
    ['2001:4:113::1', 'reserved'],
    ['2001:10::1', 'reserved'],
    ['2001:20::1', 'public'],
    ['2001:3f::1', 'public'],
    ['2001:40::1', 'reserved'],
    ['2001:1ff:ffff::', 'reserved'],
    ['2001:200::', 'public'],
    ['2001:db8::1', 'reserved'],
    ['2001:4860:4860::8888', 'public'],
    ['2002:7f00:1::', 'loopback'],
    ['2002:a9fe:a9fe::1', 'link-local'],
    ['2002:808:808::1', 'public'],
    ['2620:4f:8000::1', 'public'],
    ['3ffe:ffff::', 'public'],
    ['3fff::1', 'reserved'],
    ['3fff:fff:ffff::', 'reserved'],
    ['3fff:1000::', 'public'],
    ['4000::', 'reserved'],
    ['5f00::1', 'reserved'],
    ['fbff::', 'reserved'],
    ['fc00::', 'private'],
    ['fd12:3456::1', 'private'],
    ['fd00:ec2::254', 'link-local'],
    ['fd00:ec2::253', 'private'],
    ['fdff:ffff::', 'private'],
    ['fe00::', 'reserved'],
    ['fe80::1', 'link-local'],
    ['fe80::1%eth0', 'link-local'],
    ['FE80::1%25', 'link-local'],
    ['febf:ffff::', 'link-local'],
    ['fec0::1', 'private'],
    ['ff02::1', 'multicast'],
    ['ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'multicast'],
  ])('%s is %s', (address, kind) => {
    expect(addressKind(address)).toBe(kind);
  });

  it.each([
    '',
    'host',
    '1.2.3',
    '1.2.3.4.5',
    '256.1.1.1',
    '[::1]',
    '::1::',
    '0x7f.1',
    '010.0.0.1',
    ':',
    '%eth0',
  ])('%j is no address', (text) => {
    expect(addressKind(text)).toBeNull();
  });

  const bytes = fc.ipV4().map((address) => address.split('.').map(Number));
  const hex = (high = 0, low = 0): string => (high * 256 + low).toString(16);

  it('an IPv4 address means the same mapped, in 6to4 and behind NAT64, however it is spelled', () => {
    fc.assert(
      fc.property(bytes, ([a = 0, b = 0, c = 0, d = 0]) => {
        const dotted = `${a}.${b}.${c}.${d}`;
        const groups = `${hex(a, b)}:${hex(c, d)}`;
        const kinds = [
          `::ffff:${dotted}`,
          `::FFFF:${groups}`,
          `0:0:0:0:0:ffff:${dotted}`,
          `0000:0000:0000:0000:0000:ffff:${groups}`,
          `64:ff9b::${dotted}`,
          `64:ff9b:0:0:0:0:${groups}`,
          `2002:${groups}::`,
          `2002:${groups}:1:2:3:4:5`,
        ].map(addressKind);
        expect(new Set([addressKind(dotted), ...kinds]).size).toBe(1);
      }),
    );
  });

  it('agrees with the tables of Node on what is not public, at and beside every border', () => {
    const rows: readonly (readonly [string, number])[] = [
      ['0.0.0.0', 8],
      ['10.0.0.0', 8],
      ['100.64.0.0', 10],
      ['127.0.0.0', 8],
      ['169.254.0.0', 16],
      ['172.16.0.0', 12],
      ['192.0.0.0', 24],
      ['192.0.2.0', 24],
      ['192.88.99.0', 24],
      ['192.168.0.0', 16],
      ['198.18.0.0', 15],
      ['198.51.100.0', 24],
      ['203.0.113.0', 24],
      ['224.0.0.0', 3],
    ];
    const list = new BlockList();
    for (const [net, prefix] of rows) list.addSubnet(net, prefix);
    const number = (text: string): number =>
      text.split('.').reduce((sum, byte) => sum * 256 + Number(byte), 0);
    const near = fc
      .tuple(fc.constantFrom(...rows), fc.integer({ min: -2, max: 2 }), fc.boolean())
      .map(([[net, prefix], offset, atEnd]) => number(net) + (atEnd ? 2 ** (32 - prefix) : 0) + offset);
    const anywhere = fc.integer({ min: 0, max: 2 ** 32 - 1 });
    fc.assert(
      fc.property(fc.oneof(near, anywhere), (value) => {
        const at = ((value % 2 ** 32) + 2 ** 32) % 2 ** 32;
        const address = [24, 16, 8, 0].map((shift) => (at >>> shift) & 255).join('.');
        fc.pre(address !== '192.0.0.9' && address !== '192.0.0.10');
        expect(addressKind(address) !== 'public').toBe(list.check(address));
      }),
      { numRuns: 2000 },
    );
  });

  it('every spelling of an IPv6 address means the same', () => {
    fc.assert(
      fc.property(fc.ipV6(), (address) => {
        const normal = new URL(`http://[${address}]/`).hostname.slice(1, -1);
        expect(addressKind(address)).toBe(addressKind(normal));
        expect(addressKind(`${address.toUpperCase()}%1`)).toBe(addressKind(normal));
      }),
    );
  });

  it('outside 2000::/3 only what embeds an IPv4 address can be public', () => {
    const group = fc.integer({ min: 0, max: 0xffff });
    fc.assert(
      fc.property(fc.tuple(group, group, group, group, group, group, group, group), (groups) => {
        const address = groups.map((value) => value.toString(16)).join(':');
        fc.pre(groups[0] >> 13 !== 1 && !(groups[0] === 0x64 && groups[1] === 0xff9b) && groups[0] !== 0);
        expect(addressKind(address)).not.toBe('public');
      }),
    );
  });
});

describe('literalKind', () => {
  it.each([
    ['http://127.1/', 'loopback'],
    ['http://2130706433/', 'loopback'],
    ['http://0x7f.1/', 'loopback'],
    ['http://0177.0.0.1/', 'loopback'],
    ['http://0/', 'unspecified'],
    ['http://169.254.169.254./', 'link-local'],
    ['http://１２７.0.0.1/', 'loopback'],
    ['http://[::ffff:10.0.0.1]/', 'private'],
    ['http://[0:0:0:0:0:0:0:1]/', 'loopback'],
    ['http://localhost/', 'loopback'],
    ['http://LOCALHOST./', 'loopback'],
    ['http://a.localhost/', 'loopback'],
    ['http://notlocalhost/', null],
    ['http://localhost.example/', null],
    ['http://127.0.0.1.example/', null],
    ['http://8.8.8.8/', 'public'],
  ])('%s: %s', (url, kind) => {
    expect(literalKind(new URL(url).hostname)).toBe(kind);
  });
});
