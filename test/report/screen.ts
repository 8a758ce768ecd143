// A terminal small enough to reason about: what stands on the screen and in the scrollback after all that was written.

import { MemoryStream } from './memory-stream.js';

const SEQUENCE = /\x1b\[(\?25[hl]|\d*[AJK])|\r|\n|[^\x1b\r\n]+/g;

export class Screen extends MemoryStream {
  readonly lines: string[] = [''];
  cursorVisible = true;
  #row = 0;
  #column = 0;
  /** The longest line that was ever written. */
  widest = 0;

  constructor(columns = 80, rows = 24) {
    super(true);
    this.columns = columns;
    this.rows = rows;
  }

  override write(text: string): boolean {
    for (const [all, sequence] of text.matchAll(SEQUENCE)) this.#apply(all, sequence);
    return super.write(text);
  }

  /** What stands there, without the empty lines at the end. */
  shown(): string[] {
    return this.lines.join('\n').trimEnd().split('\n');
  }

  /** The same device as another stream: standard output beside standard error. */
  twin(): Screen {
    const twin = new Screen(this.columns, this.rows);
    twin.write = (text) => this.write(text);
    return twin;
  }

  #apply(all: string, sequence: string | undefined): void {
    const line = this.lines[this.#row] ?? '';
    if (all === '\r') this.#column = 0;
    else if (all === '\n') {
      this.#row++;
      this.#column = 0;
      if (this.#row === this.lines.length) this.lines.push('');
    } else if (sequence === undefined) {
      this.lines[this.#row] =
        line.slice(0, this.#column).padEnd(this.#column) + all + line.slice(this.#column + all.length);
      this.#column += all.length;
      this.widest = Math.max(this.widest, this.#column);
    } else if (sequence.startsWith('?25')) this.cursorVisible = sequence === '?25h';
    else if (sequence.endsWith('A')) {
      // What has scrolled off the top is out of reach.
      this.#row = Math.max(0, this.lines.length - this.rows, this.#row - Number(sequence.slice(0, -1)));
    } else if (sequence === 'K') this.lines[this.#row] = line.slice(0, this.#column);
    else if (sequence === 'J') {
      this.lines[this.#row] = line.slice(0, this.#column);
      this.lines.length = this.#row + 1;
    } else throw new Error(`a sequence this terminal does not know: ${JSON.stringify(all)}`);
  }
}
