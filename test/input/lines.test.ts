import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitLines } from '../../src/input/lines.js';
import { LONGEST_LINE } from '../../src/input/list-line.js';

async function linesOf(blocks: Iterable<Uint8Array>): Promise<string[]> {
  async function* stream() {
    yield* blocks;
  }
  const lines: string[] = [];
  for await (const batch of splitLines(stream())) lines.push(...batch);
  return lines;
}

/** Cuts bytes at the given places, each a share of the whole. */
function cutAt(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const ends = places.map((place) => Math.floor(place * bytes.length)).sort((a, b) => a - b);
  return [0, ...ends].map((start, index) => bytes.subarray(start, ends[index] ?? bytes.length));
}

const bytesOf = (text: string) => new TextEncoder().encode(text);

describe('splitLines', () => {
  it.each([
    ['', []],
    ['a', ['a']],
    ['a\n', ['a']],
    ['a\n\nb', ['a', '', 'b']],
    ['a\r\nb\r\n', ['a', 'b']],
    ['a\rb', ['a\rb']],
    ['\uFEFFa\n\uFEFFb', ['a', '\uFEFFb']],
    ['\n', ['']],
    ['äöü\n文\n😀', ['äöü', '文', '😀']],
  ])('%j', async (text, lines) => {
    expect(await linesOf([bytesOf(text)])).toEqual(lines);
    expect(await linesOf([...bytesOf(text)].map((byte) => Uint8Array.of(byte)))).toEqual(lines);
  });

  it('gives the same lines however the bytes are cut', async () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 8 }),
      fc.constantFrom('\n', '\r\n', '\r', '\uFEFF', '😀'),
    );
    const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 20 }), cuts, async (pieces, places) => {
        const bytes = bytesOf(pieces.join(''));
        const expected = new TextDecoder()
          .decode(bytes)
          .split('\n')
          .map((line) => line.replace(/\r$/, ''));
        if (/(^|\n)$/.test(new TextDecoder().decode(bytes))) expected.pop();
        else if (expected.at(-1) === '') expected.pop();
        const lines = await linesOf(cutAt(bytes, places));
        if (lines.at(-1) === '' && lines.length > expected.length) lines.pop(); // a lone CR at the very end
        expect(lines).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });

  it('cuts a line that is too long, at the same place however the bytes are cut', async () => {
    const long = `${'x'.repeat(LONGEST_LINE)}_`;
    for (const extra of ['y', 'yy', 'y\r', 'yyy', 'y'.repeat(3 * LONGEST_LINE)]) {
      const bytes = bytesOf(`a\n${'x'.repeat(LONGEST_LINE)}${extra}\nb\r\n`);
      for (const size of [1, 7, LONGEST_LINE, LONGEST_LINE + 1, LONGEST_LINE + 3, bytes.length]) {
        if (size === 1 && extra.length > 9) continue;
        const blocks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
          bytes.subarray(index * size, (index + 1) * size),
        );
        expect(await linesOf(blocks)).toEqual(['a', long, 'b']);
      }
    }
  });

  it('keeps a line of exactly the limit, with LF and with CRLF', async () => {
    const line = 'x'.repeat(LONGEST_LINE);
    for (const end of ['\n', '\r\n', '']) {
      expect(await linesOf([bytesOf(line), bytesOf(end)])).toEqual([line]);
      expect(await linesOf([bytesOf(line + end.slice(0, 1)), bytesOf(end.slice(1))])).toEqual([line]);
    }
  });

  it('does not hold a line of 256 MiB', async () => {
    const block = new Uint8Array(65_536).fill(120);
    function* endless() {
      for (let count = 0; count < 4096; count++) yield block;
    }
    const before = process.memoryUsage().rss;
    expect(await linesOf(endless())).toHaveLength(1);
    expect(process.memoryUsage().rss - before).toBeLessThan(128 * 2 ** 20);
  });

  it('asks for no block before it is needed', async () => {
    let asked = 0;
    async function* blocks() {
      for (;;) {
        asked++;
        yield bytesOf('a\nb\n');
      }
    }
    for await (const batch of splitLines(blocks())) {
      expect(batch).toEqual(['a', 'b']);
      if (asked === 3) break;
    }
    expect(asked).toBe(3);
  });
});
