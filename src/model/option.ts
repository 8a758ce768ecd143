// The kit from which each room makes its table of options. A table entry is the only declaration of an option: the
// flag, the library's type, the resolved value, `--help` and the manual are derived from it.

import { UsageError } from './errors.js';

/** One option. `Out` is what the code works with, `In` what a caller may write. */
export interface Option<Out, In> {
  readonly default: Out;
  readonly help: string;
  /** Placeholder in `--help`; absent for a switch. */
  readonly value?: string;
  /** One-letter flag. */
  readonly alias?: string;
  /** May be given several times. */
  readonly repeatable?: boolean;
  /** What `--help` shows as default where the value itself says too little. */
  readonly defaultText?: string;
  /** Turns what was written into the value, or throws a RangeError whose message says what is allowed. */
  read(written: unknown): Out;
  /** Never present: carries the type of what a caller may write. */
  readonly accepts?: In;
}

export type OptionTable = Readonly<Record<string, Option<unknown, unknown>>>;

/** What a caller may pass for a table. */
export type OptionsFor<Table extends OptionTable> = {
  [Key in keyof Table]?: Table[Key] extends Option<unknown, infer In> ? In | undefined : never;
};

/** What the code works with: every option present. */
export type Resolved<Table extends OptionTable> = {
  readonly [Key in keyof Table]: Table[Key] extends Option<infer Out, unknown> ? Out : never;
};

interface Extras {
  readonly alias?: string;
  readonly defaultText?: string;
}

const SIZE = /^(\d+(?:\.\d+)?)\s*(?:([kmgt])(i?b)?|b)?$/i;
const TIME = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)$/i;
const POWERS = ['k', 'm', 'g', 't'];
const MILLISECONDS: Readonly<Record<string, number>> = { ms: 1, s: 1e3, m: 6e4, h: 36e5, d: 864e5 };

/** `64k`, `64KiB` = 65,536; `64kB` = 64,000; a plain number is bytes. NaN when it is none of these. */
export function parseSize(written: unknown): number {
  if (typeof written === 'number') return written;
  const match = typeof written === 'string' ? SIZE.exec(written.trim()) : null;
  if (match === null) return Number.NaN;
  const [, digits, prefix, suffix] = match;
  const base = suffix?.toLowerCase() === 'b' ? 1000 : 1024;
  const power = prefix === undefined ? 0 : POWERS.indexOf(prefix.toLowerCase()) + 1;
  return Math.round(Number(digits) * base ** power);
}

/** `250ms`, `2s`, `1.5m`, `1h`, `1d` in ms; a number is ms; the string `0` needs no unit. NaN when it is none of these. */
export function parseDuration(written: unknown): number {
  if (typeof written === 'number') return written;
  if (typeof written !== 'string') return Number.NaN;
  if (written.trim() === '0') return 0;
  const match = TIME.exec(written.trim());
  return match === null
    ? Number.NaN
    : Number(match[1]) * (MILLISECONDS[match[2]?.toLowerCase() ?? ''] ?? Number.NaN);
}

export function flag(help: string, extras: Extras & { default?: boolean } = {}): Option<boolean, boolean> {
  return {
    default: false,
    help,
    ...extras,
    read(written) {
      if (typeof written !== 'boolean')
        throw new RangeError('it is a switch and takes no value (true or false)');
      return written;
    },
  };
}

export function integer<Default extends number | null>(
  value: Default,
  range: { min: number; max: number },
  help: string,
  extras: Extras = {},
): Option<number | Default, number | string> {
  return {
    default: value,
    help,
    value: 'N',
    ...extras,
    read(written) {
      const number = typeof written === 'string' && /^\d+$/.test(written.trim()) ? Number(written) : written;
      if (
        typeof number !== 'number' ||
        !Number.isInteger(number) ||
        number < range.min ||
        number > range.max
      ) {
        throw new RangeError(`give a whole number from ${range.min} to ${range.max}`);
      }
      return number;
    },
  };
}

/** A whole number, or `auto`: the run finds it. */
export function integerOrAuto<Default extends 'auto' | null>(
  value: Default,
  range: { min: number; max: number },
  help: string,
  extras: Extras = {},
): Option<number | 'auto' | Default, number | string> {
  const { read } = integer(null, range, help);
  return {
    default: value,
    help,
    value: 'N|auto',
    ...extras,
    read(written) {
      if (written === 'auto') return written;
      try {
        return read(written) ?? value;
      } catch (error) {
        throw error instanceof RangeError ? new RangeError(`${error.message}, or auto`) : error;
      }
    },
  };
}

export function size<Default extends number | null>(
  value: Default,
  range: { min: number; max: number },
  help: string,
  extras: Extras = {},
): Option<number | Default, number | string> {
  return {
    default: value,
    help,
    value: 'SIZE',
    ...extras,
    read(written) {
      const bytes = parseSize(written);
      if (!Number.isInteger(bytes) || bytes < range.min || bytes > range.max) {
        throw new RangeError(
          `give a size from ${range.min} to ${range.max} bytes, such as 4096, 64k or 1MiB`,
        );
      }
      return bytes;
    },
  };
}

/** The longest time that a timer of Node can wait, in ms. */
const LONGEST = 2 ** 31 - 1;

export function duration<Default extends number | null>(
  value: Default,
  range: { min: number },
  help: string,
  extras: Extras = {},
): Option<number | Default, number | string> {
  return {
    default: value,
    help,
    value: 'TIME',
    ...(value === null ? {} : { defaultText: `${value / 1000}s` }),
    ...extras,
    read(written) {
      const milliseconds = parseDuration(written);
      if (!(milliseconds >= range.min && milliseconds <= LONGEST)) {
        const atLeast = range.min > 0 ? `of at least ${range.min}ms ` : '';
        throw new RangeError(`give a time ${atLeast}with its unit, such as 500ms, 10s or 2m (24d at most)`);
      }
      return milliseconds;
    },
  };
}

export function choice<const Choice extends string>(
  value: NoInfer<Choice>,
  choices: readonly Choice[],
  help: string,
  extras: Extras = {},
): Option<Choice, Choice> {
  return {
    default: value,
    help,
    value: choices.join('|'),
    ...extras,
    read(written) {
      const found = choices.find((candidate) => candidate === written);
      if (found === undefined) throw new RangeError(`give one of ${choices.join(', ')}`);
      return found;
    },
  };
}

export function text<Default extends string | null>(
  value: Default,
  placeholder: string,
  help: string,
  extras: Extras & { allowed?: { test(written: string): boolean; says: string } } = {},
): Option<string | Default, string> {
  const { allowed, ...shown } = extras;
  return {
    default: value,
    help,
    value: placeholder,
    ...shown,
    read(written) {
      if (typeof written !== 'string' || written === '') throw new RangeError(`give a ${placeholder}`);
      if (allowed !== undefined && !allowed.test(written)) throw new RangeError(allowed.says);
      return written;
    },
  };
}

/**
 * Checks what was written against a table and fills in the defaults: once, at the edge.
 *
 * @param spell how the caller writes an option's name, for the error message
 * @throws UsageError that names the option, the value and what is allowed
 */
export function resolveOptions<Table extends OptionTable>(
  table: Table,
  written: OptionsFor<Table>,
  spell: (key: string) => string = (key) => key,
): Resolved<Table> {
  const resolved: Record<string, unknown> = {};
  for (const [key, option] of Object.entries(table)) {
    const value: unknown = written[key];
    resolved[key] = value === undefined ? option.default : readOption(option, value, spell(key));
  }
  return Object.freeze(resolved) as Resolved<Table>;
}

function readOption(option: Option<unknown, unknown>, written: unknown, name: string): unknown {
  try {
    return option.read(written);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new UsageError(
      `${name}: ${JSON.stringify(written) ?? String(written)} is not allowed; ${error.message}`,
      name,
    );
  }
}

/** `connectTimeout` as it is typed on the command line: `--connect-timeout`. */
export function flagName(key: string): string {
  return `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
