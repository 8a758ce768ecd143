// Traps that are made of parameters.

import { DATE_MARK, findDate } from './calendar-date.js';
import { findSessionId } from './session-id.js';
import type { TrapMemory } from './trap-memory.js';
import type { TrapOptions } from './trap-options.js';

/** Fewer do not make a number of combinations that matters. */
const FEWEST_COMBINED = 3;

/** Parameters of one name keep their order: there it may mean something. @returns why it is one; null for none */
export function findOrder(url: URL, { mostOrders }: TrapOptions, memory: TrapMemory): string | null {
  const parameters = url.search.slice(1).split('&');
  if (parameters.length < 2) return null;
  const nameOf = (parameter: string): string => parameter.split('=', 1)[0] ?? '';
  const sorted = parameters.toSorted((one, other) => compare(nameOf(one), nameOf(other))).join('&');
  if (memory.admits(`order ${url.origin}${url.pathname}?${sorted}`, url.search, mostOrders)) return null;
  return `more than ${mostOrders} orders of the same parameters`;
}

/**
 * A list of any length brings a new value with each of its pages, the filters of a shop combine a few values without an end.
 *
 * @returns why it is one; null for none
 */
export function findQueries(url: URL, options: TrapOptions, memory: TrapMemory): string | null {
  if (url.search === '') return null;
  const { mostQueries } = options;
  const path = `${url.origin}${url.pathname}`;
  const queries = `queries ${path}`;
  if (memory.has(queries, url.search)) return null;
  const combined = findCombined(url, options, memory);
  if (combined !== null) return combined;
  if (memory.admits(queries, url.search, mostQueries)) return null;
  return `more than ${mostQueries} queries of ${url.pathname}`;
}

function findCombined(
  url: URL,
  { mostCombined, mostCombinedEach }: TrapOptions,
  memory: TrapMemory,
): string | null {
  if (url.search.split('&').length < FEWEST_COMBINED) return null;
  const parameters = parametersOf(url);
  if (parameters.length < FEWEST_COMBINED) return null;
  const path = `${url.origin}${url.pathname}`;
  const values = `values ${path}`;
  const news = parameters.filter((parameter) => !memory.has(values, parameter));
  for (const parameter of news) memory.admits(values, parameter, Number.POSITIVE_INFINITY);
  if (news.length > 0) return null;
  const most = Math.max(mostCombined, mostCombinedEach * memory.count(values));
  if (memory.admits(`combined ${path}`, url.search, most)) return null;
  return `more than ${most} queries of ${url.pathname} that combine the same values`;
}

/** A date is one value, and a session id none. */
function parametersOf(url: URL): string[] {
  const plain = new URL(findSessionId(url)?.rest ?? url);
  const dated = findDate(plain);
  const search = dated === null ? plain.search : dated.template.slice(dated.template.indexOf('?'));
  const parameters = search.slice(1).split('&');
  const others = parameters.filter((parameter) => parameter !== '' && !parameter.includes(DATE_MARK));
  return [...new Set(dated === null ? others : [...others, dated.date])];
}

function compare(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
