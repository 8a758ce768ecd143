// What was typed, understood as far as words go. Nothing is done yet.

import yargs, { type Options } from 'yargs';
import { UsageError } from '../model/errors.js';
import { flagName, type Option, type OptionTable } from '../model/option.js';
import { VERSION } from '../model/version.js';
import { reportOptions } from '../report/options.js';
import { downloadOptions } from '../run/options.js';

export type Command =
  | { readonly kind: 'print'; readonly text: string }
  | {
      readonly kind: 'download';
      readonly sources: readonly string[];
      /** By option key; only what was typed. */
      readonly written: Readonly<Record<string, unknown>>;
    };

/** Words that will be commands: a list of this name is reached as `./crawl`. */
const RESERVED = new Set(['crawl', 'retry', 'status', 'verify', 'why']);

const USAGE = `Usage: fetchall [url | list | -] ...

Gets every URL onto your disk. A list holds a URL a line; without a source, urls.txt is taken.

  fetchall urls.txt --out dir       fetchall urls.txt --sequential
  fetchall urls.txt --compare       cat urls.txt | fetchall - --json`;

const TABLES: readonly (readonly [heading: string, table: OptionTable])[] = [
  ['Downloads:', downloadOptions],
  ['Output:', reportOptions],
];

/** @throws UsageError for words that mean nothing here */
export function parseArguments(argv: readonly string[]): Command {
  const parser = yargs()
    .scriptName('fetchall')
    .usage(USAGE)
    .exitProcess(false)
    .strictOptions()
    .parserConfiguration({
      'camel-case-expansion': false,
      'parse-positional-numbers': false,
      'greedy-arrays': false,
    })
    .wrap(100)
    .version(VERSION)
    .help()
    .alias('h', 'help')
    .epilogue('Sizes: 4096, 64k, 1MiB. Times: 500ms, 10s, 2m. Exit codes and all the rest: README.md')
    .fail((message, error) => {
      throw error ?? new UsageError(`${message}; fetchall --help shows what there is`);
    });
  for (const [heading, table] of TABLES) {
    for (const [key, option] of Object.entries(table))
      parser.option(flagName(key).slice(2), toFlag(option, heading));
  }
  let printed = '';
  const parsed = parser.parseSync([...argv], {}, (_error: unknown, _parsed: unknown, output: string) => {
    printed = output;
  });
  if (printed !== '') return { kind: 'print', text: `${printed}\n` };
  const sources = parsed._.map(String);
  const [first] = sources;
  if (first !== undefined && RESERVED.has(first)) {
    throw new UsageError(
      `the command ${first} is not built yet; a list of that name is reached as ./${first}`,
    );
  }
  return { kind: 'download', sources, written: writtenOptions(parsed) };
}

function toFlag(option: Option<unknown, unknown>, group: string): Options {
  const { alias, help, value } = option;
  const isSwitch = value === undefined;
  const shown = option.defaultText ?? (isSwitch ? undefined : String(option.default));
  return {
    ...(alias === undefined ? {} : { alias }),
    ...(isSwitch ? {} : { requiresArg: true }),
    type: isSwitch ? 'boolean' : 'string',
    group,
    describe: `${isSwitch ? '' : `${value}  `}${help}${shown === undefined ? '' : ` [${shown}]`}`,
  };
}

/** By key of the tables; of an option that was given several times the last, unless it gathers. */
function writtenOptions(parsed: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const written: Record<string, unknown> = {};
  for (const [, table] of TABLES) {
    for (const [key, option] of Object.entries(table)) {
      const value = parsed[flagName(key).slice(2)];
      if (value === undefined) continue;
      written[key] = Array.isArray(value) && option.repeatable !== true ? value.at(-1) : value;
    }
  }
  return written;
}
