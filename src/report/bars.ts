// Progress on a terminal: a bar for the run and a bar for every busy slot, ten times a second, from live data.

import { clock, type Scheduled } from '../coroutine/clock.js';
import type { Progress } from '../model/progress.js';
import { type BarLine, slotLine, totalLine } from './bar-line.js';
import { type BarStack, loadBarStack } from './bar-stack.js';
import type { Reporter } from './reporter.js';
import { Slots } from './slots.js';
import { Speedometer } from './speedometer.js';
import type { TextStream } from './text-stream.js';

/** Ten frames a second, in ms. */
const FRAME = 100;
/** Frames over which the rate is taken: three seconds. */
const RATE_WINDOW = 30;
/** Rows that no slot gets: the total, the cursor's, and one of the log, so that a frame never scrolls. */
const SPARE_ROWS = 3;
/** Length of held log lines at which a frame comes early. */
const ENOUGH = 256 * 1024;

export class Bars implements Reporter {
  readonly #stream: TextStream;
  readonly #progress: Progress;
  readonly #concurrency: number;
  readonly #slots = new Slots();
  readonly #speed = new Speedometer(RATE_WINDOW);
  readonly #began = clock.now();
  #stack: BarStack | undefined;
  #timer: Scheduled | undefined;
  #closed = false;
  /** Log lines for the next frame, in their order. */
  #held: { readonly stream: TextStream; text: string }[] = [];
  #heldLength = 0;

  /** @param stream must be a terminal */
  constructor(stream: TextStream, progress: Progress, concurrency: number) {
    this.#stream = stream;
    this.#progress = progress;
    this.#concurrency = concurrency;
    this.#timer = clock.schedule(FRAME, () => void this.#begin());
  }

  event(): void {}

  /** The stream, with the bars kept away from what is written to it. */
  shelter(stream: TextStream): TextStream {
    const once = stream.once?.bind(stream);
    return {
      isTTY: stream.isTTY,
      write: (text) => this.#write(stream, text),
      ...(once !== undefined && { once }),
    };
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#timer?.cancel();
    process.off('exit', this.#onExit);
    const stack = this.#stack;
    this.#stack = undefined;
    stack?.close();
    this.#release();
  }

  /** Without bars the run goes on as well, and its lines too. */
  #giveUp(): void {
    try {
      this.close();
    } catch {
      // The terminal is gone; there is nothing to put in order.
    }
  }

  /** Whatever ends the process, the terminal gets its cursor back. */
  readonly #onExit = (): void => this.close();

  /** Nothing is loaded and nothing drawn for a run that is over before the first frame. */
  async #begin(): Promise<void> {
    try {
      const stack = await loadBarStack(this.#stream);
      if (this.#closed) return;
      this.#stack = stack;
      process.once('exit', this.#onExit);
      this.#frame();
    } catch {
      this.#giveUp();
    }
  }

  #frame(): void {
    this.#timer?.cancel();
    if (this.#held.length > 0) {
      this.#stack?.erase();
      this.#release();
    }
    this.#stack?.draw(this.#lines());
    this.#timer = clock.schedule(FRAME, () => this.#tick());
  }

  /** A timer's error would end the process: a frame that cannot be drawn ends the bars only. */
  #tick(): void {
    try {
      this.#frame();
    } catch {
      this.#giveUp();
    }
  }

  #lines(): BarLine[] {
    const { read, readThrough, ended, failed, bytes, active } = this.#progress;
    const now = clock.now();
    const rate = this.#speed.read(now, bytes);
    const seconds = (now - this.#began) / 1000;
    const places = Math.max(0, Math.min(this.#concurrency, (this.#stream.rows || 24) - SPARE_ROWS));
    const total = totalLine({ read, readThrough, ended, failed, bytes, rate, seconds });
    return [total, ...this.#slots.seat(active, places).map(slotLine)];
  }

  #write(stream: TextStream, text: string): boolean {
    if (this.#stack === undefined) return stream.write(text);
    const last = this.#held.at(-1);
    if (last?.stream === stream) last.text += text;
    else this.#held.push({ stream, text });
    this.#heldLength += text.length;
    if (this.#heldLength >= ENOUGH) this.#frame();
    return stream.writableNeedDrain !== true;
  }

  #release(): void {
    const held = this.#held;
    this.#held = [];
    this.#heldLength = 0;
    for (const { stream, text } of held) stream.write(text);
  }
}
