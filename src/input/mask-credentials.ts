// A bad line is shown to the user, written to logs and reports: a user and password in it are not.

/** Scheme and slashes at the start of a word: what stands before an authority (RFC 3986 3.2). */
const BEFORE_AUTHORITY = /^(?:https?:[/\\]*|[^:\s]*:[/\\]+)/i;
const MASK = '***';

/**
 * Replaces `user:password` by `***` in every URL of a text, as far as the authority of a URL goes.
 *
 * @param thorough the text is known not to be sound: whatever stands before its last `@` may belong to a password that
 *   holds `/`, `#` or a space, so all of it is masked when there is a `:` in it
 */
export function maskCredentials(text: string, thorough = false): string {
  if (!text.includes('@')) return text;
  const masked = text.replace(/\S+/g, maskWord);
  return thorough && mayHoldPassword(text) ? maskUpToLastAt(masked) : masked;
}

function maskWord(word: string): string {
  const before = BEFORE_AUTHORITY.exec(word);
  if (before === null) return word;
  const start = before[0].length;
  const length = word.slice(start).search(/[/\\?#]/);
  const authority = length === -1 ? word.slice(start) : word.slice(start, start + length);
  // The last @ divides: a password may hold one that was not percent-encoded.
  const at = authority.lastIndexOf('@');
  return at === -1 ? word : word.slice(0, start) + MASK + word.slice(start + at);
}

/** Without a colon before it, an `@` is more likely part of a name: `https://host/icon@2x.png`. */
function mayHoldPassword(text: string): boolean {
  const colon = text.indexOf(':', startOfAuthority(text));
  return colon !== -1 && colon < text.lastIndexOf('@');
}

function maskUpToLastAt(text: string): string {
  let at = text.lastIndexOf('@');
  while (at > 0 && text.startsWith(MASK, at - MASK.length)) at = text.lastIndexOf('@', at - 1);
  return at === -1 ? text : text.slice(0, startOfAuthority(text)) + MASK + text.slice(at);
}

function startOfAuthority(text: string): number {
  return BEFORE_AUTHORITY.exec(text)?.[0].length ?? 0;
}
