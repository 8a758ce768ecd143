// What a broken or hostile server might send: random bytes, mutated heads, odd fields, chunks that are none.

import fc from 'fast-check';

/** Bytes as latin1, so that a counterexample can be read, and what comes after them. */
export interface FuzzAnswer {
  readonly text: string;
  readonly ending: 'keep' | 'end' | 'reset' | 'stall';
  /** Bytes of each write; null for all at once. */
  readonly piece: number | null;
}

const latin1 = (maxLength: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.nat(255).map((code) => String.fromCharCode(code)), maxLength });
const token = fc.stringMatching(/^[a-zA-Z!#$%&'*+.^_`|~0-9-]{1,30}$/);

const STATUSES = [200, 200, 200, 200, 201, 204, 206, 301, 302, 304, 307, 400, 401, 404, 416, 429, 500, 503];

const number = fc.constantFrom(
  '0',
  '1',
  '5',
  '12',
  '007',
  '-1',
  '+5',
  '1e3',
  '0x5',
  '5, 5',
  '5, 6',
  '5 5',
  '',
);
const huge = fc.constantFrom('9007199254740993', '18446744073709551616', '9'.repeat(400));

/** Locations stay with this server: a redirect that leads elsewhere would ask a stranger. */
const LOCATIONS = [
  '/landed',
  '?q',
  '#f',
  '',
  '../../../up',
  '/%00',
  '/\\..\\x',
  'http://[',
  'file:///etc/passwd',
];
const DISPOSITIONS = [
  'attachment; filename="../../evil"',
  "attachment; filename*=UTF-8''..%2Fevil",
  'a;'.repeat(200),
];
const ENCODINGS = [
  'chunked',
  'Chunked',
  'gzip, chunked',
  'chunked, chunked',
  'identity',
  'xchunked',
  'chunked;q',
];

const oddField = fc.oneof(
  fc.tuple(fc.constantFrom('Content-Length', 'content-length'), fc.oneof(number, huge)),
  fc.tuple(fc.constant('Transfer-Encoding'), fc.constantFrom(...ENCODINGS)),
  fc.tuple(
    fc.constant('Content-Encoding'),
    fc.constantFrom('gzip', 'br', 'deflate', 'zstd', 'identity', 'x'),
  ),
  fc.tuple(
    fc.constant('Content-Range'),
    fc.constantFrom('bytes 0-4/5', 'bytes */0', 'bytes 5-4/1', 'x', 'bytes 0-9007199254740993/*'),
  ),
  fc.tuple(fc.constant('Retry-After'), fc.oneof(number, huge, fc.constant('Mon, 99 Foo 2026 00:00:00 GMT'))),
  fc.tuple(fc.constant('Location'), fc.constantFrom(...LOCATIONS)),
  fc.tuple(fc.constant('Content-Disposition'), fc.constantFrom(...DISPOSITIONS)),
  fc.tuple(fc.constantFrom('ETag', 'Last-Modified', 'Date'), fc.oneof(latin1(20), fc.constant('"e"'))),
  fc.tuple(
    fc.constantFrom('Repr-Digest', 'Content-Digest'),
    fc.constantFrom('sha-256=:AAAA:', `sha-256=:${'A'.repeat(43)}=:`, 'sha-256', '=,=,='),
  ),
  fc.tuple(
    fc.constantFrom('Connection', 'Keep-Alive'),
    fc.constantFrom('close', 'keep-alive', 'timeout=0', 'upgrade'),
  ),
  fc.tuple(fc.constantFrom('Upgrade', 'Trailer', 'Set-Cookie', '__proto__', 'constructor'), latin1(20)),
  fc.tuple(token, latin1(60)),
  fc.tuple(latin1(10), latin1(10)),
);
const line = fc
  .tuple(oddField, fc.constantFrom(': ', ': ', ': ', ':', ' : ', ':\t'))
  .map(([[name, value], colon]) => {
    return `${name}${colon}${value}`;
  });

const head = fc
  .tuple(
    fc.constantFrom(...STATUSES),
    fc.array(line, { maxLength: 6 }),
    fc.constantFrom('\r\n', '\r\n', '\r\n', '\n'),
  )
  .map(([status, lines, end]) => [`HTTP/1.1 ${status} Some Words`, ...lines, '', ''].join(end));

/** Words that a body may hold, and that look like the protocol's own. */
const body = fc.oneof(
  fc.stringMatching(/^[a-z]{0,60}$/),
  latin1(60),
  fc.constantFrom(
    'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil',
    '0\r\n\r\n',
    '\r\n\r\n',
    'x'.repeat(5000),
  ),
);

const chunk = fc
  .tuple(
    fc.oneof(
      fc.nat(20).map((size) => size.toString(16)),
      fc.constantFrom('-1', 'g', '', ' 5', '5 ', 'f'.repeat(16), '0x5'),
    ),
    fc.constantFrom('', '', '', ';a=b', ';', `;${'a'.repeat(3000)}`),
    fc.constantFrom('\r\n', '\r\n', '\r\n', '\n', '\r'),
    body,
  )
  .map(([size, extension, end, data]) => `${size}${extension}${end}${data}${end}`);
const brokenChunks = fc
  .tuple(
    fc.array(chunk, { maxLength: 4 }),
    fc.constantFrom('0\r\n\r\n', '0\r\nTrailer: x\r\n\r\n', '0\r\n', ''),
  )
  .map(([chunks, last]) => `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${chunks.join('')}${last}`);

/** Nothing is wrong with these. */
const validAnswer = fc
  .tuple(body, fc.constantFrom('length', 'chunked', 'close'), fc.constantFrom('ETag: "a"\r\n', ''))
  .map(([content, framing, etag]) => {
    const start = `HTTP/1.1 200 OK\r\n${etag}`;
    if (framing === 'length') return `${start}Content-Length: ${content.length}\r\n\r\n${content}`;
    if (framing === 'close') return `${start}Connection: close\r\n\r\n${content}`;
    const data = content === '' ? '' : `${content.length.toString(16)}\r\n${content}\r\n`;
    return `${start}Transfer-Encoding: chunked\r\n\r\n${data}0\r\n\r\n`;
  });

type MutationKind = 'delete' | 'insert' | 'replace' | 'repeat' | 'cut';

const mutation = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  kind: fc.constantFrom<MutationKind>('delete', 'insert', 'replace', 'repeat', 'cut'),
  text: fc.oneof(latin1(3), fc.constantFrom('\r', '\n', '\0', '\r\n', ':', ' ', '\x80')),
  length: fc.integer({ min: 1, max: 12 }),
});
type Mutation = typeof mutation extends fc.Arbitrary<infer Value> ? Value : never;

export function mutate(text: string, { at, kind, text: other, length }: Mutation): string {
  const start = Math.floor(at * text.length);
  const [before, hit, after] = [
    text.slice(0, start),
    text.slice(start, start + length),
    text.slice(start + length),
  ];
  switch (kind) {
    case 'delete':
      return before + after;
    case 'insert':
      return before + other + hit + after;
    case 'replace':
      return before + other + after;
    case 'repeat':
      return before + hit + hit + after;
    case 'cut':
      return before;
  }
}

export const mutations: fc.Arbitrary<Mutation[]> = fc.array(mutation, { minLength: 1, maxLength: 4 });

const text = fc.oneof(
  validAnswer,
  { weight: 3, arbitrary: fc.tuple(validAnswer, mutations).map(([valid, all]) => all.reduce(mutate, valid)) },
  { weight: 3, arbitrary: fc.tuple(head, body).map((parts) => parts.join('')) },
  brokenChunks,
  latin1(200),
  fc
    .tuple(
      fc.constantFrom('HTTP/1.1 100 Continue\r\n\r\n', 'HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n', '\r\n'),
      validAnswer,
    )
    .map((parts) => parts.join('')),
);

const ending: fc.Arbitrary<FuzzAnswer['ending']> = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom<FuzzAnswer['ending'][]>('end', 'end', 'end', 'keep') },
  { weight: 2, arbitrary: fc.constant<FuzzAnswer['ending']>('reset') },
  { weight: 1, arbitrary: fc.constant<FuzzAnswer['ending']>('stall') },
);

export const fuzzAnswer: fc.Arbitrary<FuzzAnswer> = fc.record({
  text,
  ending,
  piece: fc.option(fc.constantFrom(1, 7, 64), { freq: 3 }),
});
