// Which part of a representation a response carries.

export interface ContentRange {
  readonly unit: string;
  /** First and last byte, inclusive; both null where no range could be satisfied: only the total is told. */
  readonly start: number | null;
  readonly end: number | null;
  /** Bytes of the whole; null where it is not known (`*`). */
  readonly total: number | null;
}

const RANGE = /^([!#$%&'*+.^_`|~0-9a-z-]+)[ \t]+(?:(\d+)-(\d+)|\*)\/(\d+|\*)$/i;

/**
 * Reads a Content-Range field (RFC 9110 14.4): `bytes 0-499/1234`, with a star for a range or a total that is not told.
 *
 * @returns null for what is none of these, or contradicts itself
 */
export function parseContentRange(header: string | null | undefined): ContentRange | null {
  const [, unit, first, last, whole] = RANGE.exec(header?.trim() ?? '') ?? [];
  if (unit === undefined) return null;
  const start = numberOf(first);
  const end = numberOf(last);
  const total = numberOf(whole);
  if ([start, end, total].some((number) => number !== null && !Number.isSafeInteger(number))) return null;
  if (start === null || end === null) {
    return total === null ? null : { unit: unit.toLowerCase(), start: null, end: null, total };
  }
  if (end < start || (total !== null && end >= total)) return null;
  return { unit: unit.toLowerCase(), start, end, total };
}

function numberOf(digits: string | undefined): number | null {
  return digits === undefined || digits === '*' ? null : Number(digits);
}
