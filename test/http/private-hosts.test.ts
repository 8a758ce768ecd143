import { expect, it } from 'vitest';
import { PrivateHosts } from '../../src/http/private-hosts.js';

it('knows what stands in the URL, and what it was told', () => {
  const hosts = new PrivateHosts();
  expect(['10.0.0.1', '[::1]', 'localhost', '8.8.8.8', 'a.example'].map((name) => hosts.has(name))).toEqual([
    true,
    true,
    true,
    false,
    false,
  ]);
  hosts.note('a.example', false);
  expect(hosts.has('a.example')).toBe(true);
  hosts.note('a.example', true);
  expect(hosts.has('a.example')).toBe(false);
});

it('keeps the last thousand names', () => {
  const hosts = new PrivateHosts();
  for (let index = 0; index < 1500; index++) hosts.note(`${index}.example`, false);
  const kept = Array.from({ length: 1500 }, (_, index) => hosts.has(`${index}.example`));
  expect(kept.indexOf(true)).toBe(500);
  expect(kept.lastIndexOf(false)).toBe(499);
});
