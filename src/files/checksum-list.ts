// A file of checksums, as sha256sum and its kin write it: GNU and BSD lines, by file name.

import { readFile } from 'node:fs/promises';
import { FetchallError } from '../model/errors.js';
import type { Checksum, ChecksumAlgorithm } from '../model/source.js';
import { diskError } from './disk-errors.js';
import { safeName } from './safe-name.js';

export interface ChecksumEntry {
  /** The path as it stands in the list, unescaped. */
  readonly path: string;
  readonly checksum: Checksum;
}

const BY_DIGITS = new Map<number, ChecksumAlgorithm>([
  [32, 'md5'],
  [40, 'sha1'],
  [64, 'sha256'],
  [128, 'sha512'],
]);
const BY_TAG = new Map<string, ChecksumAlgorithm>([
  ['MD5', 'md5'],
  ['SHA1', 'sha1'],
  ['SHA256', 'sha256'],
  ['SHA512', 'sha512'],
  ['SHA2-256', 'sha256'],
  ['SHA2-512', 'sha512'],
]);

/** `HEX  name`, `HEX *name`; a backslash in front says that the name is escaped. */
const GNU = /^(\\?)([0-9a-f]+) [ *](.+)$/is;
/** `SHA256 (name) = HEX`. */
const BSD = /^(\\?)([A-Z0-9-]+) \((.+)\) = ([0-9a-f]+)$/is;

/** @returns null for a line that is neither of the forms */
export function parseChecksumLine(line: string): ChecksumEntry | null {
  const [, escaped, hex, name] = GNU.exec(line) ?? [];
  if (hex !== undefined && name !== undefined) {
    return toEntry(BY_DIGITS.get(hex.length), hex, name, escaped);
  }
  const [, escapedTag, tag = '', tagged, digits] = BSD.exec(line) ?? [];
  if (tagged === undefined || digits === undefined) return null;
  const algorithm = BY_TAG.get(tag.toUpperCase());
  if (BY_DIGITS.get(digits.length) !== algorithm) return null;
  return toEntry(algorithm, digits, tagged, escapedTag);
}

function toEntry(
  algorithm: ChecksumAlgorithm | undefined,
  hex: string,
  name: string,
  escaped: string | undefined,
): ChecksumEntry | null {
  const path = escaped === '\\' ? unescaped(name) : name;
  if (algorithm === undefined || path === null) return null;
  return { path, checksum: { algorithm, hex: hex.toLowerCase() } };
}

/** GNU writes a backslash, a line feed and a carriage return so. @returns null for any other escape */
function unescaped(name: string): string | null {
  if (/\\(?![\\nr])/.test(name.replace(/\\\\/g, ''))) return null;
  return name.replace(/\\([\\nr])/g, (_, what: string) => ({ n: '\n', r: '\r' })[what] ?? '\\');
}

/** Finds the checksum for a file by its name; of several with one name, the one whose folders fit the URL's best. */
export class ChecksumList {
  readonly #byName = new Map<string, ChecksumEntry[]>();

  add(entry: ChecksumEntry): void {
    const name = safeName(entry.path.split('/').at(-1) ?? '');
    const same = this.#byName.get(name);
    if (same === undefined) this.#byName.set(name, [entry]);
    else same.push(entry);
  }

  /**
   * @param name the wanted name, made safe
   * @param url where it comes from
   * @returns null when the list does not have it, or has several that fit equally well and differ
   */
  find(name: string, url: URL): Checksum | null {
    const entries = this.#byName.get(name) ?? [];
    const folders = foldersOf(url.pathname);
    let best: ChecksumEntry | null = null;
    let most = -1;
    for (const entry of entries) {
      const fit = commonEnd(foldersOf(entry.path), folders);
      if (fit < most) continue;
      if (fit === most && best?.checksum.hex !== entry.checksum.hex) best = null;
      else best = entry;
      most = fit;
    }
    return best?.checksum ?? null;
  }
}

function foldersOf(path: string): string[] {
  return path
    .split('/')
    .slice(0, -1)
    .filter((folder) => folder !== '' && folder !== '.');
}

function commonEnd(one: readonly string[], other: readonly string[]): number {
  let common = 0;
  while (common < one.length && one.at(-1 - common) === other.at(-1 - common)) common++;
  return common;
}

/**
 * Reads a list of checksums. Blank lines, comments (`#`) and the armour of a signature are passed over.
 *
 * @throws FetchallError ERR_DISK when it cannot be read, ERR_INPUT for a line that is not understood
 */
export async function readChecksums(path: string): Promise<ChecksumList> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw diskError(error, `cannot read the checksums in ${path}`);
  });
  return parseChecksums(text, path);
}

/** @param path for the error */
export function parseChecksums(text: string, path: string): ChecksumList {
  const list = new ChecksumList();
  let armour: 'none' | 'head' | 'signature' = 'none';
  for (const [index, line] of text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .entries()) {
    if (line === '-----BEGIN PGP SIGNED MESSAGE-----') armour = 'head';
    else if (line === '-----BEGIN PGP SIGNATURE-----') armour = 'signature';
    else if (line === '-----END PGP SIGNATURE-----') armour = 'none';
    else if (line.trim() === '') armour = armour === 'head' ? 'none' : armour;
    else if (armour === 'none' && !line.startsWith('#')) {
      const entry = parseChecksumLine(line);
      if (entry === null) {
        const says = `${path}:${index + 1}: no line of checksums; give HEX  name, or SHA256 (name) = HEX`;
        throw new FetchallError('ERR_INPUT', says);
      }
      list.add(entry);
    }
  }
  return list;
}
