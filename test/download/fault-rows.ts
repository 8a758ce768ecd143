// The fault matrix: what goes wrong, and what has to come of it. Data only.

import type { DownloadOptions } from '../../src/index.js';
import type { ErrorCode } from '../../src/model/errors.js';
import type { Answer, RangeManner, ValidatorKind, VersionName } from '../support/version-server.js';

/** What an earlier run has left. */
export interface Before {
  /** Version and bytes of the part. */
  readonly part: VersionName;
  readonly bytes: number;
  /** Of the record; null for none. */
  readonly validators: ValidatorKind | null;
  readonly total?: number | null;
  readonly coding?: string | null;
  readonly synced?: number | null;
}

export interface Expectation {
  /** Each request: `all`, `rest` (from exactly where the part ends), `more` (from anywhere), or `100000-`. */
  readonly requests: string;
  /** The version of the file, or how the URL failed. */
  readonly outcome: VersionName | ErrorCode;
  /** 0 where nothing else is said. */
  readonly exit?: number;
  /** Bytes of the part that stays; none where nothing is said. */
  readonly part?: number | 'some';
  /** What is in the file, where that is no version; its text, or a coding in which the version was stored. */
  readonly text?: string;
  readonly coding?: string;
  /** Whether the body said where it ends: true where nothing is said. */
  readonly lengthKnown?: boolean;
}

export interface Row {
  readonly name: string;
  readonly size: number;
  readonly before?: Before;
  readonly answers: readonly Answer[];
  readonly checksum?: VersionName;
  readonly retries?: number;
  readonly resume?: boolean;
  /** Further options. */
  readonly options?: DownloadOptions;
  readonly expected: Expectation;
}

/** Written as it comes. */
export const LARGE = 300_000;
/** Saved whole. */
const SMALL = 40_000;
export const MIDDLE = 150_000;

const WHERE: Readonly<Record<string, number>> = {
  'before the head': -1,
  'after the head': 0,
  'after 1 byte': 1,
  'in the middle': MIDDLE,
  'before the last byte': LARGE - 1,
};

/** fault | where | validators | once or always (3 tries) | requests | outcome | part that stays */
const BROKEN = `
closed | before the head      | strong    | once   | all all       | A
closed | before the head      | none      | once   | all all       | A
closed | before the head      | strong    | always | all all all   | ERR_CONNECT 4
closed | after the head       | strong    | once   | all all       | A
closed | after the head       | none      | once   | all all       | A
closed | after the head       | strong    | always | all all all   | ERR_TRUNCATED 4
closed | after 1 byte         | strong    | once   | all rest      | A
closed | after 1 byte         | both      | once   | all rest      | A
closed | after 1 byte         | date      | once   | all rest      | A
closed | after 1 byte         | weak+date | once   | all rest      | A
closed | after 1 byte         | weak      | once   | all all       | A
closed | after 1 byte         | young     | once   | all all       | A
closed | after 1 byte         | dateless  | once   | all all       | A
closed | after 1 byte         | none      | once   | all all       | A
closed | in the middle        | strong    | once   | all rest      | A
closed | in the middle        | both      | once   | all rest      | A
closed | in the middle        | date      | once   | all rest      | A
closed | in the middle        | weak+date | once   | all rest      | A
closed | in the middle        | weak      | once   | all all       | A
closed | in the middle        | young     | once   | all all       | A
closed | in the middle        | dateless  | once   | all all       | A
closed | in the middle        | none      | once   | all all       | A
closed | in the middle        | strong    | always | all rest      | A
closed | in the middle        | date      | always | all rest      | A
closed | in the middle        | weak      | always | all all all   | ERR_TRUNCATED 4 | 150000
closed | in the middle        | young     | always | all all all   | ERR_TRUNCATED 4 | 150000
closed | in the middle        | none      | always | all all all   | ERR_TRUNCATED 4 | 150000
closed | before the last byte | strong    | once   | all rest      | A
closed | before the last byte | date      | once   | all rest      | A
closed | before the last byte | weak      | once   | all all       | A
closed | before the last byte | none      | once   | all all       | A
closed | before the last byte | none      | always | all all all   | ERR_TRUNCATED 4 | 299999
closed | after 1 byte         | strong    | always | all rest rest | ERR_TRUNCATED 4 | 3
closed | after 1 byte         | weak      | always | all all all   | ERR_TRUNCATED 4 | 1
reset  | before the head      | strong    | once   | all all       | A
reset  | before the head      | none      | always | all all all   | ERR_CONNECT 4
reset  | in the middle        | strong    | once   | all rest      | A
reset  | in the middle        | date      | once   | all rest      | A
reset  | in the middle        | weak      | once   | all all       | A
reset  | in the middle        | young     | once   | all all       | A
reset  | in the middle        | none      | once   | all all       | A
reset  | in the middle        | none      | always | all all all   | ERR_TRUNCATED 4 | 150000
`;

function brokenRows(): Row[] {
  return lines(BROKEN).map(
    ([fault = '', where = '', validators = '', times = '', requests = '', outcome = '', part]) => {
      const broken: Answer = {
        validators: validators as ValidatorKind,
        how: fault === 'reset' ? 'reset' : 'closed',
        cut: WHERE[where] ?? Number.NaN,
      };
      const { cut: _, ...sound } = broken;
      return {
        name: `${fault} ${where}, ${validators}, ${times}`,
        size: LARGE,
        answers: times === 'once' ? [broken, sound] : [broken],
        retries: 2,
        expected: { requests, ...outcomeOf(outcome), ...partOf(part) },
      };
    },
  );
}

/** The answer to the request for the rest | requests | outcome. The first answer breaks off in the middle. */
const REST = `
honoured          | strong    | all rest           | A
careless          | strong    | all rest           | A
ignored           | strong    | all rest           | A
ignored           | date      | all rest           | A
start before      | strong    | all rest all       | A
start behind      | strong    | all rest all       | A
start before      | date      | all rest all       | A
other total       | strong    | all rest all       | A
other unit        | strong    | all rest all       | A
unknown total     | strong    | all rest           | A
no field          | strong    | all rest all       | A
field twice       | strong    | all rest all       | A
garbage           | strong    | all rest all       | A
multipart         | strong    | all rest all       | A
multipart         | date      | all rest all       | A
other length      | strong    | all rest all       | A
other etag        | strong    | all rest all       | A
other etag        | date      | all rest           | A
other etag        | weak+date | all rest all       | A
other etag        | both      | all rest all       | A
no etag           | strong    | all rest all       | A
no etag           | both      | all rest all       | A
no etag           | weak+date | all rest           | A
short             | strong    | all rest rest      | A
416 other total   | strong    | all rest all       | A
416 without total | strong    | all rest all       | A
`;

function restRows(): Row[] {
  return lines(REST).map(([range = '', kind = '', requests = '', outcome = '']) => {
    const validators = kind as ValidatorKind;
    return {
      name: `the rest: ${range}, ${kind}`,
      size: LARGE,
      answers: [{ validators, cut: MIDDLE }, { validators, range: range as RangeManner }, { validators }],
      expected: { requests, ...outcomeOf(outcome) },
    };
  });
}

/** The file changes between the tries: how the server takes the request for the rest | validators | requests */
const CHANGED = `
honoured | strong    | all rest     | B
honoured | date      | all rest     | B
honoured | both      | all rest     | B
honoured | weak+date | all rest     | B
honoured | weak      | all all      | B
honoured | young     | all all      | B
honoured | dateless  | all all      | B
honoured | none      | all all      | B
careless | strong    | all rest all | B
careless | date      | all rest all | B
careless | both      | all rest all | B
careless | weak+date | all rest all | B
careless | weak      | all all      | B
careless | young     | all all      | B
careless | none      | all all      | B
ignored  | strong    | all rest     | B
ignored  | date      | all rest     | B
`;

function changedRows(): Row[] {
  return lines(CHANGED).map(([range = '', kind = '', requests = '', outcome = '']) => {
    const validators = kind as ValidatorKind;
    return {
      name: `changed meanwhile: ${range}, ${kind}`,
      size: LARGE,
      answers: [
        { validators, cut: MIDDLE },
        { validators, version: 'B', range: range as RangeManner },
      ],
      expected: { requests, ...outcomeOf(outcome) },
    };
  });
}

/** A status in place of the first, or of the second answer | always or once | requests | outcome */
const STATUSES = `
408 | once   | all all     | A
425 | once   | all all     | A
429 | once   | all all     | A
500 | once   | all all     | A
502 | once   | all all     | A
503 | once   | all all     | A
504 | once   | all all     | A
520 | once   | all all     | A
524 | once   | all all     | A
503 | always | all all all | ERR_STATUS 8
400 | once   | all         | ERR_STATUS 8
403 | once   | all         | ERR_STATUS 8
404 | once   | all         | ERR_STATUS 8
416 | once   | all         | ERR_STATUS 8
501 | once   | all         | ERR_STATUS 8
525 | once   | all         | ERR_STATUS 8
`;

function statusRows(): Row[] {
  return lines(STATUSES).map(([status = '', times = '', requests = '', outcome = '']) => ({
    name: `status ${status}, ${times}`,
    size: LARGE,
    retries: 2,
    answers: [{ status: Number(status) }, ...(times === 'once' ? [{}] : [])],
    expected: { requests, ...outcomeOf(outcome) },
  }));
}

/** A part of an earlier run, and what the server has now. */
const EARLIER: readonly Omit<Row, 'size'>[] = [
  ['a strong ETag', 'strong', 'rest', 'A'],
  ['a strong date', 'date', 'rest', 'A'],
  ['a weak ETag', 'weak', 'all', 'A'],
  ['a date too young', 'young', 'all', 'A'],
  ['no validator', 'none', 'all', 'A'],
  ['no record', null, 'all', 'A'],
].map(([name, validators, requests, outcome]) => ({
  name: `earlier part with ${name}`,
  before: { part: 'A', bytes: MIDDLE, validators: validators as ValidatorKind | null },
  answers: [{ validators: (validators ?? 'strong') as ValidatorKind }],
  expected: { requests: requests ?? '', ...outcomeOf(outcome ?? '') },
}));

const part = (bytes: number, more: Partial<Before> = {}): Before => ({
  part: 'A',
  bytes,
  validators: 'strong',
  ...more,
});

const SINGLE: readonly (Omit<Row, 'size'> & { readonly size?: number })[] = [
  ...EARLIER,
  {
    name: 'P1: earlier part of a version that is gone, If-Range honoured',
    before: part(MIDDLE),
    answers: [{ version: 'B' }],
    expected: { requests: 'rest', outcome: 'B' },
  },
  {
    name: 'P1: earlier part of a version that is gone, If-Range overlooked',
    before: part(MIDDLE),
    answers: [{ version: 'B', range: 'careless' }],
    expected: { requests: 'rest all', outcome: 'B' },
  },
  {
    name: 'P1: the same with a date, and a checksum that nobody gave',
    before: part(MIDDLE, { validators: 'date' }),
    answers: [{ version: 'B', validators: 'date', range: 'careless' }],
    expected: { requests: 'rest all', outcome: 'B' },
  },
  {
    name: 'no validator, but a checksum: it decides for the part',
    before: part(MIDDLE, { validators: 'none' }),
    checksum: 'A',
    answers: [{ validators: 'none' }],
    expected: { requests: 'rest', outcome: 'A' },
  },
  {
    name: 'no validator, but a checksum: it decides against the part',
    before: part(MIDDLE, { validators: 'none' }),
    checksum: 'B',
    answers: [{ version: 'B', validators: 'none' }],
    expected: { requests: 'rest all', outcome: 'B' },
  },
  {
    name: 'a weak validator that has changed outweighs the hope for the checksum',
    before: part(MIDDLE, { validators: 'weak' }),
    checksum: 'B',
    answers: [{ version: 'B', validators: 'weak' }],
    expected: { requests: 'rest all', outcome: 'B' },
  },
  {
    name: 'in one run: no validator, but a checksum',
    checksum: 'A',
    answers: [{ validators: 'none', cut: MIDDLE }, { validators: 'none' }],
    expected: { requests: 'all rest', outcome: 'A' },
  },
  {
    name: 'in one run: no validator, a checksum, and the file changes',
    checksum: 'B',
    answers: [
      { validators: 'none', cut: MIDDLE },
      { validators: 'none', version: 'B' },
    ],
    expected: { requests: 'all rest all', outcome: 'B' },
  },
  {
    name: 'a checksum that is wrong twice',
    checksum: 'B',
    answers: [{}],
    expected: { requests: 'all all', outcome: 'ERR_CHECKSUM', exit: 9 },
  },
  {
    name: 'a checksum that is wrong after two broken tries has its retry all the same',
    checksum: 'B',
    answers: [{ cut: -1 }, { cut: -1 }, {}, { version: 'B' }],
    expected: { requests: 'all all all all', outcome: 'B' },
  },
  {
    name: 'a checksum that is wrong, and no retries',
    checksum: 'B',
    retries: 0,
    answers: [{}],
    expected: { requests: 'all', outcome: 'ERR_CHECKSUM', exit: 9 },
  },
  {
    name: 'a part that is whole: 416 with its size',
    before: part(LARGE),
    answers: [{}],
    expected: { requests: 'rest', outcome: 'A' },
  },
  {
    name: 'a part that is whole, of unknown total: 416 with its size',
    before: part(LARGE, { total: null }),
    answers: [{}],
    expected: { requests: 'rest', outcome: 'A' },
  },
  {
    name: 'a part that is whole, and the server has another version of that size',
    before: part(LARGE),
    answers: [{ version: 'B' }],
    expected: { requests: 'rest', outcome: 'B' },
  },
  {
    name: 'a part that is whole, another version, and a 416 that overlooks If-Range',
    before: part(LARGE),
    answers: [{ version: 'B', range: 'careless' }],
    expected: { requests: 'rest all', outcome: 'B' },
  },
  {
    name: 'a 416 with the size of a part that was to be longer',
    before: part(LARGE, { total: LARGE + 5 }),
    answers: [{}],
    expected: { requests: 'rest all', outcome: 'A' },
  },
  {
    name: 'a part that is longer than its record says',
    before: part(LARGE, { total: LARGE - 1 }),
    answers: [{}],
    expected: { requests: 'all', outcome: 'A' },
  },
  {
    name: 'a 206 of another total than the record says',
    before: part(MIDDLE, { total: LARGE + 1 }),
    answers: [{}],
    expected: { requests: 'rest all', outcome: 'A' },
  },
  {
    name: 'a total that nobody tells',
    before: part(MIDDLE, { total: null }),
    answers: [{ range: 'unknown total' }, {}],
    expected: { requests: 'rest all', outcome: 'A' },
  },
  {
    name: 'an empty part',
    before: part(0),
    answers: [{}],
    expected: { requests: 'all', outcome: 'A' },
  },
  {
    name: 'resume goes no further than what was synced',
    before: part(MIDDLE, { synced: 100_000 }),
    answers: [{}],
    expected: { requests: '100000-', outcome: 'A' },
  },
  {
    name: 'nothing was synced',
    before: part(MIDDLE, { synced: 0 }),
    answers: [{}],
    expected: { requests: 'all', outcome: 'A' },
  },
  {
    name: '--no-resume with an earlier part',
    before: part(MIDDLE),
    resume: false,
    answers: [{}],
    expected: { requests: 'all', outcome: 'A' },
  },
  {
    name: '--no-resume within a run',
    resume: false,
    answers: [{ cut: MIDDLE }, {}],
    expected: { requests: 'all all', outcome: 'A' },
  },
  {
    name: 'an earlier part, and the rest breaks too',
    before: part(100_000),
    answers: [{ cut: 50_000 }, {}],
    expected: { requests: 'rest rest', outcome: 'A' },
  },
  {
    name: 'an earlier part, and a 503 before the rest: P2',
    before: part(MIDDLE),
    answers: [{ status: 503 }, {}],
    expected: { requests: 'rest rest', outcome: 'A' },
  },
  {
    name: 'an earlier part, and a 404: the part stays',
    before: part(MIDDLE),
    answers: [{ status: 404 }],
    expected: { requests: 'rest', outcome: 'ERR_STATUS', exit: 8, part: MIDDLE },
  },
  {
    name: 'an earlier part of A; B begins and breaks; the server has A again',
    before: part(MIDDLE),
    answers: [{ version: 'B', cut: 100_000 }, { version: 'A' }],
    expected: { requests: 'rest rest', outcome: 'A' },
  },
  {
    name: 'an earlier part of A; B begins and breaks before its first byte; the server has B',
    before: part(MIDDLE),
    answers: [{ version: 'B', cut: 0 }, { version: 'B' }],
    expected: { requests: 'rest rest', outcome: 'B' },
  },
  {
    name: 'P2: a 200 for the rest begins anew in place, and may break again',
    answers: [{ cut: MIDDLE }, { range: 'ignored', cut: 100_000 }, {}],
    expected: { requests: 'all rest rest', outcome: 'A' },
  },
  {
    name: 'P2: Retry-After in seconds',
    answers: [{ status: 429, fields: ['Retry-After: 0'] }, {}],
    expected: { requests: 'all all', outcome: 'A' },
  },
  {
    name: 'P2: Retry-After as a date',
    answers: [{ status: 503, fields: ['Retry-After: Thu, 01 Jan 2026 00:00:00 GMT'] }, {}],
    expected: { requests: 'all all', outcome: 'A' },
  },
  {
    name: 'P10: chunks without an end, strong',
    answers: [{ framing: 'chunked', cut: MIDDLE }, {}],
    expected: { requests: 'all rest', outcome: 'A' },
  },
  {
    name: 'P10: chunks without an end, none',
    answers: [{ framing: 'chunked', validators: 'none', cut: MIDDLE }, { validators: 'none' }],
    expected: { requests: 'all all', outcome: 'A' },
  },
  {
    name: 'P10: the rest in chunks',
    answers: [{ cut: MIDDLE }, { framing: 'chunked' }],
    expected: { requests: 'all rest', outcome: 'A' },
  },
  {
    name: 'P10: the rest in chunks without an end',
    answers: [{ cut: 100_000 }, { framing: 'chunked', cut: 100_000 }, {}],
    expected: { requests: 'all rest rest', outcome: 'A' },
  },
  {
    name: 'P10: the rest until the connection closes, which is too early: the total tells',
    answers: [{ cut: 100_000 }, { framing: 'close', cut: 100_000 }, {}],
    expected: { requests: 'all rest rest', outcome: 'A' },
  },
  {
    name: 'P10: a body without a length that is reset',
    answers: [{ framing: 'close', cut: MIDDLE, how: 'reset' }, {}],
    expected: { requests: 'all rest', outcome: 'A' },
  },
  {
    name: 'P10: a Repr-Digest tells that a body without a length is short',
    answers: [
      { framing: 'close', cut: MIDDLE, fields: ['Repr-Digest: {digest A}'] },
      { fields: ['Repr-Digest: {digest A}'] },
    ],
    expected: { requests: 'all all', outcome: 'A' },
  },
  {
    name: 'P11: what is no HTTP is not tried again',
    answers: [{ fields: ['Bad Field : x', 'Content-Length: 3'] }],
    expected: { requests: 'all', outcome: 'ERR_PROTOCOL', exit: 7 },
  },
  {
    name: 'a small file is gone on with too',
    size: SMALL,
    answers: [{ cut: 10_000 }, {}],
    expected: { requests: 'all rest', outcome: 'A' },
  },
  {
    name: 'a small file without validators begins anew',
    size: SMALL,
    answers: [{ validators: 'none', cut: 10_000 }, { validators: 'none' }],
    expected: { requests: 'all all', outcome: 'A' },
  },
  {
    name: 'an earlier part of a small file, which has changed',
    size: SMALL,
    before: part(10_000),
    answers: [{ version: 'B' }],
    expected: { requests: 'rest', outcome: 'B' },
  },
  {
    name: 'an empty file that breaks once',
    size: 0,
    answers: [{ cut: -1 }, {}],
    expected: { requests: 'all all', outcome: 'A' },
  },
  ...digestRows(),
];

/** RFC 9530: the field of the first, then of all later answers. */
function digestRows(): Omit<Row, 'size'>[] {
  const repr = (version: VersionName) => [`Repr-Digest: {digest ${version}}`];
  const content = (version: VersionName) => [`Content-Digest: {digest ${version}}`];
  return [
    {
      name: 'a Repr-Digest that is right',
      answers: [{ fields: repr('A') }],
      expected: { requests: 'all', outcome: 'A' },
    },
    {
      name: 'a Repr-Digest that is wrong once',
      answers: [{ fields: repr('B') }, { fields: repr('A') }],
      expected: { requests: 'all all', outcome: 'A' },
    },
    {
      name: 'a Repr-Digest that is wrong always',
      answers: [{ fields: repr('B') }],
      expected: { requests: 'all all', outcome: 'ERR_CHECKSUM', exit: 9 },
    },
    {
      name: 'a Content-Digest that is wrong always',
      answers: [{ fields: content('B') }],
      expected: { requests: 'all all', outcome: 'ERR_CHECKSUM', exit: 9 },
    },
    {
      name: 'a Repr-Digest of the rest covers the whole file',
      answers: [{ cut: MIDDLE }, { fields: repr('A') }],
      expected: { requests: 'all rest', outcome: 'A' },
    },
    {
      name: 'a Repr-Digest of the rest finds a part that was damaged',
      before: part(MIDDLE, { part: 'B' }),
      answers: [{ fields: repr('A') }],
      expected: { requests: 'rest all', outcome: 'A' },
    },
    {
      name: 'a Content-Digest of the rest covers the rest only',
      answers: [{ cut: MIDDLE }, { fields: ['Content-Digest: {digest A rest}'] }],
      expected: { requests: 'all rest', outcome: 'A' },
    },
    {
      name: 'a Content-Digest of the rest that is the whole file’s is wrong',
      answers: [{ cut: MIDDLE }, { fields: content('A') }, {}],
      expected: { requests: 'all rest all', outcome: 'A' },
    },
    {
      name: 'digests that nobody knows are passed over',
      answers: [{ fields: ['Repr-Digest: md5=:AAAA:, sha-256=nonsense, sha-512=:AAAA:'] }],
      expected: { requests: 'all', outcome: 'A' },
    },
  ];
}

export function lines(table: string): string[][] {
  return table
    .trim()
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()));
}

/** `A`, or `ERR_STATUS 8`. */
export function outcomeOf(written: string): Pick<Expectation, 'outcome' | 'exit'> {
  const [outcome = '', exit = '0'] = written.split(' ');
  return { outcome: outcome as Expectation['outcome'], exit: Number(exit) };
}

function partOf(written: string | undefined): Pick<Expectation, 'part'> {
  return written === undefined ? {} : { part: Number(written) };
}

export const FAULT_ROWS: readonly Row[] = [
  ...brokenRows(),
  ...restRows(),
  ...changedRows(),
  ...statusRows(),
  ...SINGLE.map((row) => ({ size: LARGE, ...row })),
];
