// Errors that have been in another thread.

import { expect, test } from 'vitest';
import { FetchallError, LimitError, StatusError } from '../../src/model/errors.js';
import { copyError, originalError } from '../../src/run/copied-error.js';

const there = (thrown: unknown): Error => originalError(structuredClone(copyError(thrown)));

test('a failure keeps its class, code, words, stack and causes', () => {
  const system = Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
  const thrown = new FetchallError('ERR_DISK', 'cannot write a.bin', { cause: system });
  const error = there(thrown);
  expect(error).toBeInstanceOf(FetchallError);
  expect(error).toMatchObject({ code: 'ERR_DISK', message: 'cannot write a.bin', systemCode: 'ENOSPC' });
  expect(error.stack).toBe(thrown.stack);
  expect((error.cause as Error).stack).toBe(system.stack);
});

test('a status keeps what the server asked for', () => {
  const error = there(new StatusError(429, 'too many', 3000));
  expect(error).toBeInstanceOf(StatusError);
  expect(error).toMatchObject({ code: 'ERR_STATUS', status: 429, retryAfter: 3000 });
});

test("a limit of the user's own stays one", () => {
  const error = there(new LimitError('not done within --max-time 60ms'));
  expect(error).toBeInstanceOf(LimitError);
  expect(error).toMatchObject({ code: 'ERR_TIMEOUT', message: 'not done within --max-time 60ms' });
});

test('what is no failure of ours stays what it was, whatever was thrown', () => {
  const error = there(new TypeError('a slip'));
  expect(error).not.toBeInstanceOf(FetchallError);
  expect([error.name, error.message, error.cause]).toEqual(['TypeError', 'a slip', undefined]);
  expect(there('a text').message).toBe('a text');
});

test('causes that go in a circle come to an end', () => {
  const error = new FetchallError('ERR_CONNECT', 'round');
  error.cause = error;
  expect(there(error).message).toBe('round');
});
