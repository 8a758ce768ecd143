import { expect, test } from 'vitest';
import { requestTarget } from '../../src/http/request-target.js';

test.each([
  ['http://host', '/'],
  ['http://host/x', '/x'],
  ['http://host/x?', '/x?'],
  ['http://host?', '/?'],
  ['http://host/x?#y', '/x?'],
  ['http://host/x#y?', '/x'],
  ['http://host/x?a#y?', '/x?a'],
  ['http://host/x??', '/x??'],
  ['http://user%3F:pass%3F@host/x', '/x'],
])('%s: %s', (url, target) => {
  expect(requestTarget(new URL(url))).toBe(target);
});
