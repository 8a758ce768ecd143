// What is on record of a URL in a crawl.

export interface WhyFacts {
  readonly url: string;
  /** null for a URL that the crawl has not met. */
  readonly found: {
    readonly state: string;
    readonly reason: string | null;
    readonly detail: string | null;
    readonly status: number | null;
    readonly depth: number;
    readonly file: string | null;
    /** The page where it was found first; null for a seed. */
    readonly parent: string | null;
  } | null;
}
