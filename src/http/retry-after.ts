/**
 * What Retry-After asks for (RFC 9110 10.2.3): seconds, or a date.
 *
 * @param now the present time, to which a date is compared
 * @returns ms from now, at least 0; null when the field says nothing that can be understood
 */
export function parseRetryAfter(value: string | null, now: Date): number | null {
  if (value === null) return null;
  const trimmed = value.trim();
  if (/^\d+$/.test(trimmed)) return Number(trimmed) * 1000;
  // Only the shapes of RFC 9110 5.6.7 begin with the name of a day; Date.parse alone would take nearly anything.
  if (!/^(mon|tue|wed|thu|fri|sat|sun)[a-z]*,? /i.test(trimmed)) return null;
  // The form of asctime names no zone, and means GMT all the same.
  const date = Date.parse(/[a-z+-]\d*$/i.test(trimmed) ? trimmed : `${trimmed} GMT`);
  return Number.isNaN(date) ? null : Math.max(0, date - now.getTime());
}
