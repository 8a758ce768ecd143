// The kinds of traps, as they are named on the command line and on record.

export const TRAPS = [
  'growing',
  'repeating',
  'session',
  'calendar',
  'order',
  'queries',
  'duplicate',
] as const;
export type Trap = (typeof TRAPS)[number];
