// The fault matrix, continued: servers that are slow, endless, or not what they say. Data only.

import type { DownloadOptions } from '../../src/index.js';
import { bomb } from '../support/coded-body.js';
import type { Answer } from '../support/version-server.js';
import { LARGE, lines, MIDDLE, outcomeOf, type Row } from './fault-rows.js';

type SizelessRow = Omit<Row, 'size'>;

/** Each by itself; nothing else is that short. */
const LIMITS: Readonly<Record<string, DownloadOptions>> = {
  '--min-speed': { minSpeed: '1m', speedTime: 300 },
  '--idle-timeout': { idleTimeout: 300 },
  '--headers-timeout': { headersTimeout: 300 },
  '--max-time': { maxTime: 2000 },
};

/** limit | how | after bytes | validators | requests, where the second answer is whole | outcome */
const SLOW = `
--min-speed       | silent   | 1      | strong | all rest | A
--min-speed       | silent   | 150000 | strong | all rest | A
--min-speed       | silent   | 150000 | date   | all rest | A
--min-speed       | silent   | 150000 | weak   | all all  | A
--min-speed       | silent   | 150000 | none   | all all  | A
--min-speed       | dripping | 1      | strong | all more | ERR_TIMEOUT 4
--min-speed       | dripping | 1      | none   | all all  | ERR_TIMEOUT 4
--idle-timeout    | silent   | 1      | strong | all rest | A
--idle-timeout    | silent   | 150000 | date   | all rest | A
--idle-timeout    | silent   | 150000 | none   | all all  | A
--headers-timeout | silent   | -1     | strong | all all  | A
--headers-timeout | silent   | -1     | none   | all all  | A
--max-time        | silent   | 150000 | strong | all      | ERR_TIMEOUT 4
--max-time        | dripping | 1      | strong | all      | ERR_TIMEOUT 4
`;

function slowRows(): SizelessRow[] {
  return lines(SLOW).map(([limit = '', how, cut, validators, requests = '', outcome = '']) => {
    const sound = { validators } as Answer;
    const slow = { ...sound, how, cut: Number(cut) } as Answer;
    const fails = outcome.startsWith('ERR');
    return {
      name: `${how} after ${cut} of ${validators}, ${limit}`,
      answers: fails ? [slow] : [slow, sound],
      retries: 1,
      options: LIMITS[limit] ?? {},
      expected: { requests, ...outcomeOf(outcome), ...(fails && { part: 'some' as const }) },
    };
  });
}

/** coding | framing | damage | requests with 2 retries | outcome; under --decode */
const DECODED = `
gzip             | length  |        | all         | A
gzip             | chunked |        | all         | A
gzip             | close   |        | all         | A
x-gzip           | length  |        | all         | A
deflate          | chunked |        | all         | A
raw deflate      | length  |        | all         | A
br               | length  |        | all         | A
br               | close   |        | all         | A
identity         | length  |        | all         | A
gzip, br         | length  |        | all         | A
deflate, gzip, br | chunked |       | all         | A
gzip, gzip, gzip, gzip | length |   | all         | ERR_PROTOCOL 7
compress         | length  |        | all         | ERR_PROTOCOL 7
gzip, foo        | chunked |        | all         | ERR_PROTOCOL 7
gzip             | length  | short  | all all all | ERR_TRUNCATED 4
gzip             | close   | short  | all all all | ERR_TRUNCATED 4
br               | chunked | short  | all all all | ERR_TRUNCATED 4
gzip, br         | length  | short  | all all all | ERR_TRUNCATED 4
gzip             | length  | broken | all         | ERR_PROTOCOL 7
deflate          | chunked | broken | all         | ERR_PROTOCOL 7
x-gzip           | close   | broken | all         | ERR_PROTOCOL 7
`;

function decodedRows(): SizelessRow[] {
  return lines(DECODED).map(([coding = '', framing = '', damage = '', requests = '', outcome = '']) => ({
    name: `--decode: ${coding}, ${framing}${damage && `, ${damage}`}`,
    answers: [{ coding, framing, ...(damage && { damage }) } as Answer],
    retries: 2,
    options: { decode: true },
    expected: { requests, ...outcomeOf(outcome), lengthKnown: framing !== 'close' },
  }));
}

/** A coded body that breaks off, and what else must not be mixed with another coding. */
const MIXED: readonly SizelessRow[] = [
  {
    name: '--decode: gzip that is cut begins anew',
    answers: [{ coding: 'gzip', cut: 1000 }, { coding: 'gzip' }],
    options: { decode: true },
    expected: { requests: 'all all', outcome: 'A' },
  },
  {
    name: '--decode: gzip that is always cut leaves nothing',
    answers: [{ coding: 'gzip', cut: 1000 }],
    retries: 1,
    options: { decode: true },
    expected: { requests: 'all all', outcome: 'ERR_TRUNCATED', exit: 4 },
  },
  {
    name: '--decode: gzip that is reset, and then uncoded',
    answers: [{ coding: 'gzip', cut: 1000, how: 'reset' }, {}],
    options: { decode: true },
    expected: { requests: 'all all', outcome: 'A' },
  },
  {
    name: '--decode: what comes uncoded is gone on with',
    answers: [{ cut: MIDDLE }, {}],
    options: { decode: true },
    expected: { requests: 'all rest', outcome: 'A' },
  },
  {
    name: '--decode: the rest of what came uncoded comes in a coding',
    answers: [{ cut: MIDDLE }, { coding: 'gzip', range: 'careless' }, { coding: 'gzip' }],
    options: { decode: true },
    expected: { requests: 'all rest all', outcome: 'A' },
  },
  {
    name: '--decode: a part that was stored as sent is not gone on with',
    before: { part: 'B', bytes: 1000, validators: 'strong', coding: 'gzip', total: null },
    answers: [{ coding: 'gzip' }],
    options: { decode: true },
    expected: { requests: 'all', outcome: 'A' },
  },
  {
    name: '--decode: a list’s checksum is of the file',
    answers: [{ coding: 'gzip' }],
    checksum: 'A',
    options: { decode: true },
    expected: { requests: 'all', outcome: 'A' },
  },
  {
    name: '--decode: a list’s checksum that is wrong',
    answers: [{ coding: 'gzip', version: 'B' }],
    checksum: 'A',
    options: { decode: true },
    expected: { requests: 'all all', outcome: 'ERR_CHECKSUM', exit: 9 },
  },
  {
    name: '--decode: a Repr-Digest is of the coded bytes',
    answers: [{ coding: 'gzip', fields: ['Repr-Digest: {digest sent}'] }],
    options: { decode: true },
    expected: { requests: 'all', outcome: 'A' },
  },
  {
    name: '--decode: a Repr-Digest of the decoded bytes is wrong',
    answers: [{ coding: 'gzip', fields: ['Repr-Digest: {digest A}'] }],
    options: { decode: true },
    expected: { requests: 'all all', outcome: 'ERR_CHECKSUM', exit: 9 },
  },
  {
    name: 'without --decode gzip is stored as sent',
    answers: [{ coding: 'gzip' }],
    expected: { requests: 'all', outcome: 'A', coding: 'gzip' },
  },
  {
    name: 'without --decode gzip is gone on with as sent',
    answers: [{ coding: 'gzip', cut: 1000 }, { coding: 'gzip' }],
    expected: { requests: 'all rest', outcome: 'A', coding: 'gzip' },
  },
  {
    name: 'without --decode a coding that nobody knows is stored as sent',
    answers: [{ coding: 'foo' }],
    expected: { requests: 'all', outcome: 'A' },
  },
  {
    name: 'what began in gzip does not go on uncoded: a date is the same for both',
    answers: [
      { coding: 'gzip', validators: 'date', cut: 1000 },
      { validators: 'date', range: 'careless' },
      { validators: 'date' },
    ],
    expected: { requests: 'all rest all', outcome: 'A' },
  },
  {
    name: 'what began uncoded does not go on in gzip',
    answers: [
      { validators: 'date', cut: 1000 },
      { coding: 'gzip', validators: 'date' },
      { validators: 'date' },
    ],
    expected: { requests: 'all rest all', outcome: 'A' },
  },
];

/** What is larger than it may be. */
const TOO_LARGE: readonly SizelessRow[] = [
  ...(['length', 'chunked', 'close'] as const).map(
    (framing): SizelessRow => ({
      name: `--max-size on what is received, ${framing}`,
      answers: [{ framing }],
      options: { maxSize: LARGE - 1 },
      expected: {
        requests: 'all',
        outcome: 'ERR_TOO_LARGE',
        exit: 7,
        ...(framing !== 'length' && { part: 'some' }),
      },
    }),
  ),
  {
    name: '--max-size is reached, and not passed',
    answers: [{ framing: 'chunked' }],
    options: { maxSize: LARGE },
    expected: { requests: 'all', outcome: 'A' },
  },
  {
    name: '--max-size on the rest: the whole counts',
    answers: [{ cut: MIDDLE, framing: 'chunked' }, {}],
    options: { maxSize: LARGE - 1 },
    expected: { requests: 'all rest', outcome: 'ERR_TOO_LARGE', exit: 7, part: MIDDLE },
  },
  {
    name: '--max-size on what is decoded',
    answers: [{ coding: 'gzip' }],
    options: { decode: true, maxSize: LARGE - 1 },
    expected: { requests: 'all', outcome: 'ERR_TOO_LARGE', exit: 7 },
  },
  {
    name: '--max-size on what is received, though decoded it is small',
    answers: [{ coding: 'gzip', framing: 'chunked', body: Buffer.from('a') }],
    options: { decode: true, maxSize: 10 },
    expected: { requests: 'all', outcome: 'ERR_TOO_LARGE', exit: 7 },
  },
  {
    name: '--max-size against a gzip bomb',
    answers: [{ fields: ['Content-Encoding: x-gzip'], body: bomb(1), framing: 'chunked' }],
    options: { decode: true, maxSize: '1M' },
    expected: { requests: 'all', outcome: 'ERR_TOO_LARGE', exit: 7 },
  },
  {
    name: 'a gzip bomb without --max-size',
    answers: [{ fields: ['Content-Encoding: gzip'], body: bomb(4) }],
    options: { decode: true },
    expected: { requests: 'all', outcome: 'ERR_TOO_LARGE', exit: 7 },
  },
  {
    name: 'a gzip bomb without --decode is a small file',
    answers: [{ fields: ['Content-Encoding: gzip'], body: Buffer.from('as sent') }],
    expected: { requests: 'all', outcome: 'A', text: 'as sent' },
  },
];

const OK = 'HTTP/1.1 200 OK';
const CHUNKED = `${OK}~Transfer-Encoding: chunked~~`;

/** what | the answer, where ~ is the end of a line | outcome | the text of the file, or bytes of the part | its end */
const RAW = `
two lengths                        | ${OK}~Content-Length: 2~Content-Length: 5~~hello        | ERR_PROTOCOL 7
a list of lengths                  | ${OK}~Content-Length: 2, 5~~hello                       | ERR_PROTOCOL 7
a length below zero                | ${OK}~Content-Length: -5~~hello                         | ERR_PROTOCOL 7
a length and chunks                | ${OK}~Content-Length: 5~Transfer-Encoding: chunked~~5~hello~0~~ | ERR_PROTOCOL 7
a chunk size that is none          | ${CHUNKED}zz~hello~0~~                                  | ERR_PROTOCOL 7
a chunk longer than its size       | ${CHUNKED}5~helloxx~0~~                                 | ERR_PROTOCOL 7 | 5
a chunk size below zero            | ${CHUNKED}-5~hello~0~~                                  | ERR_PROTOCOL 7
chunks without a last one          | ${CHUNKED}5~hello~                                      | ERR_TRUNCATED 4 | 5
chunks that end                    | ${CHUNKED}5~hello~0~~                                   | A | hello
a foreign transfer coding          | ${OK}~Transfer-Encoding: gzip, chunked~~5~hello~0~~     | ERR_PROTOCOL 7
neither length nor chunks          | ${OK}~Connection: close~~hello                          | A | hello | unknown
neither length nor chunks, HTTP/1.0 | HTTP/1.0 200 OK~~hello                                 | A | hello | unknown
identity as transfer coding        | ${OK}~Transfer-Encoding: identity~~hello                | A | hello | unknown
a length that is kept, HTTP/1.0    | HTTP/1.0 200 OK~Content-Length: 5~~hello                | A | hello
more than was promised             | ${OK}~Content-Length: 5~~hello there                    | A | hello
less than was promised             | ${OK}~Content-Length: 9~~hello                          | ERR_TRUNCATED 4 | 5
a 204 with a length                | HTTP/1.1 204 No Content~Content-Length: 5~~             | A |
a 204 with a body                  | HTTP/1.1 204 No Content~Content-Length: 5~~hello        | A |
a 204 with chunks                  | HTTP/1.1 204 No Content~Transfer-Encoding: chunked~~5~hello~0~~ | A |
a 304 with a body                  | HTTP/1.1 304 Not Modified~Content-Length: 5~~hello      | ERR_STATUS 8
a 304 without one                  | HTTP/1.1 304 Not Modified~~                             | ERR_STATUS 8
an empty coded body                | ${OK}~Content-Encoding: gzip~Content-Length: 0~~        | A |
a 204 in a coding that nobody knows | HTTP/1.1 204 No Content~Content-Encoding: foo~~        | A |
`;

function rawRows(): SizelessRow[] {
  return lines(RAW).map(([name = '', raw = '', outcome = '', left = '', end = '']) => {
    const part = left !== '' && outcome.startsWith('ERR') ? { part: Number(left) } : {};
    return {
      name: `${name}, whatever is asked for`,
      answers: [{ raw: raw.replaceAll('~', '\r\n') }],
      retries: 0,
      options: { decode: true },
      expected: { requests: 'all', ...outcomeOf(outcome), ...part, text: left, lengthKnown: end === '' },
    };
  });
}

export const LIMIT_ROWS: readonly Row[] = [
  ...slowRows(),
  ...decodedRows(),
  ...MIXED,
  ...TOO_LARGE,
  ...rawRows(),
].map((row) => ({ size: LARGE, ...row }));
