// Servers that mean harm, and how the command line ends at them. Data only.

import { gzipSync } from 'node:zlib';
import { bomb, coded } from '../support/coded-body.js';
import {
  answerWith,
  closesAtOnce,
  interimFlood,
  noHttp,
  resetAfter,
  saysNothing,
  stallAfter,
} from '../support/raw-scripts.js';
import type { RawScript } from '../support/raw-server.js';

export interface HostileRow {
  readonly name: string;
  readonly script: RawScript;
  /** Of the URL; `/a` where nothing is said. */
  readonly path?: string;
  readonly scheme?: 'https';
  readonly args?: readonly string[];
  /** How the URL fails; null when it is saved. Several where it is a matter of which end sees the fault first. */
  readonly code: string | null | readonly string[];
  readonly exit: number;
}

const OK = 'HTTP/1.1 200 OK\r\n';
const BODY = `${OK}Content-Length: 10\r\n\r\n`;
const CHUNKED = `${OK}Transfer-Encoding: chunked\r\n\r\n`;
const PIECE = 'x'.repeat(16_384);

/** Sends the beginning, then the piece again and again until the client leaves. */
function endless(beginning: string, piece: string | ((round: number) => string), pause = 0): RawScript {
  return async (connection) => {
    await connection.request();
    await connection.send(beginning);
    for (let round = 0; ; round++) {
      if (pause > 0) await connection.wait(pause);
      await connection.send(typeof piece === 'string' ? piece : piece(round));
    }
  };
}

/** Each answer leads on. */
function leadsOn(next: (round: number) => string): RawScript {
  return async (connection) => {
    for (;;) {
      const round = Number(/^GET \/(\d+)/.exec(await connection.request())?.[1] ?? 0);
      await connection.send(
        `HTTP/1.1 302 Found\r\nLocation: ${next(round + 1)}\r\nContent-Length: 0\r\n\r\n`,
      );
    }
  };
}

const sent = (body: Uint8Array, fields: string): RawScript =>
  answerWith(Buffer.concat([Buffer.from(`${OK}${fields}\r\nContent-Length: ${body.length}\r\n\r\n`), body]));
const named = (disposition: string): RawScript =>
  answerWith(`${OK}Content-Disposition: ${disposition}\r\nContent-Length: 2\r\n\r\nok`);
const redirect = (location: string): RawScript =>
  answerWith(`HTTP/1.1 302 Found\r\nLocation: ${location}\r\nContent-Length: 0\r\n\r\n`);

const TOO_LARGE = { code: 'ERR_TOO_LARGE', exit: 7 };
const PROTOCOL = { code: 'ERR_PROTOCOL', exit: 7 };
const REDIRECT = { code: 'ERR_REDIRECT', exit: 7 };
const TIMEOUT = { code: 'ERR_TIMEOUT', exit: 4 };
const CONNECT = { code: 'ERR_CONNECT', exit: 4 };
const TRUNCATED = { code: 'ERR_TRUNCATED', exit: 4 };
const SAVED = { code: null, exit: 0 };

const LIMITED = { args: ['--max-size', '1M'], ...TOO_LARGE };
const SHORT_HEAD = { args: ['--headers-timeout', '700ms'], ...TIMEOUT };
const SHORT_IDLE = { args: ['--idle-timeout', '700ms'], ...TIMEOUT };
const DECODED = { args: ['--decode'], ...TOO_LARGE };
const NAMED = { args: ['--content-disposition'], ...SAVED };

const ENDLESS: readonly HostileRow[] = [
  { name: 'a body without length', script: endless(`${OK}\r\n`, PIECE), ...LIMITED },
  {
    name: 'a body of an absurd length',
    script: endless(`${OK}Content-Length: 9000000000000000\r\n\r\n`, PIECE),
    ...LIMITED,
  },
  { name: 'chunks without end', script: endless(CHUNKED, `4000\r\n${PIECE}\r\n`), ...LIMITED },
  { name: 'chunks of one byte', script: endless(CHUNKED, '1\r\nx\r\n'.repeat(2000)), ...LIMITED },
  {
    name: 'a body that is fast, and no limit but time',
    script: endless(`${OK}\r\n`, PIECE, 1),
    args: ['--max-time', '1s'],
    ...TIMEOUT,
  },
  {
    name: 'a body of an error',
    script: endless('HTTP/1.1 404 No\r\n\r\n', PIECE),
    code: 'ERR_STATUS',
    exit: 8,
  },
  {
    name: 'a body of a redirect',
    script: endless('HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\n\r\n', PIECE),
    ...REDIRECT,
  },
  { name: 'fields', script: endless(OK, 'a: b\r\n'.repeat(1000)), ...PROTOCOL },
  { name: 'one field', script: endless(`${OK}X: `, PIECE), ...PROTOCOL },
  { name: 'one name', script: endless(OK, PIECE), ...PROTOCOL },
  { name: 'one reason', script: endless('HTTP/1.1 200 ', PIECE), ...SHORT_HEAD },
  { name: 'empty lines', script: endless('', '\r\n'.repeat(1000)), ...SHORT_HEAD },
  { name: 'trailers', script: endless(`${CHUNKED}5\r\nhello\r\n0\r\n`, `X: ${PIECE}\r\n`), ...PROTOCOL },
  { name: 'an extension of a chunk', script: endless(`${CHUNKED}5;a=`, PIECE), ...SHORT_IDLE },
  { name: '10,000 interim answers', script: interimFlood(10_000), ...PROTOCOL },
  {
    name: 'interim answers',
    script: endless('', 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n'),
    ...PROTOCOL,
  },
  { name: 'redirects', script: leadsOn((round) => `/${round}`), ...REDIRECT },
  {
    name: 'redirects that grow',
    script: leadsOn((round) => `/${round}/${'x'.repeat(2000 * round)}`),
    ...REDIRECT,
  },
  { name: 'redirects to itself', script: redirect('/a'), ...REDIRECT },
];

const SLOW: readonly HostileRow[] = [
  { name: 'one byte a minute, in a body', script: endless(BODY, 'x', 60_000), ...SHORT_IDLE },
  {
    name: 'one byte a minute, in a head',
    script: endless('', (round) => OK.charAt(round), 60_000),
    ...SHORT_HEAD,
  },
  { name: 'a head in drops', script: endless(`${OK}X: `, 'x', 100), ...SHORT_HEAD },
  {
    name: 'a body in drops',
    script: endless(`${OK}\r\n`, 'x', 100),
    args: ['--min-speed', '1k', '--speed-time', '700ms'],
    ...TIMEOUT,
  },
  {
    name: 'interim answers in drops',
    script: endless('', 'HTTP/1.1 102 Processing\r\n\r\n', 100),
    ...SHORT_HEAD,
  },
  { name: 'nothing', script: saysNothing, ...SHORT_HEAD },
  {
    name: 'nothing, in TLS',
    script: saysNothing,
    scheme: 'https',
    args: ['--connect-timeout', '700ms'],
    ...TIMEOUT,
  },
  {
    name: 'nothing, until --deadline',
    script: saysNothing,
    args: ['--deadline', '700ms'],
    code: 'ERR_DEADLINE',
    exit: 13,
  },
  { name: 'a head without its body', script: stallAfter(BODY), ...SHORT_IDLE },
];

const ZEROS = Buffer.alloc(64 * 1_048_576);

const BOMBS: readonly HostileRow[] = [
  { name: 'a gzip bomb of 4 GiB', script: sent(bomb(256), 'Content-Encoding: gzip'), ...DECODED },
  { name: 'a deflate bomb', script: sent(coded(ZEROS, 'deflate'), 'Content-Encoding: deflate'), ...DECODED },
  { name: 'a brotli bomb', script: sent(coded(ZEROS, 'br'), 'Content-Encoding: br'), ...DECODED },
  {
    name: 'a bomb within a bomb',
    script: sent(gzipSync(bomb(256)), 'Content-Encoding: gzip, gzip'),
    ...DECODED,
  },
  { name: 'a bomb that nobody undoes', script: sent(bomb(4), 'Content-Encoding: gzip'), ...SAVED },
];

const NAMES: readonly HostileRow[] = [
  ...[
    '../../up',
    '/etc/cron.d/up',
    '..\\\\..\\\\up',
    'C:\\\\up',
    '....//up',
    '.fetchall',
    '..',
    '.',
    '',
    'CON',
    'a/../../up',
  ].map((name) => ({
    name: `filename="${name}"`,
    script: named(`attachment; filename="${name}"`),
    ...NAMED,
  })),
  {
    name: 'filename* that leads up',
    script: named("attachment; filename*=UTF-8''..%2F..%2Fup%00.txt"),
    ...NAMED,
  },
  {
    name: 'filename* with escapes',
    script: named("attachment; filename*=UTF-8''%1b[2J%e2%80%ae%9b31mup"),
    ...NAMED,
  },
  {
    name: 'a filename of 5,000 letters',
    script: named(`attachment; filename="${'../x'.repeat(1250)}"`),
    ...NAMED,
  },
  { name: 'a path that leads up', path: '/x/%2e%2e%2f%2e%2e%2fup', script: named('inline'), ...SAVED },
  { name: 'a path with escapes', path: '/%1b%5b2J%07%e2%80%aeup', script: named('inline'), ...SAVED },
  {
    name: 'a redirect to a path that leads up',
    script: redirect('/..%2f..%2fup'),
    args: ['--content-disposition', '--max-redirects', '0'],
    ...REDIRECT,
  },
];

const ESCAPES: readonly HostileRow[] = [
  {
    name: 'a reason',
    script: answerWith('HTTP/1.1 404 \x1b[2Jgone\x9b31m\r\nContent-Length: 0\r\n\r\n'),
    code: 'ERR_STATUS',
    exit: 8,
  },
  {
    name: 'the name of a field',
    script: answerWith(`${OK}X\x1b[31m: y\r\nContent-Length: 0\r\n\r\n`),
    ...PROTOCOL,
  },
  {
    name: 'the value of a field',
    script: answerWith(`${OK}Content-Range: \x1b[31mbytes\r\nContent-Length: 0\r\n\r\n`),
    ...PROTOCOL,
  },
  { name: 'a Location', script: redirect('ftp://\xc2\x9b2J\xe2\x80\xae/'), ...REDIRECT },
  { name: 'a Location that is none', script: redirect('/\x1b[2J'), ...PROTOCOL },
  { name: 'what is no HTTP', script: answerWith('\x1b]0;title\x07\x9b2J\r\n'), ...PROTOCOL },
];

const REDIRECTS: readonly HostileRow[] = [
  ...[
    'file:///etc/passwd',
    'ftp://127.0.0.1/a',
    'data:text/plain,evil',
    'javascript:alert(1)',
    'gopher://127.0.0.1/',
    'blob:http://127.0.0.1/a',
    'http://',
    '//',
    'http://[::1',
  ].map((location) => ({ name: location, script: redirect(location), ...REDIRECT })),
];

const RESETS: readonly HostileRow[] = [
  { name: 'before the request', script: (connection) => connection.reset(), ...CONNECT },
  { name: 'before the head', script: resetAfter(''), ...CONNECT },
  { name: 'within the status line', script: resetAfter('HTTP/1.1 2'), ...CONNECT },
  { name: 'after the status line', script: resetAfter(OK), ...CONNECT },
  { name: 'within the head', script: resetAfter(`${OK}Content-Le`), ...CONNECT },
  { name: 'after an interim answer', script: resetAfter('HTTP/1.1 102 Processing\r\n\r\n'), ...CONNECT },
  { name: 'after the head', script: resetAfter(BODY), ...TRUNCATED },
  { name: 'within the body', script: resetAfter(`${BODY}12345`), ...TRUNCATED },
  { name: 'before the last byte', script: resetAfter(`${BODY}123456789`), ...TRUNCATED },
  { name: 'within the size of a chunk', script: resetAfter(`${CHUNKED}5`), ...TRUNCATED },
  { name: 'within a chunk', script: resetAfter(`${CHUNKED}5\r\nhel`), ...TRUNCATED },
  { name: 'after a chunk', script: resetAfter(`${CHUNKED}5\r\nhello\r\n`), ...TRUNCATED },
  { name: 'within the trailers', script: resetAfter(`${CHUNKED}5\r\nhello\r\n0\r\nX: y`), ...TRUNCATED },
  { name: 'at the end of a body without length', script: resetAfter(`${OK}\r\n12345`), ...TRUNCATED },
  { name: 'within a redirect', script: resetAfter('HTTP/1.1 302 Found\r\nLocation: /b'), ...CONNECT },
  { name: 'in TLS', script: (connection) => connection.reset(), scheme: 'https', ...CONNECT },
  {
    name: 'no TLS at all',
    script: noHttp,
    scheme: 'https',
    code: ['ERR_TLS', 'ERR_CONNECT', 'ERR_TIMEOUT'],
    exit: 4,
    args: ['--connect-timeout', '700ms'],
  },
  { name: 'closed at once', script: closesAtOnce, ...CONNECT },
  { name: 'closed at once, in TLS', script: closesAtOnce, scheme: 'https', ...CONNECT },
];

export const HOSTILE_ROWS: Readonly<Record<string, readonly HostileRow[]>> = {
  'what does not end': ENDLESS,
  'what does not come': SLOW,
  bombs: BOMBS,
  'names from servers': NAMES,
  'escapes in': ESCAPES,
  'redirects to': REDIRECTS,
  'resets and ends': RESETS,
};
