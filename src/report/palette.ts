// Colour, modestly: only what says how a URL ended.

import type { TextStream } from './text-stream.js';

export interface Palette {
  good(text: string): string;
  doubtful(text: string): string;
  bad(text: string): string;
}

const unchanged = (text: string): string => text;

export const PLAIN: Palette = { good: unchanged, doubtful: unchanged, bad: unchanged };

export const COLOURED: Palette = {
  good: (text) => `\x1b[32m${text}\x1b[39m`,
  doubtful: (text) => `\x1b[33m${text}\x1b[39m`,
  bad: (text) => `\x1b[31m${text}\x1b[39m`,
};

/** The variables that matter here: NO_COLOR (no-color.org: set and not empty) and TERM. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A terminal that understands escape sequences; `dumb` is what editors and CI shells call themselves. */
export function isTerminal(stream: TextStream, environment: Environment): boolean {
  return stream.isTTY === true && environment['TERM'] !== 'dumb';
}

export function choosePalette(stream: TextStream, wanted: boolean, environment: Environment): Palette {
  const refused = (environment['NO_COLOR'] ?? '') !== '';
  return wanted && !refused && isTerminal(stream, environment) ? COLOURED : PLAIN;
}
