// Which transfer is shown in which line: it keeps its line until it ends, and then the line goes to another. There are
// as many lines as were needed at once, never one a file.

import type { ActiveTransfer } from '../model/active-transfers.js';

export class Slots {
  #seats: (ActiveTransfer | null)[] = [];

  /**
   * @param places how many lines there may be
   * @returns one entry a line; null where nothing goes on
   */
  seat(transfers: Iterable<ActiveTransfer>, places: number): readonly (ActiveTransfer | null)[] {
    const active = new Set(transfers);
    const seats = this.#seats
      .slice(0, places)
      .map((seated) => (seated !== null && active.has(seated) ? seated : null));
    const seated = new Set(seats);
    let free = seats.indexOf(null);
    for (const transfer of active) {
      if (seated.has(transfer)) continue;
      if (free === -1 && seats.length >= places) break;
      seats[free === -1 ? seats.length : free] = transfer;
      free = seats.indexOf(null);
    }
    this.#seats = seats;
    return seats;
  }
}
