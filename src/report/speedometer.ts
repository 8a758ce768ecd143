// Bytes a second over the last few readings.

interface Reading {
  readonly at: number;
  readonly bytes: number;
}

export class Speedometer {
  readonly #readings: Reading[] = [];
  readonly #window: number;

  /** @param window how many readings back the rate is taken from */
  constructor(window: number) {
    this.#window = window;
  }

  /**
   * @param at in ms
   * @returns bytes a second since the oldest reading kept
   */
  read(at: number, bytes: number): number {
    const readings = this.#readings;
    readings.push({ at, bytes });
    if (readings.length > this.#window + 1) readings.shift();
    const oldest = readings[0];
    if (oldest === undefined || at <= oldest.at) return 0;
    // Less than before: the second pass of a comparison counts from nothing.
    return Math.max(0, ((bytes - oldest.bytes) * 1000) / (at - oldest.at));
  }
}
