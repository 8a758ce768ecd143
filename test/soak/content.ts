// What lies behind each path of the soak: known to the server and to who checks the files, and nowhere written down.

/** One file in so many is large enough to be written as it comes. */
const LARGE_EVERY = 50;

/** The bytes of a file: no piece of it looks like another, nor like another file's. */
export function contentOf(index: number): Buffer {
  let state = (Math.imul(index + 1, 2_654_435_761) ^ 0x5bf03635) >>> 0 || 1;
  const next = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
  const size = index % LARGE_EVERY === 0 ? 60_000 + (next() % 60_000) : 1 + (next() % 3000);
  const words = new Uint32Array(Math.ceil(size / 4));
  for (let at = 0; at < words.length; at++) words[at] = next();
  return Buffer.from(words.buffer, 0, size);
}

export function pathOf(index: number): string {
  return `/${String(index).padStart(7, '0')}.bin`;
}

/** @returns the index; -1 for what is no path of the soak */
export function indexOf(path: string): number {
  const digits = /^\/?(\d{7})\.bin$/.exec(path)?.[1];
  return digits === undefined ? -1 : Number(digits);
}
