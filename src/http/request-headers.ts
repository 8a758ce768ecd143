// The fields of one request, hop by hop: secrets go to the origin that they were given for, and to no other.

import type { Credentials } from '../model/job.js';
import type { HeaderOption } from './options.js';

/** Names that carry a secret, by the words that they are made of. */
const SENSITIVE =
  /(^|[-_])(auth|authtoken|accesstoken|sessionid|authorization|authentication|cookie2?|credentials?|key|apikey|password|secret|session|signature|token)([-_]|$)/i;

export function isSensitive(name: string): boolean {
  return SENSITIVE.test(name);
}

export interface RequestFields {
  readonly header: readonly HeaderOption[];
  readonly userAgent: string;
  /** Ours beyond the usual ones. */
  readonly fields?: readonly HeaderOption[];
  /** What is said of content codings; `identity` where nothing is. */
  readonly acceptEncoding?: string | undefined;
  /** Those for this very hop's origin, or null. */
  readonly credentials: Credentials | null;
  /** The origin that the user's sensitive fields are for. */
  readonly origin: string;
}

/** `user:password` for RFC 7617, as UTF-8. */
export function basicAuthorization({ user, password }: Credentials): string {
  return `Basic ${Buffer.from(`${user}:${password}`, 'utf8').toString('base64')}`;
}

/**
 * Name, value, name, value ... for a GET to `url`. The user's own fields replace ours of the same name; an empty one
 * takes ours out. Bodies are asked for as they are stored, unless they are decoded on their way: so that length and checksum speak of
 * the file.
 */
export function requestHeaders(url: URL, fields: RequestFields): string[] {
  const headers = ['user-agent', fields.userAgent, 'accept', '*/*'];
  headers.push('accept-encoding', fields.acceptEncoding ?? 'identity');
  if (fields.credentials !== null) headers.push('authorization', basicAuthorization(fields.credentials));
  for (const [name, value] of fields.fields ?? []) headers.push(name, value);
  return fields.header.length === 0
    ? headers
    : withTheirs(headers, fields.header, url.origin === fields.origin);
}

/** What of the user's own fields an origin gets that they were not given for; that one of ours is left out is no secret. */
export function withoutSecrets(header: readonly HeaderOption[]): readonly HeaderOption[] {
  return header.filter(
    ([name, value]) => value === '' || !(isSensitive(name) || name.toLowerCase() === 'host'),
  );
}

function withTheirs(ours: readonly string[], header: readonly HeaderOption[], sameOrigin: boolean): string[] {
  const theirs = sameOrigin ? header : withoutSecrets(header);
  const replaced = new Set(theirs.map(([name]) => name.toLowerCase()));
  const headers: string[] = [];
  for (let at = 0; at < ours.length; at += 2) {
    const [name = '', value = ''] = ours.slice(at, at + 2);
    if (!replaced.has(name)) headers.push(name, value);
  }
  for (const [name, value] of theirs) if (value !== '') headers.push(name, value);
  return headers;
}

/** Takes user and password out of a URL. @returns them percent-decoded, or null when there are none */
export function takeCredentials(url: URL): Credentials | null {
  if (url.username === '' && url.password === '') return null;
  const credentials = { user: percentDecoded(url.username), password: percentDecoded(url.password) };
  url.username = '';
  url.password = '';
  return credentials;
}

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a broken sequence is taken as it stands
  }
}
