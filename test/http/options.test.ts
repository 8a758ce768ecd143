import { describe, expect, it } from 'vitest';
import { type HttpOptions, httpOptions } from '../../src/http/options.js';
import { UsageError } from '../../src/model/errors.js';
import { flagName, type OptionsFor, resolveOptions } from '../../src/model/option.js';
import { thrownBy } from './recorder.js';

type Written = OptionsFor<typeof httpOptions>;

function read(written: Written): HttpOptions {
  return resolveOptions(httpOptions, written, flagName);
}

function refused(written: unknown, option: keyof Written = 'header'): string {
  const error = thrownBy(() => read({ [option]: written } as Written));
  expect(error).toBeInstanceOf(UsageError);
  expect((error as UsageError).option).toBe(flagName(option));
  return error.message;
}

describe('header', () => {
  it.each([
    ['Accept: text/html', ['Accept', 'text/html']],
    ['Accept:text/html', ['Accept', 'text/html']],
    ['X-Time: 12:30', ['X-Time', '12:30']],
    ['  X-Wide  :\t wide \t', ['X-Wide', 'wide']],
    ['X-Empty:', ['X-Empty', '']],
    ['X-Empty:   ', ['X-Empty', '']],
    ['X-Latin: caf\xe9', ['X-Latin', 'caf\xe9']],
    ["!#$%&'*+-.^_`|~09azAZ: odd", ["!#$%&'*+-.^_`|~09azAZ", 'odd']],
    ['Host: virtual.example', ['Host', 'virtual.example']],
  ])('%j', (written, field) => {
    expect(read({ header: written }).header).toEqual([field]);
    expect(read({ header: [written] }).header).toEqual([field]);
  });

  it('may be a list or an object', () => {
    expect(read({ header: ['A: 1', 'a: 2'] }).header).toEqual([
      ['A', '1'],
      ['a', '2'],
    ]);
    expect(read({ header: { A: '1', B: 'x: y', C: '' } }).header).toEqual([
      ['A', '1'],
      ['B', 'x: y'],
      ['C', ''],
    ]);
    expect(read({ header: [] }).header).toEqual([]);
    expect(read({}).header).toEqual([]);
  });

  it.each([
    '',
    ':',
    ': x',
    'Accept',
    'Accept text/html',
    'A B: x',
    'Ä: x',
    'A(B): x',
    'A\x00: x',
    'A\r\nB: x',
  ])('refuses the name in %j', (written) => {
    expect(refused(written)).toMatch(/^--header: /);
  });

  it.each(['a\r\nB: c', 'a\nb', 'a\rb', 'a\x00b', 'a\x7fb', 'a\x1bb', '€', '日本'])(
    'refuses the value %j',
    (value) => {
      expect(refused(`X: ${value}`)).toMatch(/field value/);
      expect(refused({ X: value })).toMatch(/field value/);
    },
  );

  it.each(['A:B', '', 'A B', 'A\n'])('refuses %j as a name in an object', (name) => {
    expect(refused({ [name]: 'x' })).toMatch(/^--header: /);
  });

  it.each([
    'Range',
    'if-range',
    'CONNECTION',
    'Content-Length',
    'Transfer-Encoding',
    'Expect',
    'TE',
    'Upgrade',
  ])('refuses %s, which is ours', (name) => {
    expect(refused(`${name}: x`)).toContain('set by fetchall itself');
    expect(refused({ [name]: 'x' })).toContain('set by fetchall itself');
  });

  it.each([7, true, null, [7], [['A', 'b']], ['A: b', 'C']])('refuses %j', (written) => {
    refused(written);
  });
});

describe('the others', () => {
  it('have defaults', () => {
    expect(read({})).toEqual({
      connectTimeout: 10_000,
      headersTimeout: 30_000,
      idleTimeout: 30_000,
      maxSize: null,
      maxRedirects: 20,
      header: [],
      userAgent: null,
      decode: false,
      insecure: false,
      http2: false,
      allowDowngrade: false,
      denyPrivate: false,
      allowPrivateRedirects: false,
    });
  });

  it('take units', () => {
    const written = {
      connectTimeout: '250ms',
      headersTimeout: 5,
      idleTimeout: '1.5m',
      maxSize: '1MiB',
      maxRedirects: '0',
    };
    expect(read(written)).toMatchObject({
      connectTimeout: 250,
      headersTimeout: 5,
      idleTimeout: 90_000,
      maxSize: 1_048_576,
      maxRedirects: 0,
    });
  });

  it.each([
    ['connectTimeout', 0],
    ['headersTimeout', '10'],
    ['idleTimeout', '-1s'],
    ['maxRedirects', 101],
    ['maxRedirects', -1],
    ['maxSize', 1.5],
    ['userAgent', ''],
    ['userAgent', 'a\nb'],
    ['insecure', 'yes'],
  ] as const)('%s: %j is refused', (option, value) => {
    expect(refused(value, option)).toMatch(/is not allowed/);
  });
});
