// What a request names a resource by.

/**
 * Path and query as they are sent (origin-form, RFC 9112 3.2.1). A query that is empty is one (RFC 3986 6.2.3): `/x?` and `/x`
 * may be two things to a server; only `search` makes no difference between them.
 */
export function requestTarget({ pathname, search, href }: URL): string {
  if (search !== '' || !href.includes('?')) return pathname + search;
  const [beforeFragment = ''] = href.split('#', 1);
  return beforeFragment.endsWith('?') ? `${pathname}?` : pathname;
}
