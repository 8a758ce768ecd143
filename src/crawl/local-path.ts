// Where a crawl puts what it fetches: a tree of `host/path`, of names that every system takes.

import { createHash } from 'node:crypto';
import { NameClaims, suffixedNames } from '../files/name-claims.js';
import { decodeSegment, safeName, withSuffix } from '../files/safe-name.js';
import { extensionOf, extensionsOf, isPageType, mediaTypeOf, typeOfExtension } from './media-types.js';

export interface LocalPathOptions {
  /** Name of what a URL that ends in `/` leads to. */
  readonly index: string;
  /** How a query shows: `a@x=1.html`, or `a-1f2e3d4c.html`. */
  readonly query: 'name' | 'hash';
  /** `type`: a name that does not say what the answer is gets its extension (`a.php.html`), so that a browser can open it. */
  readonly extension: 'type' | 'url';
}

export const LOCAL_PATHS: LocalPathOptions = { index: 'index.html', query: 'name', extension: 'type' };

/** Bytes of a whole path that systems take in any folder: 1,024 on macOS, less room for the out folder. */
const LONGEST_PATH = 700;
const DIGITS = 8;
/** The claimant of a folder's name: no URL, and the same for all of the folder's files. */
const FOLDER = 'folder';

/**
 * The path that a URL asks for, by itself: `/` between safe names, the first of them the host's.
 *
 * @param url its fragment does not matter
 * @param contentType of the answer, null when there is none
 */
export function wantedPath(url: URL, contentType: string | null, options: LocalPathOptions): string {
  const host = safeName(url.port === '' ? url.hostname : `${url.hostname}_${url.port}`);
  const segments = url.pathname.slice(1).split('/');
  const name = segments.pop() ?? '';
  const folders = segments.map((segment) => safeName(decodeSegment(segment)));
  const file = fileName(name === '' ? options.index : decodeSegment(name), url, contentType, options);
  const path = [host, ...folders, file].join('/');
  if (Buffer.byteLength(path) <= LONGEST_PATH) return path;
  const short = Buffer.byteLength(file) > LONGEST_PATH / 4 ? cut(file) : file;
  return `${host}/${hashOf(folders.join('/'), 4 * DIGITS)}/${short}`;
}

/**
 * The paths of one tree. A file and a folder never have one name, nor two files: who comes later gets `-` and digits of its
 * URL's hash, as in list mode. So paths depend on the order of claims; what is on record is kept first.
 */
export class LocalPaths {
  readonly #claims = new NameClaims();
  readonly #options: LocalPathOptions;

  constructor(options: LocalPathOptions = LOCAL_PATHS) {
    this.#options = options;
  }

  /** @returns the path of a URL, the same whenever it is claimed with the same type */
  claim(url: URL, contentType: string | null): string {
    const segments = wantedPath(url, contentType, this.#options).split('/');
    const file = segments.pop() ?? '';
    let folder = '';
    for (const segment of segments) folder += `${this.#hold(folder, segment, FOLDER)}/`;
    return folder + this.#hold(folder, file, withoutFragment(url));
  }

  /** To be called when no claim counts any more. */
  close(): void {
    this.#claims.close();
  }

  /** Claims a path that a run before has given. */
  keep(path: string, url: URL): void {
    const segments = path.split('/');
    const file = segments.pop() ?? '';
    let folder = '';
    for (const segment of segments) {
      this.#claims.hold(folder + segment, FOLDER);
      folder += `${segment}/`;
    }
    this.#claims.hold(folder + file, withoutFragment(url));
  }

  #hold(folder: string, wanted: string, claimant: string): string {
    if (this.#claims.hold(folder + wanted, claimant)) return wanted;
    for (const name of suffixedNames(wanted, claimant)) {
      if (this.#claims.hold(folder + name, claimant)) return name;
    }
    throw new RangeError('unreachable: suffixed names have no end');
  }
}

/**
 * How a page at one path names another: relative, escaped, ready for an attribute.
 *
 * @param from and `to`: paths of one tree
 */
export function relativeReference(from: string, to: string): string {
  const here = from.split('/').slice(0, -1);
  const there = to.split('/');
  let common = 0;
  while (common < here.length && common < there.length - 1 && here[common] === there[common]) common++;
  const steps = [...here.slice(common).map(() => '..'), ...there.slice(common).map(escapeSegment)];
  // A colon in the first segment would be a scheme's; safe names have none.
  return steps.join('/');
}

/** encodeURIComponent leaves `'` alone, which may be the quote around it, and parentheses, which end a `url()`. */
function escapeSegment(segment: string): string {
  return encodeURIComponent(segment).replace(
    /[!'()*]/g,
    (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function fileName(name: string, url: URL, contentType: string | null, options: LocalPathOptions): string {
  const query = url.search.slice(1);
  const plain = query === '' ? safeName(name) : withQuery(name, query, options.query);
  const extension = options.extension === 'type' ? missingExtension(plain, mediaTypeOf(contentType)) : '';
  return extension === '' ? plain : safeName(withRoom(plain, extension));
}

function withQuery(name: string, query: string, shape: LocalPathOptions['query']): string {
  if (shape === 'hash') return withSuffix(safeName(name), hashOf(query, DIGITS));
  const extension = extensionOf(name);
  const end = extension === '' ? '' : name.slice(-extension.length - 1);
  // `/` and the like become one mark: what that makes alike is told apart by its claim.
  return safeName(`${name.slice(0, name.length - end.length)}@${decodeSegment(query)}${end}`);
}

/** The extension that the answer's type asks for, where the name has none that a browser takes for it. */
function missingExtension(name: string, type: string): string {
  const [first] = extensionsOf(type);
  const extension = extensionOf(name);
  if (first === undefined || extensionsOf(type).includes(extension)) return '';
  // Pages and style sheets are read by their names; a picture is known by its bytes, whatever its name says.
  const mustSay = isPageType(type) || type === 'text/css' || type === 'image/svg+xml';
  return mustSay || (extension === '' && type !== 'text/plain') || isUnknown(extension, type) ? first : '';
}

/** `.php` and the like say nothing; an archive may well be sent as text. */
function isUnknown(extension: string, type: string): boolean {
  return typeOfExtension(extension) === null && !/^(?:text|application)\//.test(type);
}

/** An extension that is put behind a name of full length must not be cut off again. */
function withRoom(name: string, extension: string): string {
  const whole = `${name}.${extension}`;
  return safeName(whole) === whole ? whole : `${cut(name)}.${extension}`;
}

/** Of a long name the beginning, and what tells it from others that begin so. */
function cut(name: string): string {
  const extension = extensionOf(name);
  const stem = [...name].slice(0, 40).join('');
  return safeName(`${stem}-${hashOf(name, DIGITS)}${extension === '' ? '' : `.${extension}`}`);
}

function hashOf(text: string, digits: number): string {
  return createHash('sha256').update(text).digest('hex').slice(0, digits);
}

function withoutFragment({ href }: URL): string {
  return href.split('#', 1)[0] ?? '';
}
