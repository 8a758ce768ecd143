// What became of a URL in a crawl, as text.

import type { WhyFacts } from '../model/why-facts.js';
import { printable } from './printable.js';

const STATES: Readonly<Record<string, string>> = {
  open: 'not fetched yet: the crawl stopped before its turn came (--max-pages, --max-bytes, or it was cut short)',
  leased: 'not fetched yet: its turn had come when the crawl was cut short',
  saved: 'saved',
  failed: 'failed',
  skipped: 'asked for, or about to be, and not kept',
  refused: 'not fetched',
  redirect: 'a redirect',
};

export function whyText({ url, found }: WhyFacts): string {
  if (found === null) return `${printable(url)}\nthe crawl has not met it\n`;
  const { state, reason, detail, status, depth, file, parent } = found;
  const lines = [url, STATES[state] ?? state];
  if (file !== null) lines.push(`file: ${file}`);
  if (reason !== null) lines.push(`reason: ${reason}`);
  if (detail !== null) lines.push(detail);
  if (status !== null) lines.push(`status ${status}`);
  lines.push(`depth ${depth}${parent === null ? '' : `, first found on ${parent}`}`);
  return `${lines.map(printable).join('\n')}\n`;
}
