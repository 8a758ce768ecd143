import fc from 'fast-check';
import { expect, test } from 'vitest';
import { getSurt } from 'warcio/utils';
import { surt } from '../../src/archive/surt.js';

test.each([
  ['http://example.org/', 'org,example)/'],
  ['https://example.org', 'org,example)/'],
  ['https://www.example.org/A/B.html', 'org,example)/a/b.html'],
  ['http://www2.example.org/', 'org,example)/'],
  ['http://www.org/', 'org)/'],
  ['https://a.b.example.co.uk/x', 'uk,co,example,b,a)/x'],
  ['http://example.org:80/', 'org,example)/'],
  ['https://example.org:443/', 'org,example)/'],
  ['http://example.org:8080/', 'org,example:8080)/'],
  ['http://user:password@example.org/x', 'org,example)/x'],
  ['http://example.org/x#part', 'org,example)/x'],
  ['http://example.org/?b=2&a=1', 'org,example)/?a=1&b=2'],
  ['http://example.org/?B=X&a', 'org,example)/?a&b=x'],
  ['http://example.org/?', 'org,example)/'],
  ['http://example.org/%C3%A9', 'org,example)/%c3%a9'],
  ['http://b\u00fccher.example/', 'example,xn--bcher-kva)/'],
  ['http://127.0.0.1:8080/x', '127.0.0.1:8080)/x'],
  ['http://[::1]/x', '[::1])/x'],
  ['urn:uuid:1', 'urn:uuid:1'],
  ['http://', 'http://'],
])('%s is %s', (url, key) => {
  expect(surt(url)).toBe(key);
});

test('as another tool has it', () => {
  const label = fc.stringMatching(/^[a-z][a-z0-9]{0,5}$/);
  const url = fc.webUrl({
    validSchemes: ['http', 'https'],
    withQueryParameters: true,
    authoritySettings: { withPort: true },
  });
  fc.assert(
    fc.property(label, url, (first, written) => {
      const { href } = new URL(written.replace('://', `://${first}.`));
      expect(surt(href)).toBe(getSurt(href));
    }),
  );
});
