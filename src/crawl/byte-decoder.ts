// TextDecoder for bytes that come in pieces, without its ends: where a piece ends in the middle of a broken character, that of
// Node throws for some encodings (gb18030, euc-jp, iso-2022-jp), because more comes out than went in.

import { TextDecoder } from 'node:util';

export class ByteDecoder {
  readonly #charset: string;
  #decoder: TextDecoder;

  /** @param charset a name of TextDecoder */
  constructor(charset: string) {
    this.#charset = charset;
    this.#decoder = new TextDecoder(charset);
  }

  /** The next bytes, cut anywhere. */
  decode(bytes: Uint8Array): string {
    return this.#orAnew((decoder) => decoder.decode(bytes, { stream: true }));
  }

  end(): string {
    return this.#orAnew((decoder) => decoder.decode());
  }

  /** What was waiting is no character: it becomes the mark of one. */
  #orAnew(read: (decoder: TextDecoder) => string): string {
    try {
      return read(this.#decoder);
    } catch {
      this.#decoder = new TextDecoder(this.#charset, { ignoreBOM: true });
      return `\ufffd${read(this.#decoder)}`;
    }
  }
}
