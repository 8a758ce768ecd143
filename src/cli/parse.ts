// What was typed, understood as far as words go. Nothing is done yet.

import yargs, { type Options } from 'yargs';
import { crawlOptions } from '../crawl/options.js';
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
    }
  | {
      readonly kind: 'crawl';
      readonly seeds: readonly string[];
      readonly written: Readonly<Record<string, unknown>>;
    }
  | {
      readonly kind: 'why';
      readonly folder: string;
      readonly url: string;
      readonly written: Readonly<Record<string, unknown>>;
    }
  | {
      readonly kind: 'retry' | 'status' | 'verify';
      /** The out folder; null where none is named. */
      readonly folder: string | null;
      readonly written: Readonly<Record<string, unknown>>;
    };

const FOLDER_COMMANDS = ['retry', 'status', 'verify'] as const;

/** What else the commands take that fetch nothing. */
const FOR_FOLDERS = new Set(['out', 'json', 'quiet', 'verbose', 'color']);

const USAGE = `Usage: fetchall [url | list | -] ...

Gets every URL onto your disk. A list holds a URL a line; without a source, urls.txt is taken.

  fetchall urls.txt --out dir       fetchall urls.txt --sequential
  fetchall urls.txt --compare       cat urls.txt | fetchall - --json

  fetchall crawl URL ... --out dir  follow the links of a site

Commands, for a folder that fetchall has written to:

  fetchall status DIR               what it holds, what failed, how a run stands
  fetchall retry DIR                fetch what failed once more
  fetchall verify DIR               read all files, and name what is missing, short or changed
  fetchall why DIR URL              what became of a URL in a crawl, and why`;

const TABLES: readonly (readonly [heading: string, table: OptionTable])[] = [
  ['Downloads:', downloadOptions],
  ['Crawls:', crawlOptions],
  ['Output:', reportOptions],
];

/** The short flags of all that is no switch. */
const SHORT_FLAGS = new Set(
  TABLES.flatMap(([, table]) => Object.values(table))
    .filter(({ value }) => value !== undefined)
    .map(({ alias }) => `-${alias ?? ''}`),
);

/** Every switch, as it may be typed. */
const SWITCHES = new Set(
  TABLES.flatMap(([, table]) => Object.entries(table))
    .filter(([, { value }]) => value === undefined)
    .flatMap(([key, option]) => [`--${typed(key, option)}`, `-${option.alias ?? ''}`]),
);

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
      'boolean-negation': false,
    })
    .wrap(100)
    .version(VERSION)
    .help()
    .alias('h', 'help')
    .epilogue('Sizes: 4096, 64k, 1MiB. Times: 500ms, 10s, 2m. Exit codes and all the rest: README.md')
    .fail((message: string | null, error) => {
      throw message === null ? error : new UsageError(inOurWords(message));
    });
  for (const [heading, table] of TABLES) {
    for (const [key, option] of Object.entries(table))
      parser.option(typed(key, option), toFlag(option, heading));
  }
  checkWords(argv);
  let printed = '';
  const parsed = parser.parseSync([...argv], {}, (_error: unknown, _parsed: unknown, output: string) => {
    printed = output;
  });
  // The kinds of value that yargs adds to each line say less than the placeholders do.
  if (printed !== '')
    return { kind: 'print', text: `${printed.replace(/ +\[(?:string|boolean)\]$/gm, '')}\n` };
  const sources = parsed._.map(String);
  const [first] = sources;
  // yargs takes only the last word for it.
  if (first === 'help') return parseArguments(['--help']);
  const written = writtenOptions(parsed);
  if (first === 'crawl' && sources.length === 1)
    throw new UsageError('crawl takes the pages to begin with; a list of that name is reached as ./crawl');
  if (first === 'crawl') return { kind: 'crawl', seeds: sources.slice(1), written };
  refuse(written, (key) => key in crawlOptions, 'only a crawl takes');
  if (first === 'why') return whyCommand(sources.slice(1), written);
  const command = FOLDER_COMMANDS.find((name) => name === first);
  if (command !== undefined) return folderCommand(command, sources.slice(1), written);
  return { kind: 'download', sources, written };
}

function folderCommand(
  kind: (typeof FOLDER_COMMANDS)[number],
  folders: readonly string[],
  written: Readonly<Record<string, unknown>>,
): Command {
  const [folder = null, second] = folders;
  if (second !== undefined) throw new UsageError(`${kind} takes one folder, not ${folders.length}`);
  if (folder !== null && written['out'] !== undefined)
    throw new UsageError(`${kind}: the folder is named twice: ${folder} and --out ${String(written['out'])}`);
  if (kind !== 'retry') refuse(written, (key) => !FOR_FOLDERS.has(key), `${kind} does not take`);
  return { kind, folder, written };
}

function whyCommand(words: readonly string[], written: Readonly<Record<string, unknown>>): Command {
  const [folder, url] = words;
  if (folder === undefined || url === undefined || words.length > 2)
    throw new UsageError('why takes a folder and a URL; a list of that name is reached as ./why');
  refuse(written, (key) => key === 'out' || !FOR_FOLDERS.has(key), 'why does not take');
  return { kind: 'why', folder, url, written };
}

function refuse(
  written: Readonly<Record<string, unknown>>,
  isForeign: (key: string) => boolean,
  says: string,
): void {
  const foreign = Object.keys(written).find(isForeign);
  if (foreign !== undefined) throw new UsageError(`${says} ${flagName(foreign)}`, flagName(foreign));
}

/** yargs takes any value of a switch for true or false, and finds an option `-=` in `-c=`. */
function checkWords(argv: readonly string[]): void {
  const end = argv.indexOf('--');
  for (const word of end === -1 ? argv : argv.slice(0, end)) {
    const [, name = '', value] = /^(--?[^=]+)=(.*)$/s.exec(word) ?? [];
    if (value === '' && SHORT_FLAGS.has(name)) throw new UsageError(needsValue(name), name);
    if (value === '' && /^-[^-]$/.test(name) && !SWITCHES.has(name)) throw new UsageError(noSuchOption(name));
    if (!SWITCHES.has(name)) continue;
    throw new UsageError(
      `${name}: ${JSON.stringify(value)} is not allowed; it is a switch and takes no value`,
      name,
    );
  }
}

/** yargs knows what is wrong, but not how it was typed. */
function inOurWords(message: string): string {
  const [, problem, names = ''] =
    /^(Unknown argument|Not enough arguments following)s?: (.+)$/.exec(message) ?? [];
  if (problem === undefined) return `${message}; fetchall --help shows what there is`;
  const flags = names.split(', ').map((name) => (name.length === 1 ? `-${name}` : `--${name}`));
  if (problem === 'Unknown argument') return noSuchOption(flags.join(', '));
  return needsValue(flags.join(', '));
}

function noSuchOption(flags: string): string {
  return `no such option: ${flags}; fetchall --help shows what there is`;
}

function needsValue(flags: string): string {
  return `${flags} needs a value; fetchall --help shows which`;
}

/** The flag without its dashes; what is on by default is typed to turn it off: `no-color`. */
function typed(key: string, option: Option<unknown, unknown>): string {
  const name = flagName(key).slice(2);
  return option.default === true ? `no-${name}` : name;
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
    describe: `${option.default === true ? 'no ' : ''}${isSwitch ? '' : `${value}: `}${help}${shown === undefined ? '' : ` [${shown}]`}`,
  };
}

/** By key of the tables; of an option that was given several times the last, unless it gathers. */
function writtenOptions(parsed: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const written: Record<string, unknown> = {};
  for (const [, table] of TABLES) {
    for (const [key, option] of Object.entries(table)) {
      const given: unknown = parsed[typed(key, option)];
      if (given === undefined) continue;
      const value: unknown = Array.isArray(given) && option.repeatable !== true ? given.at(-1) : given;
      written[key] = option.default === true ? !value : value;
    }
  }
  return written;
}
