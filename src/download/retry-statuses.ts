// Which statuses are tried again: a list that users may write themselves.

import type { Option } from '../model/option.js';

/** Statuses that pass by themselves; 520 to 524 are what content networks answer for an origin in trouble. */
export const PASSING: readonly number[] = [408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524];

const ALLOWED = 'give statuses from 400 to 599, ranges or classes, such as 429,503, 520-524 or 5xx, or none';

/** `4xx` or `5xx`; `503`; `520-524`. @throws RangeError for anything else */
function statusesOf(written: string): number[] {
  const [, hundred] = /^([45])xx$/i.exec(written) ?? [];
  if (hundred !== undefined) return upTo(Number(hundred) * 100, Number(hundred) * 100 + 99);
  const [, first, last = first] = /^([45]\d\d)(?:-([45]\d\d))?$/.exec(written) ?? [];
  if (first === undefined || Number(last) < Number(first)) throw new RangeError(ALLOWED);
  return upTo(Number(first), Number(last));
}

function upTo(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, at) => first + at);
}

export function retryStatuses(
  help: string,
): Option<readonly number[], string | number | readonly (string | number)[]> {
  return {
    default: PASSING,
    defaultText: '408,425,429,500,502-504,520-524',
    help,
    value: '4xx,...',
    read(written) {
      const words = Array.isArray(written) ? written.map(String) : String(written).split(',');
      if (words.length === 1 && words[0]?.trim() === 'none') return [];
      return [...new Set(words.flatMap((word) => statusesOf(word.trim())))].sort((one, other) => one - other);
    },
  };
}
