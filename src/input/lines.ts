// Bytes to lines, lazily: one block of text in memory, whatever the length of the list or of a line.

import { LONGEST_LINE } from './list-line.js';

/**
 * Splits UTF-8 text into its lines, a batch for each block of bytes: a batch a block costs a tenth of a promise a line.
 *
 * Lines end with LF or CRLF; the last needs no end, and an empty last line is none. A BOM is dropped; bytes that are not
 * UTF-8 become U+FFFD. Of a line longer than LONGEST_LINE only the first LONGEST_LINE + 1 code units are kept, which is
 * how parseListLine knows it.
 *
 * @param blocks a block may be used again by its maker as soon as the next one is asked for
 */
export async function* splitLines(blocks: AsyncIterable<Uint8Array>): AsyncGenerator<string[], void, void> {
  const decoder = new TextDecoder('utf-8');
  let begun = '';
  for await (const block of blocks) {
    const lines = (begun + decoder.decode(block, { stream: true })).split('\n');
    begun = lines.pop() ?? '';
    // One more than a line may have: it may be the CR before an LF that is still to come.
    if (begun.length > LONGEST_LINE + 1) begun = cut(begun);
    if (lines.length > 0) yield lines.map(finish);
  }
  begun += decoder.decode();
  if (begun !== '') yield [finish(begun)];
}

function finish(line: string): string {
  const text = line.endsWith('\r') ? line.slice(0, -1) : line;
  return text.length > LONGEST_LINE ? cut(text) : text;
}

function cut(line: string): string {
  return `${line.slice(0, LONGEST_LINE)}_`;
}
