// Stretches of a file. Lists of them are in order, and no two touch.

/** From byte `start` up to, not including, byte `end`. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** The same bytes, in order, each once. */
export function merged(ranges: readonly ByteRange[]): ByteRange[] {
  const inOrder = ranges.filter(({ start, end }) => start < end).sort((a, b) => a.start - b.start);
  const list: ByteRange[] = [];
  for (const range of inOrder) {
    const last = list.at(-1);
    if (last === undefined || range.start > last.end) list.push(range);
    else list[list.length - 1] = { start: last.start, end: Math.max(last.end, range.end) };
  }
  return list;
}

/** What is missing from the first `total` bytes. */
export function missingFrom(ranges: readonly ByteRange[], total: number): ByteRange[] {
  const missing: ByteRange[] = [];
  let at = 0;
  for (const { start, end } of [...clipped(ranges, total), { start: total, end: total }]) {
    if (start > at) missing.push({ start: at, end: start });
    at = end;
  }
  return missing;
}

/** What of them lies within the first `size` bytes. */
export function clipped(ranges: readonly ByteRange[], size: number): ByteRange[] {
  return merged(ranges.map(({ start, end }) => ({ start, end: Math.min(end, size) })));
}

export function sizeOf(ranges: readonly ByteRange[]): number {
  return merged(ranges).reduce((sum, { start, end }) => sum + end - start, 0);
}

/** How many bytes are there from the first on without a gap. */
export function prefixOf(ranges: readonly ByteRange[]): number {
  const first = merged(ranges)[0];
  return first?.start === 0 ? first.end : 0;
}

/** As it is kept: `0-1000,3000-4000`. */
export function rangesText(ranges: readonly ByteRange[]): string {
  return merged(ranges)
    .map(({ start, end }) => `${start}-${end}`)
    .join(',');
}

/** @returns none at all for what {@link rangesText} has not written: less may be known than is there, never more */
export function readRanges(text: string): ByteRange[] {
  const ranges: ByteRange[] = [];
  for (const part of text.split(',')) {
    const [, from, to] = /^(\d{1,16})-(\d{1,16})$/.exec(part) ?? [];
    ranges.push({ start: Number(from), end: Number(to) });
  }
  return rangesText(ranges) === text ? merged(ranges) : [];
}
