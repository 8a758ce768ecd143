// A raw server of one file in two versions, A and B, whose answers go wrong in every way that a row of the fault matrix
// asks for.

import { coded } from './coded-body.js';
import type { RawScript } from './raw-server.js';

export type VersionName = 'A' | 'B';

/** Which validators a response has. `date` is a Last-Modified long before Date, `young` one that is too close to it. */
export type ValidatorKind = 'strong' | 'weak' | 'date' | 'young' | 'dateless' | 'both' | 'weak+date' | 'none';

/** What is wrong with a 206; `careless` answers so whatever If-Range says. */
export type RangeManner =
  | 'honoured'
  | 'ignored'
  | 'careless'
  | 'start before'
  | 'start behind'
  | 'other total'
  | 'other unit'
  | 'unknown total'
  | 'no field'
  | 'field twice'
  | 'garbage'
  | 'multipart'
  | 'other length'
  | 'other etag'
  | 'no etag'
  | 'short'
  | '416 other total'
  | '416 without total';

export interface Answer {
  readonly version?: VersionName;
  readonly validators?: ValidatorKind;
  readonly range?: RangeManner;
  /** Bytes of the body after which the connection ends, or falls silent, or drips; -1: before the head. */
  readonly cut?: number;
  readonly how?: 'closed' | 'reset' | 'silent' | 'dripping';
  readonly framing?: 'length' | 'chunked' | 'close';
  /** Content codings of the body, as coded-body knows them. */
  readonly coding?: string;
  /** What is wrong with the coded body: it lacks its last bytes, or some of it is another's. */
  readonly damage?: 'short' | 'broken';
  /** In place of the version. */
  readonly body?: Uint8Array;
  /** In place of all: these bytes, and the end of the connection. */
  readonly raw?: string;
  /** In place of all that: a status without a body. */
  readonly status?: number;
  /** Further lines of the head. */
  readonly fields?: readonly string[];
}

/** What the server saw of a request. */
export interface SeenRange {
  readonly range: string | null;
  readonly ifRange: string | null;
  readonly head: string;
}

const LAST_MODIFIED = { A: 'Thu, 01 Jan 2026 00:00:00 GMT', B: 'Fri, 02 Jan 2026 00:00:00 GMT' };
const DATE = 'Sat, 03 Jan 2026 00:00:00 GMT';
const YOUNG = { A: 'Fri, 02 Jan 2026 23:59:30 GMT', B: 'Fri, 02 Jan 2026 23:59:40 GMT' };

/** No two places of the two versions have the same byte. */
export function contentOf(version: VersionName, size: number): Buffer {
  const shift = version === 'A' ? 0 : 128;
  return Buffer.from(Uint8Array.from({ length: size }, (_, at) => (at * 31 + (at >> 8) + shift) % 256));
}

export function validatorFields(version: VersionName, kind: ValidatorKind): Record<string, string> {
  switch (kind) {
    case 'strong':
      return { ETag: `"${version}"` };
    case 'weak':
      return { ETag: `W/"${version}"` };
    case 'date':
      return { 'Last-Modified': LAST_MODIFIED[version], Date: DATE };
    case 'young':
      return { 'Last-Modified': YOUNG[version], Date: DATE };
    case 'dateless':
      return { 'Last-Modified': LAST_MODIFIED[version] };
    case 'both':
      return { ETag: `"${version}"`, 'Last-Modified': LAST_MODIFIED[version], Date: DATE };
    case 'weak+date':
      return { ETag: `W/"${version}"`, 'Last-Modified': LAST_MODIFIED[version], Date: DATE };
    case 'none':
      return {};
  }
}

/**
 * Answers request k by the k-th answer, and all that follow by the last.
 *
 * @param untilRead resolves when the client has got so many bytes of bodies: a reset throws away what it has not read
 */
export function versionServer(
  size: number,
  answers: readonly Answer[],
  seen: SeenRange[],
  untilRead: (bytes: number) => Promise<void>,
): RawScript {
  let sent = 0;
  return async (connection) => {
    for (;;) {
      const head = await connection.request();
      const field = (name: string) => new RegExp(`^${name}: (.*)\r$`, 'im').exec(head)?.[1] ?? null;
      const request = { range: field('range'), ifRange: field('if-range'), head };
      const answer = answers[Math.min(seen.length, answers.length - 1)] ?? {};
      seen.push(request);
      if (answer.raw !== undefined) {
        await connection.send(answer.raw);
        return connection.end();
      }
      if (answer.cut === -1) {
        if (answer.how === 'silent') return;
        if (answer.how === 'reset') await connection.reset();
        else connection.end();
        return;
      }
      const { bytes, isCut } = respond(size, answer, request);
      sent += answer.cut ?? 0;
      await connection.send(bytes);
      if (!isCut && answer.framing !== 'close') continue;
      if (isCut && answer.how === 'silent') return;
      // Until the client leaves.
      while (isCut && answer.how === 'dripping') {
        await connection.wait(20);
        await connection.send('x');
      }
      if (answer.how !== 'reset') return connection.end();
      await untilRead(sent);
      return await connection.reset();
    }
  };
}

function respond(size: number, answer: Answer, request: SeenRange): { bytes: Buffer; isCut: boolean } {
  const { version = 'A', validators = 'strong', range = 'honoured' } = answer;
  if (answer.status !== undefined) {
    const lines = [`HTTP/1.1 ${answer.status} Status`, 'Content-Length: 0', ...(answer.fields ?? [])];
    return { bytes: Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), isCut: false };
  }
  const own = validatorFields(version, validators);
  const { ifRange } = request;
  const start = Number(/^bytes=(\d+)-$/.exec(request.range ?? '')?.[1] ?? Number.NaN);
  const isSame = ifRange === null || ifRange === own.ETag || ifRange === own['Last-Modified'];
  const isPart = !Number.isNaN(start) && range !== 'ignored' && (isSame || range !== 'honoured');
  const content = bodyOf(answer, contentOf(version, size));
  if (isPart && (start >= content.length || range.startsWith('416')))
    return unsatisfied(content.length, range, own);
  if (!isPart) return framed('200 OK', own, [], content, answer);
  return framed('206 Partial Content', ...rest(content, start, range, own), answer);
}

function bodyOf({ body, coding = '', damage }: Answer, content: Buffer): Buffer {
  const bytes = coded(body ?? content, coding);
  if (damage === 'short') return bytes.subarray(0, -20);
  if (damage === 'broken') bytes.fill(0xff, 100, 200);
  return bytes;
}

function unsatisfied(size: number, range: RangeManner, own: Record<string, string>) {
  const total = range === '416 other total' ? size + 1 : size;
  const field = range === '416 without total' ? {} : { 'Content-Range': `bytes */${total}` };
  return framed('416 Range Not Satisfiable', { ...own, ...field }, [], Buffer.alloc(0), {});
}

/** @returns the fields, further lines, and the body of a 206 */
function rest(
  content: Buffer,
  start: number,
  range: RangeManner,
  own: Record<string, string>,
): [Record<string, string>, string[], Buffer] {
  const total = content.length;
  const first = start + (range === 'start before' ? -1 : range === 'start behind' ? 1 : 0);
  const end = range === 'short' ? Math.min(start + 999, total - 1) : total - 1;
  const body = content.subarray(first, end + 1);
  const field = `bytes ${first}-${end}/${total}`;
  const { ETag: _, ...noEtag } = own;
  switch (range) {
    case 'other total':
      return [{ ...own, 'Content-Range': `bytes ${first}-${end}/${total + 1}` }, [], body];
    case 'other unit':
      return [{ ...own, 'Content-Range': field.replace('bytes', 'lines') }, [], body];
    case 'unknown total':
      return [{ ...own, 'Content-Range': field.replace(/\d+$/, '*') }, [], body];
    case 'no field':
      return [own, [], body];
    case 'field twice':
      return [{ ...own, 'Content-Range': field }, [`Content-Range: bytes 0-1/${total}`], body];
    case 'garbage':
      return [{ ...own, 'Content-Range': 'bytes from here to there' }, [], body];
    case 'multipart': {
      const part = `--x\r\nContent-Range: ${field}\r\n\r\n${body.toString('latin1')}\r\n--x--\r\n`;
      const type = { 'Content-Type': 'multipart/byteranges; boundary=x' };
      return [{ ...own, ...type }, [], Buffer.from(part, 'latin1')];
    }
    case 'other length':
      return [{ ...own, 'Content-Range': field }, [], body.subarray(1)];
    case 'other etag':
      return [{ ...own, ETag: '"C"', 'Content-Range': field }, [], body];
    case 'no etag':
      return [{ ...noEtag, 'Content-Range': field }, [], body];
    default:
      return [{ ...own, 'Content-Range': field }, [], body];
  }
}

function framed(
  status: string,
  own: Record<string, string>,
  fields: readonly string[],
  body: Buffer,
  { framing = 'length', cut, coding, fields: further = [] }: Answer,
): { bytes: Buffer; isCut: boolean } {
  const lines = [`HTTP/1.1 ${status}`, ...Object.entries(own).map(([name, value]) => `${name}: ${value}`)];
  if (framing === 'length') lines.push(`Content-Length: ${body.length}`);
  else lines.push(framing === 'chunked' ? 'Transfer-Encoding: chunked' : 'Connection: close');
  if (coding !== undefined) lines.push(`Content-Encoding: ${coding.replace('raw ', '')}`);
  const head = Buffer.from(`${[...lines, ...fields, ...further].join('\r\n')}\r\n\r\n`, 'latin1');
  const isCut = cut !== undefined && cut < body.length;
  const sent = isCut ? body.subarray(0, cut) : body;
  if (framing !== 'chunked') return { bytes: Buffer.concat([head, sent]), isCut };
  const size = Buffer.from(`${sent.length.toString(16)}\r\n`);
  const last = Buffer.from(isCut ? '' : '\r\n0\r\n\r\n');
  return { bytes: Buffer.concat([head, ...(sent.length > 0 ? [size, sent] : []), last]), isCut };
}
