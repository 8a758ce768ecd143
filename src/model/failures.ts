// Failures counted by what they were and whose.

import type { ErrorCode } from './errors.js';

/** Hosts beyond this are counted together: their number is the server's choice, not ours. */
const MOST_HOSTS = 1000;
export const OTHER_HOSTS = 'other hosts';

export class Failures {
  readonly codes = new Map<string, number>();
  readonly hosts = new Map<string, number>();

  /** @param url null for a line that was none */
  add(code: ErrorCode, url: string | null): void {
    count(this.codes, code);
    const host = url !== null && URL.canParse(url) ? new URL(url).host : null;
    if (host === null) return;
    count(this.hosts, this.hosts.has(host) || this.hosts.size < MOST_HOSTS ? host : OTHER_HOSTS);
  }
}

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
