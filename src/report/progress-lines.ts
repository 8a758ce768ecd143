// Progress where there is no terminal: a line now and then, none in a short run.

import { clock, type Scheduled } from '../coroutine/clock.js';
import type { Progress } from '../model/progress.js';
import { formatNumber, formatRate, formatSize } from './format.js';
import type { Reporter } from './reporter.js';
import { Speedometer } from './speedometer.js';
import type { LineWriter } from './text-stream.js';

/** In ms. */
const INTERVAL = 10_000;

export class ProgressLines implements Reporter {
  readonly #out: LineWriter;
  readonly #progress: Progress;
  readonly #speed = new Speedometer(1);
  #timer: Scheduled;

  constructor(out: LineWriter, progress: Progress) {
    this.#out = out;
    this.#progress = progress;
    this.#speed.read(clock.now(), progress.bytes);
    this.#timer = this.#plan();
  }

  event(): void {}

  close(): void {
    this.#timer.cancel();
  }

  #plan(): Scheduled {
    return clock.schedule(INTERVAL, () => {
      this.#timer = this.#plan();
      this.#out.write(progressLine(this.#progress, this.#speed.read(clock.now(), this.#progress.bytes)));
    });
  }
}

/** @param rate bytes a second since the last line */
function progressLine(progress: Progress, rate: number): string {
  const { ended, read, readThrough, failed, bytes } = progress;
  const done = readThrough
    ? `${formatNumber(ended)} of ${formatNumber(read)} done`
    : `${formatNumber(ended)} done, ${formatNumber(read)} read so far`;
  return `${done}, ${formatNumber(failed)} failed; ${formatSize(bytes)}, ${formatRate(rate)}\n`;
}
