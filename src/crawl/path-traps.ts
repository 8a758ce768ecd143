// Traps that a path shows by itself.

import type { TrapOptions } from './trap-options.js';

/** Longest run of segments that is looked for as one. */
const LONGEST_CYCLE = 4;
const NUMBER = /^\d+$/;

/** @returns why it is one; null for none */
export function findGrowing(url: URL, { mostLength, mostSegments }: TrapOptions): string | null {
  const { length } = url.href.split('#', 1)[0] ?? '';
  if (length > mostLength) return `${length} characters, more than ${mostLength}`;
  const segments = segmentsOf(url).length;
  return segments > mostSegments ? `${segments} path segments, more than ${mostSegments}` : null;
}

/** @returns why it is one; null for none */
export function findRepeating(url: URL, options: TrapOptions): string | null {
  const segments = segmentsOf(url);
  return findCycle(segments, options) ?? findRepeated(segments, options.mostRepeated);
}

function findCycle(
  segments: readonly string[],
  { mostRepeats, mostNumberRepeats }: TrapOptions,
): string | null {
  for (let size = 1; size <= LONGEST_CYCLE; size++) {
    let same = 0;
    for (let at = size; at < segments.length; at++) {
      same = segments[at] === segments[at - size] ? same + 1 : 0;
      // What is shorter than the fewest repeats is no cycle, whatever it is made of.
      if (same < size * mostRepeats) continue;
      const cycle = segments.slice(at - size + 1, at + 1);
      // Alone a segment may well come thrice; numbers are parts of a version or of the place of a tile.
      const most = cycle.every((segment) => NUMBER.test(segment))
        ? mostNumberRepeats
        : mostRepeats + Number(size === 1);
      if (same >= size * most) return `/${cycle.join('/')} more than ${most} times in a row`;
    }
  }
  return null;
}

/** A page that leads to `x/` and to `y/` is a tree without end, which no cycle shows. */
function findRepeated(segments: readonly string[], most: number): string | null {
  const words = segments.filter((segment) => segment !== '' && !NUMBER.test(segment));
  const repeated = words.length - new Set(words).size;
  return repeated > most ? `${repeated} segments that were in the path before, more than ${most}` : null;
}

/** A slash at the end begins no segment. */
export function segmentsOf({ pathname }: URL): string[] {
  return pathname.replace(/^\/|\/$/g, '').split('/');
}
