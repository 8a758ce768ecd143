// One line of a text list, or one Source of a library user: understood, or a bad line that says why.

import { FetchallError } from '../model/errors.js';
import type { Checksum, ChecksumAlgorithm, Entry, Source } from '../model/source.js';
import { maskCredentials } from './mask-credentials.js';

/** The longest line that is read, in UTF-16 code units. */
export const LONGEST_LINE = 65_536;

/** So much of a line that is too long is shown. */
const SHOWN_OF_LONG_LINE = 200;
const SHOWN_OF_WORD = 60;

/** Hexadecimal digits of each checksum: RFC 1321, RFC 6234. */
const HEX_DIGITS: Readonly<Record<ChecksumAlgorithm, number>> = {
  md5: 32,
  sha1: 40,
  sha256: 64,
  sha512: 128,
};
const ATTRIBUTES = 'name=file.bin and one of sha256=HEX, md5=HEX, sha1=HEX, sha512=HEX';
const EXPECTED_URL = 'give an absolute URL, such as https://host/file.bin';

/**
 * Understands a line: a URL, then, separated by white space, `name=file.bin` (percent-decoded) and one checksum.
 *
 * @param line its number in the list, from 1; null when it stands in none
 * @returns null for a blank line and for a comment (`#`); a bad line never throws
 */
export function parseListLine(text: string, line: number | null): Entry | null {
  if (text.length > LONGEST_LINE) return longLine(text, line);
  const trimmed = text.trim();
  if (trimmed === '' || trimmed.startsWith('#')) return null;
  const [url = '', ...words] = trimmed.split(/\s+/);
  try {
    checkUrl(url);
    return words.length === 0 ? { url, line } : { url, ...readAttributes(words), line };
  } catch (error) {
    return badLine(error, maskCredentials(trimmed, !isHttpUrl(url) || words.some(mayEndPassword)), line);
  }
}

/**
 * Holds a Source that a library user made to the same rules as a line; its name is taken as it is, not percent-decoded.
 *
 * @param line stands for `source.line` where that is absent
 * @returns a copy with the checksum in lower case; a bad one never throws
 */
export function checkSource(source: Source, line: number | null = null): Entry {
  const given: unknown = source;
  if (typeof given !== 'object' || given === null || !('url' in given) || typeof given.url !== 'string') {
    const kind = given === null ? 'null' : typeof given;
    return badLine(problem(`not a source; give a string or { url: 'https://host/file.bin' }`), kind, line);
  }
  const url = source.url.trim();
  const place = source.line === undefined ? line : source.line;
  try {
    checkUrl(url);
    const name = source.name === undefined ? {} : { name: checkName(source.name) };
    const checksum = source.checksum === undefined ? {} : { checksum: checkChecksum(source.checksum) };
    return { url, ...name, ...checksum, line: place };
  } catch (error) {
    return badLine(error, maskCredentials(url, !isHttpUrl(url)).slice(0, LONGEST_LINE), place);
  }
}

function isHttpUrl(text: string): boolean {
  return /^https?:/i.test(text) && !hasNoHost(text) && URL.canParse(text);
}

/** WHATWG takes the path's first segment for the host of `http:///file`: whoever wrote that left something out. */
function hasNoHost(url: string): boolean {
  return /^https?:[/\\]*(?:[?#]|$)|^https?:[/\\]{3}/i.test(url);
}

function checkUrl(url: string): void {
  if (isHttpUrl(url)) return;
  if (url.includes('\0'))
    throw problem('the line holds NUL bytes; a list is text in UTF-8 (not UTF-16, not binary)');
  const scheme = /^([a-z][a-z0-9+.-]{0,30}):\/\//i.exec(url)?.[1]?.toLowerCase();
  if (scheme === undefined && !/^https?:/i.test(url)) throw problem(`not a URL; ${EXPECTED_URL}`);
  if (scheme !== undefined && !/^https?$/.test(scheme)) {
    throw problem(`the scheme ${scheme} is not supported; give an http or https URL`);
  }
  if (hasNoHost(url)) throw problem(`the URL names no host; ${EXPECTED_URL}`);
  throw problem(`the URL is not valid (look at its host and port); ${EXPECTED_URL}`);
}

function readAttributes(words: readonly string[]): Pick<Source, 'name' | 'checksum'> {
  let name: string | undefined;
  let checksum: Checksum | undefined;
  for (const word of words) {
    const [, key = '', value = ''] = /^([^=]*)=(.*)$/.exec(word) ?? [];
    if (key === 'name') {
      if (name !== undefined) throw problem('name= is given twice; give it once');
      name = decodeName(value);
    } else if (isAlgorithm(key)) {
      if (checksum !== undefined) throw problem('two checksums are given; give one');
      checksum = checkChecksum({ algorithm: key, hex: value });
    } else {
      throw problem(`${show(word)} is not understood; after the URL may come ${ATTRIBUTES}`);
    }
  }
  return { ...(name === undefined ? {} : { name }), ...(checksum === undefined ? {} : { checksum }) };
}

function decodeName(written: string): string {
  try {
    return checkName(decodeURIComponent(written));
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
    throw problem(`name=${show(written)} is not percent-encoded UTF-8; write %25 for a percent sign`);
  }
}

function checkName(name: unknown): string {
  if (typeof name !== 'string' || name === '')
    throw problem('the name is empty; give a file name, such as name=file.bin');
  return name;
}

function isAlgorithm(key: unknown): key is ChecksumAlgorithm {
  return typeof key === 'string' && Object.hasOwn(HEX_DIGITS, key);
}

function checkChecksum(checksum: Checksum): Checksum {
  const { algorithm, hex }: { algorithm?: unknown; hex?: unknown } = checksum ?? {};
  if (!isAlgorithm(algorithm))
    throw problem(`the checksum's algorithm is not one of ${Object.keys(HEX_DIGITS).join(', ')}`);
  const digits = HEX_DIGITS[algorithm];
  if (typeof hex !== 'string' || hex.length !== digits || !/^[0-9a-f]*$/i.test(hex)) {
    const length =
      typeof hex === 'string' && hex.length !== digits ? ` (there are ${hex.length} characters)` : '';
    throw problem(`${algorithm} takes ${digits} hexadecimal digits${length}`);
  }
  return { algorithm, hex: hex.toLowerCase() };
}

/** An `@` after the first white space: the URL may have been cut in the middle of a password that holds a space. */
function mayEndPassword(word: string): boolean {
  return word.includes('@') && !word.startsWith('name=');
}

function show(word: string): string {
  const at = word.lastIndexOf('@');
  const safe = at === -1 ? word : `***${word.slice(at)}`;
  return JSON.stringify(safe.length > SHOWN_OF_WORD ? `${safe.slice(0, SHOWN_OF_WORD)}...` : safe);
}

function problem(message: string): FetchallError {
  return new FetchallError('ERR_INPUT', message);
}

function longLine(text: string, line: number | null): Entry {
  // Masked before it is cut: the cut may fall between a password and its @.
  const masked = maskCredentials(text.trimStart(), true);
  const begin = masked.slice(0, SHOWN_OF_LONG_LINE);
  // No more than the scheme when the authority does not end here: it may be a password whose @ was cut off.
  const [shown] = /^[^:\s]*:[/\\]*(?=[^/\\?#]*$)/.exec(begin) ?? [begin];
  const message = `the line is longer than ${LONGEST_LINE / 1024} KiB; a list holds a URL a line`;
  return badLine(problem(message), `${shown}...`, line);
}

function badLine(error: unknown, text: string, line: number | null): Entry {
  if (!(error instanceof FetchallError)) throw error;
  return { error, text, line };
}
