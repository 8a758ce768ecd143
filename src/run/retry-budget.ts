// How many retries a host is worth: a server that is dying must not be asked twice as often for it.

/** First tries after which retries are counted. */
const FREE = 100;
/** Retries for each first try after these. */
const SHARE = 0.2;

/** The retries of one host: without limit at first, then at most 20 % of its first tries. */
export class RetryBudget {
  #firstTries = 0;
  #retries = 0;

  /** Counts a first try. */
  begin(): void {
    this.#firstTries++;
  }

  /** Books a retry. @returns false when there have been too many: the URL fails with what it has */
  take(): boolean {
    if (this.#firstTries <= FREE) return true;
    if (this.#retries + 1 > SHARE * (this.#firstTries - FREE)) return false;
    this.#retries++;
    return true;
  }
}
