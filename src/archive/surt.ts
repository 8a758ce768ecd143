// A URL as a sort key (SURT): the host from its last label on, so that what belongs together stands together.

/** An address has no labels. */
const ADDRESS = /^(?:\d+\.){3}\d+$|^\[/;

/**
 * Scheme, user, fragment and a leading `www.` are no part of it, letters are small, parameters are sorted: replay finds a page
 * under each of its spellings. `https://www.example.org/A?c&b` is `org,example)/a?b&c`. What is no http URL stays as it is.
 */
export function surt(url: string): string {
  if (!/^https?:/i.test(url) || !URL.canParse(url)) return url;
  const { hostname, port, pathname, search } = new URL(url.toLowerCase());
  const host = ADDRESS.test(hostname)
    ? hostname
    : hostname
        .replace(/^www\d*\.(?=.)/, '')
        .split('.')
        .reverse()
        .join(',');
  const query = search.length > 1 ? `?${search.slice(1).split('&').sort().join('&')}` : '';
  return `${host}${port === '' ? '' : `:${port}`})${pathname}${query}`;
}
