// What a server or a list sent may hold escape sequences, line breaks and letters that turn the reading direction. None
// of that reaches a terminal: it is shown as what it is.

const ALL_PLAIN = /^[ -~]*$/;
// Controls (C0, DEL, C1), format characters (bidi, zero-width, tags), line and paragraph separators, lone surrogates.
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** The text with every invisible or controlling character made visible: `\x1b`, `\u{202e}`. Safe text stays as it is. */
export function printable(text: string): string {
  return ALL_PLAIN.test(text) ? text : text.replace(UNSAFE, show);
}

function show(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const hex = code.toString(16);
  return code < 0x100 ? `\\x${hex.padStart(2, '0')}` : `\\u{${hex}}`;
}

/** JSON that shows the same characters by JSON's own escapes: the data stay what they are (RFC 8259, section 7). */
export function printableJson(json: string): string {
  return ALL_PLAIN.test(json) ? json : json.replace(UNSAFE, escapeForJson);
}

function escapeForJson(character: string): string {
  let escaped = '';
  for (let index = 0; index < character.length; index++) {
    escaped += `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`;
  }
  return escaped;
}
