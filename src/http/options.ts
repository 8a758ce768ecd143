// The options of the HTTP room.

import { duration, flag, integer, type Option, type Resolved, size, text } from '../model/option.js';

/** Field names that frame a message or that fetchall answers for itself (RFC 9110 6.4, 7.8, 14). */
const OURS = new Set([
  'connection',
  'content-length',
  'expect',
  'if-range',
  'keep-alive',
  'range',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const FIELD_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Name and value; an empty value takes a field out that would be sent otherwise, as in curl. */
export type HeaderOption = readonly [name: string, value: string];

function readHeader(written: string): HeaderOption {
  const colon = written.indexOf(':');
  if (colon < 1) throw new RangeError("give a field as 'Name: value'");
  return checkHeader(written.slice(0, colon).trim(), written.slice(colon + 1).trim());
}

function checkHeader(name: string, value: string): HeaderOption {
  if (!TOKEN.test(name)) throw new RangeError(`${JSON.stringify(name)} is no field name`);
  if (!FIELD_VALUE.test(value))
    throw new RangeError('a field value holds no line breaks, controls or non-latin1 letters');
  if (OURS.has(name.toLowerCase())) throw new RangeError(`${name} is set by fetchall itself`);
  return [name, value];
}

function headerFields(
  help: string,
): Option<readonly HeaderOption[], string | readonly string[] | Record<string, string>> {
  return {
    default: [],
    defaultText: 'none',
    help,
    value: "'K: V'",
    alias: 'H',
    repeatable: true,
    read(written) {
      if (typeof written === 'string') return [readHeader(written)];
      if (Array.isArray(written)) return written.map((field) => readHeader(String(field)));
      if (typeof written === 'object' && written !== null) {
        return Object.entries(written).map(([name, value]) => checkHeader(name, String(value).trim()));
      }
      throw new RangeError("give fields as 'Name: value'");
    },
  };
}

export const httpOptions = {
  /**
   * Longest time for a connection to stand, TLS included.
   * @default '10s'
   */
  connectTimeout: duration(10_000, { min: 1 }, 'longest time for connecting'),
  /**
   * Longest time from the request to the head of the response.
   * @default '30s'
   */
  headersTimeout: duration(30_000, { min: 1 }, 'longest wait for the first byte'),
  /**
   * Longest silence while a body arrives.
   * @default '30s'
   */
  idleTimeout: duration(30_000, { min: 1 }, 'longest silence while a body arrives'),
  /**
   * Largest body accepted, in bytes: as received, and with `decode` as stored too.
   * @default none
   */
  maxSize: size(null, { min: 0, max: Number.MAX_SAFE_INTEGER }, 'refuse bodies larger than this', {
    defaultText: 'none',
  }),
  /**
   * Ask for coded bodies (gzip, deflate, br; zstd where Node has it) and undo their coding on the way to disk; without it
   * a body is stored as sent. One that is larger than 10 MiB and 200 times what was sent is ERR_TOO_LARGE.
   * @default false
   */
  decode: flag('undo gzip, deflate, br and zstd on the way to disk'),
  /**
   * Redirects followed for one URL.
   * @default 20
   */
  maxRedirects: integer(20, { min: 0, max: 100 }, 'redirects followed for one URL'),
  /**
   * Fields sent with every request: `'Name: value'`, a list of these, or an object. Fields that carry secrets are
   * dropped when a redirect leaves the origin.
   * @default []
   */
  header: headerFields('a field for every request; may be repeated'),
  /**
   * Who we say we are.
   * @default 'fetchall/VERSION'
   */
  userAgent: text(null, 'NAME', 'who we say we are', {
    alias: 'A',
    defaultText: 'fetchall/VERSION',
    allowed: {
      test: (written) => FIELD_VALUE.test(written),
      says: 'a user agent holds no line breaks or controls',
    },
  }),
  /**
   * Do not check the certificates of servers.
   * @default false
   */
  insecure: flag('do not check certificates', { alias: 'k' }),
  /**
   * Speak HTTP/2 with https origins that offer it: many requests at once over one or two connections, of each event loop (`workers`).
   * `perHost` counts requests: more than 64 at a time want a number there. Others are asked over HTTP/1.1. Not with `warc`: an archive keeps the heads of HTTP/1.1. Nothing to `fetch` and `transport`.
   * @default false
   */
  http2: flag('speak HTTP/2 where an https server offers it'),
  /**
   * Let a redirect lead from https to http.
   * @default false
   */
  allowDowngrade: flag('let a redirect lead from https to http'),
  /**
   * Ask public addresses only: private, loopback, link-local (metadata services), shared and reserved ones are refused with
   * ERR_BLOCKED when the connection is made, after the name is resolved, on every hop. With `fetch` or `transport` only
   * addresses that stand in the URL can be judged, and `localhost`; names are resolved out of our sight.
   * @default false
   */
  denyPrivate: flag('refuse addresses that are not public: private, loopback, link-local'),
  /**
   * Let a redirect lead from a public address to one that is not. `denyPrivate` outranks it. With `fetch` or `transport` a
   * name counts as public, except `localhost`, and a redirect is refused only to addresses that stand in the URL.
   * @default false
   */
  allowPrivateRedirects: flag('let a redirect lead from a public to a private address'),
};

export type HttpOptions = Resolved<typeof httpOptions>;
