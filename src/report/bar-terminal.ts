// The terminal that cli-progress draws on: gathers a whole frame and writes it at once, and finds its way back to the
// first line of the last frame, also when the window has become narrower meanwhile.

import { displayWidth } from './display-width.js';
import type { TextStream } from './text-stream.js';

const CSI = '\x1b[';
const SPARE_COLUMNS = 3;

/** The methods that cli-progress 3 calls on its `terminal`, which its type declarations leave out. */
export class BarTerminal {
  readonly #stream: TextStream;
  #frame = '';
  /** Width of each line of the frame that stands on the screen; the cursor is at the end of the last. */
  #widths: number[] = [0];

  constructor(stream: TextStream) {
    this.#stream = stream;
  }

  /** Shows what was drawn. */
  flush(): void {
    if (this.#frame === '') return;
    const frame = this.#frame;
    this.#frame = '';
    this.#stream.write(frame);
  }

  isTTY(): boolean {
    return this.#stream.isTTY === true;
  }

  /** Room stays free for the `^C` that a terminal itself shows at the cursor: it must not begin another line. */
  getWidth(): number {
    return Math.max(1, (this.#stream.columns || 80) - SPARE_COLUMNS);
  }

  cursor(visible: boolean): void {
    this.#frame += visible ? `${CSI}?25h` : `${CSI}?25l`;
  }

  /** Called for the first column only. */
  cursorTo(): void {
    this.#frame += '\r';
  }

  cursorRelativeReset(): void {
    const columns = this.#stream.columns || 80;
    // Most terminals break lines anew when their window becomes narrower: a line then stands on several rows.
    let rows = -1;
    for (const width of this.#widths) rows += Math.max(1, Math.ceil(width / columns));
    this.#frame += rows > 0 ? `\r${CSI}${rows}A` : '\r';
    this.#widths = [0];
  }

  clearLine(): void {
    this.#frame += `${CSI}2K`;
  }

  clearRight(): void {
    this.#frame += `${CSI}K`;
  }

  clearBottom(): void {
    this.#frame += `${CSI}J`;
  }

  newline(): void {
    this.#frame += '\n';
    this.#widths.push(0);
  }

  write(text: string): void {
    this.#frame += text;
    this.#widths[this.#widths.length - 1] = displayWidth(text);
  }

  /** Lines are cut to the width, so wrapping may stay on: the log's long lines need it. */
  lineWrapping(): void {}
}
