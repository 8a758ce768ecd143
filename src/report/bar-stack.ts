// A block of bars on a terminal, drawn by cli-progress: the one place that knows it. It is loaded when the first bar is
// wanted, because short runs should start fast.

import type { MultiBar, Options, SingleBar } from 'cli-progress';
import type { BarLine } from './bar-line.js';
import { BarTerminal } from './bar-terminal.js';
import type { TextStream } from './text-stream.js';

type CliProgress = typeof import('cli-progress');

/** cli-progress has a redraw timer of its own; ours draws, so that one is sent far away (it ends with `stop`). */
const RARELY = 0.0001;

/** @param stream a terminal: elsewhere cli-progress leaves unfilled bars behind */
export async function loadBarStack(stream: TextStream): Promise<BarStack> {
  const module: CliProgress & { default?: CliProgress } = await import('cli-progress');
  return new BarStack(module.default ?? module, stream);
}

export class BarStack {
  readonly #library: CliProgress;
  readonly #terminal: BarTerminal;
  #block: MultiBar | undefined;
  #bars: SingleBar[] = [];

  constructor(library: CliProgress, stream: TextStream) {
    this.#library = library;
    this.#terminal = new BarTerminal(stream);
  }

  /** Draws these lines in place of the last ones. */
  draw(lines: readonly BarLine[]): void {
    // cli-progress cannot take a bar away without leaving its line: with fewer lines the block begins anew.
    if (lines.length < this.#bars.length) this.#stop();
    this.#block ??= this.#begin();
    const block = this.#block;
    for (const [index, line] of lines.entries()) {
      const bar = this.#bars[index] ?? block.create(line.total, line.value, { line });
      this.#bars[index] = bar;
      bar.setTotal(line.total);
      bar.update(line.value, { line });
    }
    block.update();
    this.#terminal.flush();
  }

  /** Takes the lines off the screen; the cursor is where they began. */
  erase(): void {
    this.#terminal.cursorRelativeReset();
    this.#terminal.clearBottom();
    this.#terminal.flush();
  }

  /** Takes the lines off the screen for good and gives the cursor back. */
  close(): void {
    this.#stop();
    this.#terminal.flush();
  }

  #begin(): MultiBar {
    const { BarFormat } = this.#library.Format;
    const options: Options & { terminal: BarTerminal } = {
      terminal: this.#terminal,
      fps: RARELY,
      clearOnComplete: true,
      hideCursor: true,
      linewrap: true,
      forceRedraw: true,
      gracefulExit: false,
      format: (all, { progress, maxWidth }, { line }: { line: BarLine }) =>
        line.text(maxWidth, (barsize) => BarFormat(progress, { ...all, barsize })),
    };
    return new this.#library.MultiBar(options);
  }

  #stop(): void {
    this.#block?.stop();
    this.#block = undefined;
    this.#bars = [];
  }
}
