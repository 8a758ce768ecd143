// File names that every system takes and none takes for something else. Whatever a URL, a list or a server asks for, the
// result is one segment: it cannot leave its folder, name a device, hide its direction, or be too long for its part.
//
// A leading dot or dash stays: `.htaccess` and `-v1.zip` are names that people want back, and names are never handed to
// a shell. `.fetchall` is ours.

/** Most bytes of a name in UTF-8: 255 is what file systems take (ext4, APFS; NTFS counts UTF-16), less `.part`. */
export const LONGEST_NAME = 250;

/** The folder beside the downloads that holds what a run remembers. */
const OWN_FOLDER = '.fetchall';

const INDEX = 'index.html';
const FILLER = '_';

/**
 * What no name may hold: separators and wildcards of Windows, C0 and C1 controls, marks that change the direction of text
 * or show nothing (https://www.unicode.org/reports/tr9/ 2), line separators, surrogates without their partner.
 */
const FORBIDDEN =
  /[/\\:*?"<>|\u0000-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\p{Surrogate}]/gu;

/** Names that need no look at their characters. */
const PLAIN = /^[\w-][\w.-]*$/;

/** With any extension: https://learn.microsoft.com/windows/win32/fileio/naming-a-file */
const DEVICE = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$) *(?:\.|$)/i;

const EXTENSION = /^\.[^. ]{1,16}$/;
/** Extensions that stand behind another one: `.tar.gz`, `.warc.gz`, `.tar.gz.sig`. */
const OUTER = /^\.(?:gz|bz2|xz|zst|br|lz|lz4|lzma|z|sig|asc|md5|sha\d+)$/i;
const INNER = /^\.[a-z][a-z0-9]{0,7}$/i;
const MOST_EXTENSIONS = 3;

/** The name that a URL asks for: its last path segment, percent-decoded, made safe; `index.html` for an empty one. */
export function nameFromUrl(url: URL): string {
  const { pathname } = url;
  const segment = pathname.slice(pathname.lastIndexOf('/') + 1);
  return segment === '' ? INDEX : safeName(decodeSegment(segment));
}

/** Makes any string one safe path segment of 1 to LONGEST_NAME bytes. A safe name comes back as it is. */
export function safeName(wanted: string): string {
  const clean = PLAIN.test(wanted) ? wanted : wanted.normalize('NFC').replace(FORBIDDEN, FILLER);
  // Cut before the look at reserved names: a cut may leave one (`CON`, 300 spaces, `x`).
  const name = shorten(trimEnd(clean.replace(/^ +/, '')), '');
  if (name === '') return FILLER;
  const reserved = DEVICE.test(name) || name.toLowerCase() === OWN_FOLDER;
  return reserved ? shorten(FILLER + name, '') : name;
}

/**
 * Puts `-suffix` before the extension, within the limit: `a.tar.gz` and `1f2e3d4c` give `a-1f2e3d4c.tar.gz`.
 *
 * @param name a safe name
 * @param suffix letters, digits and dashes, at most 100
 */
export function withSuffix(name: string, suffix: string): string {
  return shorten(name, `-${suffix}`);
}

/** Cuts the part before the extension, between two characters, until all of it fits. */
function shorten(name: string, suffix: string): string {
  const bytes = bytesOf(name) + bytesOf(suffix);
  if (bytes <= LONGEST_NAME && suffix === '') return name;
  const at = extensionAt(name);
  const stem = name.slice(0, at);
  const end = suffix + name.slice(at);
  return bytes <= LONGEST_NAME ? stem + end : trimEnd(cutToBytes(stem, LONGEST_NAME - bytesOf(end))) + end;
}

/** Where the extension begins, with its dot; the length of the name when it has none. */
function extensionAt(name: string): number {
  let at = dotOf(name, name.length, EXTENSION);
  for (
    let end = name.length, count = 1;
    count < MOST_EXTENSIONS && OUTER.test(name.slice(at, end));
    count++
  ) {
    end = at;
    at = dotOf(name, end, INNER);
  }
  return at;
}

/** The last dot of `name` before `end`, when what follows it has the shape; else `end`. */
function dotOf(name: string, end: number, shape: RegExp): number {
  const dot = name.lastIndexOf('.', end - 1);
  return dot > 0 && shape.test(name.slice(dot, end)) ? dot : end;
}

function bytesOf(text: string): number {
  return Buffer.byteLength(text);
}

function cutToBytes(text: string, most: number): string {
  let bytes = 0;
  let end = 0;
  for (const character of text) {
    bytes += bytesOf(character);
    if (bytes > most) break;
    end += character.length;
  }
  return text.slice(0, end);
}

/** Windows drops dots and spaces at the end. A loop: the regular expression would take quadratic time. */
function trimEnd(text: string): string {
  let end = text.length;
  while (end > 0 && (text[end - 1] === '.' || text[end - 1] === ' ')) end--;
  return text.slice(0, end);
}

/** Percent-decodes what is UTF-8 and leaves the rest as text: `%41%FF%` gives `A%FF%`. */
export function decodeSegment(segment: string): string {
  if (!segment.includes('%')) return segment;
  try {
    return decodeURIComponent(segment);
  } catch {
    // One character in UTF-8 by its first byte: RFC 3629 4.
    return segment.replace(
      /%[0-7][\da-f]|%[cd][\da-f]%[89ab][\da-f]|%e[\da-f](?:%[89ab][\da-f]){2}|%f[0-4](?:%[89ab][\da-f]){3}/gi,
      decodeCharacter,
    );
  }
}

function decodeCharacter(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    return encoded; // overlong, a surrogate, or beyond U+10FFFF
  }
}
