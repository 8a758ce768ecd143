// Where a redirect leads, or why it is refused. Pure.

import { FetchallError } from '../model/errors.js';
import { asUtf8, fieldValue } from './header-fields.js';
import type { ResponseHead } from './transport.js';

/** RFC 9110 15.4: the statuses whose Location is followed. For a GET they all mean a GET. */
const FOLLOWED = new Set([301, 302, 303, 307, 308]);

export interface RedirectPolicy {
  readonly maxRedirects: number;
  readonly allowDowngrade: boolean;
  /** Redirects are handed on like any other response. */
  readonly keepsRedirects?: boolean | undefined;
}

/**
 * @param visited the URLs asked for so far, `head.url` the last of them
 * @returns the next URL, may hold user and password; null when the response is no redirect
 * @throws FetchallError ERR_REDIRECT (no or odd Location, loop, too many), ERR_BLOCKED (https to http)
 */
export function redirectTarget(
  head: ResponseHead,
  visited: readonly string[],
  policy: RedirectPolicy,
): URL | null {
  if (!FOLLOWED.has(head.status) || policy.keepsRedirects === true) return null;
  const location = fieldValue(head.headers, 'location');
  if (location === null) {
    throw new FetchallError('ERR_REDIRECT', `the server answered ${head.status} without a Location`);
  }
  const target = resolve(location, head.url);
  if (visited.includes(withoutCredentials(target))) {
    throw new FetchallError(
      'ERR_REDIRECT',
      `the redirects go in a circle, back to ${withoutCredentials(target)}`,
    );
  }
  if (visited.length > policy.maxRedirects) {
    throw new FetchallError(
      'ERR_REDIRECT',
      `more than ${policy.maxRedirects} redirects; --max-redirects allows more`,
    );
  }
  if (head.url.protocol === 'https:' && target.protocol === 'http:' && !policy.allowDowngrade) {
    throw new FetchallError(
      'ERR_BLOCKED',
      `redirect from https to ${withoutCredentials(target)} refused; --allow-downgrade allows it`,
    );
  }
  return target;
}

function resolve(location: string, base: URL): URL {
  const written = asUtf8(location).trim();
  let target: URL;
  try {
    target = new URL(written, base);
  } catch {
    // What stands before an @ may be a password; the cause would show it too.
    const shown = written.slice(written.lastIndexOf('@') + 1).slice(0, 200);
    throw new FetchallError('ERR_REDIRECT', `redirect to something that is no URL: ${JSON.stringify(shown)}`);
  }
  if (target.protocol !== 'http:' && target.protocol !== 'https:') {
    throw new FetchallError('ERR_REDIRECT', `redirect to ${target.protocol}, which is not http or https`);
  }
  target.hash = '';
  return target;
}

function withoutCredentials(url: URL): string {
  if (url.username === '' && url.password === '') return url.href;
  const shown = new URL(url);
  shown.username = '';
  shown.password = '';
  return shown.href;
}
