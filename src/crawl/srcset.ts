// The URLs of a srcset: https://html.spec.whatwg.org/multipage/images.html#parsing-a-srcset-attribute

import type { Place } from './place.js';

const SPACE = /[ \t\n\f\r]/;
const SEPARATORS = /[ \t\n\f\r,]*/y;
const NO_SPACE = /[^ \t\n\f\r]*/y;
/** https://html.spec.whatwg.org/multipage/common-microsyntaxes.html#valid-floating-point-number */
const NUMBER = /^-?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;

/** In their order. What a browser drops for a bad descriptor, or for none of it, is left out. */
export function srcsetPlaces(value: string): Place[] {
  const places: Place[] = [];
  for (let at = matchEnd(SEPARATORS, value, 0); at < value.length; at = matchEnd(SEPARATORS, value, at)) {
    const start = at;
    const wordEnd = matchEnd(NO_SPACE, value, at);
    let end = wordEnd;
    // Commas within a URL are its own, those at its end are not.
    while (end > start && value[end - 1] === ',') end--;
    const [descriptors, after] = end < wordEnd ? [[], wordEnd] : readDescriptors(value, wordEnd);
    at = after;
    if (isValid(descriptors)) places.push({ url: value.slice(start, end), start, end });
  }
  return places;
}

/** Up to a comma that is in no parentheses. */
function readDescriptors(value: string, from: number): [descriptors: string[], after: number] {
  const descriptors: string[] = [];
  let word = '';
  let inParentheses = false;
  let at = from;
  for (; at < value.length; at++) {
    const character = value[at] ?? '';
    if (!inParentheses && character === ',') break;
    if (!inParentheses && SPACE.test(character)) {
      descriptors.push(word);
      word = '';
    } else {
      if (character === '(') inParentheses = true;
      else if (character === ')') inParentheses = false;
      word += character;
    }
  }
  return [[...descriptors, word].filter((text) => text !== ''), at];
}

function isValid(descriptors: readonly string[]): boolean {
  const kinds = descriptors.map(kindOf);
  const count = (kind: string): number => kinds.filter((other) => other === kind).length;
  if (count('bad') > 0 || count('w') > 1 || count('x') > 1 || count('h') > 1) return false;
  if (count('x') > 0 && kinds.length > 1) return false;
  return count('h') === 0 || count('w') === 1;
}

function kindOf(descriptor: string): 'w' | 'h' | 'x' | 'bad' {
  const number = descriptor.slice(0, -1);
  const unit = descriptor.at(-1);
  if (unit === 'w' || unit === 'h') return /^\d+$/.test(number) && Number(number) > 0 ? unit : 'bad';
  return unit === 'x' && NUMBER.test(number) && Number(number) >= 0 ? 'x' : 'bad';
}

function matchEnd(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  pattern.test(text);
  return pattern.lastIndex;
}
