// What is too much, whichever version of HTTP brings it, and how long a connection is kept.

/** Heads of responses larger than this are refused. */
export const LARGEST_HEAD = 65_536;

/** More interim responses (RFC 9110 15.2) than this before the final one are refused. */
export const MOST_INTERIMS = 100;

/** How long an idle connection is kept, in ms; most servers keep theirs for longer. */
export const KEEP_ALIVE = 4_000;
