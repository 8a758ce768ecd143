// What verifying a folder has found, as text.

import { formatBytes, formatCount, formatNumber } from './format.js';

export interface VerifiedLine {
  readonly file: string;
  readonly state: string;
  readonly size: number;
  readonly found: number | null;
}

/** `short  a.bin  1,024 B of 4,096 B`. */
export function verifiedLine({ file, state, size, found }: VerifiedLine): string {
  if (found === null) return `${state}  ${file}  ${formatBytes(size)} were saved`;
  if (found === size) return `${state}  ${file}  the checksum is another`;
  return `${state}  ${file}  ${formatBytes(found)} of ${formatBytes(size)}`;
}

export interface VerifiedCounts {
  readonly intact: number;
  readonly unhashed: number;
  readonly missing: number;
  readonly short: number;
  readonly changed: number;
}

export function verifiedSummary({ intact, unhashed, missing, short, changed }: VerifiedCounts): string {
  const files = formatCount(intact + unhashed + missing + short + changed, 'file');
  const bySize = unhashed === 0 ? '' : ` (${formatNumber(unhashed)} by size only: no checksum is on record)`;
  const wrong = [missing, short, changed].map(formatNumber);
  return `${files}: ${formatNumber(intact + unhashed)} intact${bySize}, ${wrong[0]} missing, ${wrong[1]} short, ${wrong[2]} changed\n`;
}
