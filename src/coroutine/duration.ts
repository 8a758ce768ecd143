// Lengths of time as callers write them.

/** A number of ms, or a string with its unit: `500ms`, `2s`, `1.5m`, `1h`, `1d`; the string `0` needs none. */
export type Duration = number | string;

const WRITTEN = /^(-?\d+(?:\.\d+)?)\s*(ms|s|m|h|d)$/i;
const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1e3, m: 6e4, h: 36e5, d: 864e5 };

/** @returns the length in ms; negative and infinite ones are the caller's to judge. @throws RangeError */
export function readDuration(written: Duration): number {
  if (typeof written === 'number' && !Number.isNaN(written)) return written;
  if (typeof written === 'string' && written.trim() === '0') return 0;
  const [, digits, unit] = (typeof written === 'string' && WRITTEN.exec(written.trim())) || [];
  const scale = UNITS[unit?.toLowerCase() ?? ''];
  if (scale === undefined) {
    throw new RangeError(
      `${String(written)} is no length of time; give ms, or a unit as in 500ms, 2s, 1.5m, 1h`,
    );
  }
  return Number(digits) * scale;
}
