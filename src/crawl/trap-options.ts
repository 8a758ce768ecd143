// How far each rule against traps lets a site go. Ordinary sites have the room: to lose their pages is worse than to fetch a few of a trap.

import type { Trap } from './trap.js';

export interface TrapOptions {
  /** Rules that are not asked. */
  readonly off: readonly Trap[];
  /** Characters of a URL. */
  readonly mostLength: number;
  /** Segments of a path. */
  readonly mostSegments: number;
  /** Times that segments come one after another: `/a/b/a/b/a/b`; a single one may come once more. */
  readonly mostRepeats: number;
  /** The same of segments that are numbers: `/1/1/1/1/1`. */
  readonly mostNumberRepeats: number;
  /** Segments that were in the path before, wherever; numbers are not counted. */
  readonly mostRepeated: number;
  /** URLs on which a token must have come, otherwise different ones, to be a session id where its name does not say so. */
  readonly mostShared: number;
  /** Tokens of which that is not known, of a URL otherwise the same. */
  readonly mostTokens: number;
  /** URLs that differ only in their date, from 1990 to the end of next year. */
  readonly mostDates: number;
  /** The same before and after that. */
  readonly mostFarDates: number;
  /** Orders of the same parameters. */
  readonly mostOrders: number;
  /** Queries of one path. */
  readonly mostQueries: number;
  /** Queries of one path of three parameters or more that bring no new value, only combine others. */
  readonly mostCombined: number;
  /** The same for each value that is known, where that is more. */
  readonly mostCombinedEach: number;
  /** URLs of a host with the same body and the same links, or the same words in their paths. */
  readonly mostDuplicates: number;
}

export const TRAP_OPTIONS: TrapOptions = {
  off: [],
  mostLength: 2000,
  mostSegments: 25,
  mostRepeats: 2,
  mostNumberRepeats: 8,
  mostRepeated: 5,
  mostShared: 20,
  mostTokens: 5000,
  mostDates: 15_000,
  mostFarDates: 1000,
  mostOrders: 2,
  mostQueries: 50_000,
  mostCombined: 1000,
  mostCombinedEach: 20,
  mostDuplicates: 10,
};
