// Dates in URLs, as calendars and archives write them.

export interface CalendarDate {
  /** What of the URL is a date: `2024/05`. */
  readonly date: string;
  /** The URL with its dates left out: the same for every page of a calendar. */
  readonly template: string;
}

const DAY = String.raw`(?:0?[1-9]|[12]\d|3[01])`;
const MONTH = '(?:0?[1-9]|1[0-2])';
/** Those that sites have pages of; other numbers of four digits are none. */
const YEAR = String.raw`(?:1[89]|2\d)\d\d`;
/** A year and a month, perhaps a day, between anything but digits. */
const WRITTEN = new RegExp(String.raw`(?<!\d)${YEAR}([/_.-])${MONTH}(?:\1${DAY})?(?!\d)`, 'g');
const COMPACT = /(?<!\d)(?:19|20|21)\d\d(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])(?!\d)/g;
/** A parameter that names a part of a date, or a moment as seconds. */
const PARAMETER =
  /(?<=[?&;](?:year|month|week|day|date|yr|mon|time|ts|start|end|from|to|view_?date|cal\w*)=)-?\d+(?=[&;]|$)/gi;

/** @returns null for a URL without a date */
export function findDate({ origin, pathname, search }: URL): CalendarDate | null {
  const dates: string[] = [];
  const take = (found: string): string => {
    dates.push(found);
    return '{date}';
  };
  // Not the origin: a port is no year.
  const rest = (pathname + search).replace(WRITTEN, take).replace(COMPACT, take).replace(PARAMETER, take);
  return dates.length === 0 ? null : { date: dates.join(' '), template: origin + rest };
}
