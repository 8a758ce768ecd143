// What of a host name its owner has registered: the one place that knows the list of public suffixes.

import { getDomain } from 'tldts';

/**
 * `example.co.uk` of `www.example.co.uk`. Users of a site that gives names away (`alice.github.io`) own theirs.
 *
 * @returns the host itself where nothing is registered: an address, `localhost`, a suffix
 */
export function registrableDomain(hostname: string): string {
  return getDomain(hostname, { allowPrivateDomains: true }) ?? hostname;
}
