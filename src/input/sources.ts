// What a caller may give as sources, opened and turned into one lazy sequence of entries.

import { FetchallError, messageOf, UsageError } from '../model/errors.js';
import type { Entry, Source } from '../model/source.js';
import { EntrySequence } from './entry-sequence.js';
import { splitLines } from './lines.js';
import { checkSource, parseListLine } from './list-line.js';
import { openList } from './open-list.js';

/**
 * A string is a source of the command line: an http(s) URL, the path of a list file, or `-` for standard input. In an
 * iterable, a string is a line of a list, and `line` counts the items from 1.
 */
export type Sources = string | Iterable<string | Source> | AsyncIterable<string | Source>;

/** Standard input, or whatever stands for it; it is destroyed, where it can be, when reading it ends early. */
export type ByteStream = AsyncIterable<Uint8Array> & { destroy?: () => unknown };

/** One source, opened. `name` stands in messages. */
interface OpenedList {
  readonly name: string;
  blocks(): AsyncIterable<Uint8Array>;
  close(): Promise<void>;
}

type Opened = Entry | OpenedList;

const STDIN = '-';

/** Says whether an argument of the command line is meant for a URL, right or wrong, and not for a path. */
export function looksLikeUrl(argument: string): boolean {
  return /^\s*(?:[a-z][a-z0-9+.-]*:\/\/|https?:)/i.test(argument);
}

/**
 * Opens what the library was given. Nothing of an iterable is asked for yet.
 *
 * @param stdin what `-` reads; null where there is no standard input
 * @throws FetchallError ERR_DISK for a list that cannot be opened; UsageError for what is no source at all
 */
export async function openSources(sources: Sources, stdin: ByteStream | null): Promise<EntrySequence> {
  if (typeof sources === 'string') return openArguments([sources], stdin);
  if (!isIterable(sources))
    throw new UsageError('sources: give a string, or an iterable of strings and sources');
  return new EntrySequence(readItems(sources), async () => {});
}

/**
 * Opens all sources of a command line before any is read; when one cannot be opened, the others are closed again.
 * Reading is lazy: one list at a time, and never more than one block (64 KiB) of it ahead.
 *
 * The iteration throws FetchallError ERR_DISK when a list fails while it is read.
 *
 * @param stdin what `-` reads; null where there is no standard input
 * @throws FetchallError ERR_DISK for a list that cannot be opened; UsageError for a wrong use of `-`
 */
export async function openArguments(
  given: readonly string[],
  stdin: ByteStream | null,
): Promise<EntrySequence> {
  if (given.includes(''))
    throw new UsageError('a source is empty; give a URL, the path of a list, or - for standard input');
  if (given.filter((argument) => argument === STDIN).length > 1) {
    throw new UsageError('standard input (-) can be read only once; give - once');
  }
  const opened: Opened[] = [];
  try {
    for (const argument of given) {
      const source = await openArgument(argument, stdin);
      if (source !== null) opened.push(source);
    }
  } catch (error) {
    await closeAll(opened);
    throw error;
  }
  return new EntrySequence(readOpened(opened), () => closeAll(opened));
}

async function openArgument(argument: string, stdin: ByteStream | null): Promise<Opened | null> {
  if (looksLikeUrl(argument)) return parseListLine(argument, null);
  if (argument !== STDIN) {
    const list = await openList(argument);
    return { name: argument, blocks: () => list.blocks(), close: () => list.close() };
  }
  if (stdin === null)
    throw new UsageError('-: there is no standard input here; give a URL or the path of a list');
  return {
    name: 'standard input',
    blocks: () => stdin,
    async close() {
      stdin.destroy?.();
    },
  };
}

async function* readItems(items: Exclude<Sources, string>): AsyncGenerator<Entry[], void, void> {
  let place = 0;
  for await (const item of items) {
    place++;
    const entry = typeof item === 'string' ? parseListLine(item, place) : checkSource(item, place);
    if (entry !== null) yield [entry];
  }
}

async function* readOpened(opened: readonly Opened[]): AsyncGenerator<Iterable<Entry>, void, void> {
  for (const source of opened) {
    if (isList(source)) yield* readList(source);
    else yield [source];
  }
}

async function* readList(list: OpenedList): AsyncGenerator<Iterable<Entry>, void, void> {
  let before = 0;
  try {
    for await (const lines of splitLines(list.blocks())) {
      yield readLines(lines, before);
      before += lines.length;
    }
  } catch (cause) {
    const message = `${list.name}: reading the list failed after line ${before} (${messageOf(cause)})`;
    throw new FetchallError('ERR_DISK', message, { cause });
  } finally {
    await list.close();
  }
}

/** @param before lines of the list before these */
function* readLines(lines: readonly string[], before: number): Generator<Entry, void, void> {
  for (const [index, text] of lines.entries()) {
    const entry = parseListLine(text, before + index + 1);
    if (entry !== null) yield entry;
  }
}

function isList(source: Opened): source is OpenedList {
  return 'blocks' in source;
}

function isIterable(sources: unknown): boolean {
  return (
    typeof sources === 'object' &&
    sources !== null &&
    (Symbol.iterator in sources || Symbol.asyncIterator in sources)
  );
}

async function closeAll(opened: readonly Opened[]): Promise<void> {
  await Promise.all(opened.filter(isList).map((list) => list.close()));
}
