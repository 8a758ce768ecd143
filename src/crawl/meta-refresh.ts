// Where `<meta http-equiv="refresh">` or a Refresh field leads:
// https://html.spec.whatwg.org/multipage/semantics.html#shared-declarative-refresh-steps

import type { Link } from './link.js';
import type { Place } from './place.js';
import { parseUrl } from './url-key.js';

/** The time, and what separates it from the rest. */
const TIME = /^[ \t\n\f\r]*(?:\d[\d.]*|\.[\d.]*)(?:[ \t\n\f\r]*[;,][ \t\n\f\r]*|[ \t\n\f\r]+|$)/;
const NAME = /^url[ \t\n\f\r]*=[ \t\n\f\r]*/i;

/** @param value of the Refresh field, null for none @param base the URL of the response */
export function refreshLinks(value: string | null, base: string | URL): Link[] {
  const written = value === null ? null : refreshPlace(value);
  const url = written === null ? null : parseUrl(written.url, base);
  if (url === null || !/^https?:$/.test(url.protocol)) return [];
  return [{ url: url.href, tag: 'meta', attribute: 'header', kind: 'page', nofollow: false }];
}

/** @returns null for a page that only loads itself again, or for what browsers do not understand */
export function refreshPlace(content: string): Place | null {
  const time = TIME.exec(content)?.[0];
  if (time === undefined || time.length === content.length) return null;
  let start = time.length;
  start += NAME.exec(content.slice(start))?.[0].length ?? 0;
  const quote = content[start];
  let end = content.length;
  if (quote === '"' || quote === "'") {
    start++;
    const close = content.indexOf(quote, start);
    if (close !== -1) end = close;
  }
  return { url: content.slice(start, end), start, end };
}
