// Dates in URLs, as calendars and archives write them. Numbers that only might be part of one (`?start=25`, `?ts=1`) are none.

export interface CalendarDate {
  /** What of the URL is a date: `2024/05`. */
  readonly date: string;
  /** The URL with its dates left out: the same for every page of a calendar. */
  readonly template: string;
  /** Of each date. */
  readonly years: readonly number[];
}

/** Stands in a template where a date was. */
export const DATE_MARK = '{date}';

const DAY = String.raw`(?:0?[1-9]|[12]\d|3[01])`;
const MONTH = '(?:0?[1-9]|1[0-2])';
/** Those that sites have pages of; other numbers of four digits are none. */
const YEAR = String.raw`(?:1[89]|2\d)\d\d`;
/** A year and a month, perhaps a day, between anything but digits. */
const WRITTEN = new RegExp(String.raw`(?<!\d)(${YEAR})([/_.-])${MONTH}(?:\2${DAY})?(?!\d)`, 'g');
const COMPACT = /(?<!\d)((?:19|20|21)\d\d)(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?!\d)/g;
const YEAR_PARAMETER = /(?<=[?&;](?:\w+_)?(?:year|yr)=)(-?\d{1,6})(?=[&;]|$)/gi;
/** One letter is a year only beside a month: in a map it is none. */
const SHORT_YEAR = /(?<=[?&;]y=)(-?\d{1,6})(?=[&;]|$)/gi;
const BESIDE_SHORT_YEAR = /[?&;]m(?:on(?:th)?)?=\d{1,2}(?=[&;]|$)/i;
/** Parts of a date, where its year is there too. */
const PART = /(?<=[?&;](?:(?:\w+_)?(?:month|mon|week|day)|[md])=)\d{1,2}(?=[&;]|$)/gi;
/** In seconds since 1970, from 1973 on. */
const MOMENT = /(?<=[?&;](?:time|date|view_?date|cal\w*)=)(-?\d{9,10})(?=[&;]|$)/gi;

/** @returns null for a URL without a date */
export function findDate({ origin, pathname, search }: URL): CalendarDate | null {
  const dates: string[] = [];
  const years: number[] = [];
  const take = (found: string, year: string): string => {
    dates.push(found);
    years.push(Number(year));
    return DATE_MARK;
  };
  const takeMoment = (found: string): string =>
    take(found, String(new Date(Number(found) * 1000).getUTCFullYear()));
  const takePart = (found: string): string => {
    dates.push(found);
    return DATE_MARK;
  };
  // Not the origin: a port is no year.
  const written = (pathname + search).replace(WRITTEN, take).replace(COMPACT, take);
  const known = years.length;
  let rest = written.replace(YEAR_PARAMETER, take).replace(MOMENT, takeMoment);
  if (BESIDE_SHORT_YEAR.test(rest)) rest = rest.replace(SHORT_YEAR, take);
  if (years.length > known) rest = rest.replace(PART, takePart);
  return dates.length === 0 ? null : { date: dates.join(' '), template: origin + rest, years };
}
