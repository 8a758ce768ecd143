// URLs of pages that are not in UTF-8: a browser sends the characters of a query in the encoding of the page.
// https://url.spec.whatwg.org/#query-state, #string-percent-encode-after-encoding

type Encoder = (character: string) => readonly number[] | undefined;

const encoders = new Map<string, Encoder>();
const PLAIN = /[^\0- "#<>'\x7f-\xff]/;
const NOT_ASCII = /[^\0-\x7f]/gu;

/**
 * A URL as written in a page, its query escaped as the page's encoding asks for; all else is for the URL parser.
 *
 * @param charset a name of TextDecoder
 */
export function encodeQuery(url: string, charset: string): string {
  // UTF-16 is sent as UTF-8; the states of ISO-2022-JP are not kept.
  if (charset === 'utf-8' || charset.startsWith('utf-16') || charset === 'iso-2022-jp') return url;
  const hash = url.indexOf('#');
  const end = hash === -1 ? url.length : hash;
  const query = url.indexOf('?');
  if (query === -1 || query > end) return url;
  const encode = encoderOf(charset);
  const escaped = url.slice(query, end).replace(NOT_ASCII, (character) => {
    const octets = encode(character);
    // What the encoding has not goes as a character reference, escaped: so the standard.
    if (octets === undefined) return `%26%23${character.codePointAt(0)}%3B`;
    return octets.map(escapeOctet).join('');
  });
  return url.slice(0, query) + escaped + url.slice(end);
}

/** The second octet of a pair may be ASCII, and is sent as it is where it may stand in a query. */
function escapeOctet(octet: number): string {
  const character = String.fromCharCode(octet);
  return PLAIN.test(character) ? character : `%${octet.toString(16).toUpperCase().padStart(2, '0')}`;
}

/** There are decoders for all encodings and encoders for one: the table is what the decoder makes of each byte and pair. */
function encoderOf(charset: string): Encoder {
  const known = encoders.get(charset);
  if (known !== undefined) return known;
  const table = new Map<string, readonly number[]>();
  const decoder = new TextDecoder(charset);
  const learn = (...octets: number[]): void => {
    // Not at once: without `stream`, Node 20 takes windows-1252 for latin1.
    const text = decoder.decode(Uint8Array.from(octets), { stream: true }) + decoder.decode();
    if ([...text].length === 1 && text !== '\ufffd' && !table.has(text)) table.set(text, octets);
  };
  for (let first = 0x80; first <= 0xff; first++) learn(first);
  const isSingle = table.size > 100;
  for (let first = 0x81; first <= 0xfe && !isSingle; first++) {
    for (let second = 0x40; second <= 0xfe; second++) learn(first, second);
  }
  const encoder: Encoder = (character) => table.get(character);
  encoders.set(charset, encoder);
  return encoder;
}
