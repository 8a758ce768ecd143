// When two URLs are one: the key under which the frontier knows a URL. It changes nothing that a server could tell apart,
// so it is also the URL that is asked for.

const ESCAPE = /%[\da-f]{2}/gi;

/**
 * The WHATWG normal form (which drops a default port and resolves dots), without fragment, percent escapes in upper case
 * (RFC 3986 6.2.2.1). Order of a query, trailing slashes, `www.` and escapes of plain letters stay: they may mean something.
 *
 * @param url absolute, http or https
 * @returns null for what is no such URL
 */
export function urlKey(url: string | URL): string | null {
  const parsed = typeof url === 'string' ? parseUrl(url) : new URL(url);
  if (parsed === null || (parsed.protocol !== 'http:' && parsed.protocol !== 'https:')) return null;
  parsed.hash = '';
  // `hash = ''` takes the `#` too; an empty query keeps its `?`, which is another URL to a server.
  const { href } = parsed;
  return href.includes('%') ? href.replace(ESCAPE, (octet) => octet.toUpperCase()) : href;
}

/** @param base absolute; resolves what is relative. @returns null where the text is no URL */
export function parseUrl(text: string, base?: string | URL): URL | null {
  try {
    return new URL(text, base);
  } catch {
    return null;
  }
}
