// The text log's line for one URL: pure, and cheap, for there may be millions.

import type { FinishedEvent, ParkedEvent, PlannedEvent, RetryEvent } from '../model/events.js';
import { formatBytes, formatCount, formatDuration } from './format.js';
import { type Palette, PLAIN } from './palette.js';
import { printable } from './printable.js';

/** A line of a list that is no URL may be anything, a whole file without line breaks too. */
const LONGEST = 2000;

/** `greenlet-7  200  4,096 B  4 chunks  12 ms  URL -> file`; how it ended stands before the URL unless it was saved. */
export function resultLine(result: FinishedEvent, palette: Palette = PLAIN): string {
  return `${facts(result, palette)}${ending(result, palette)}\n`;
}

export function plannedLine(planned: PlannedEvent): string {
  return `${printable(planned.url)} -> ${printable(planned.file)}\n`;
}

export function retryLine(retry: RetryEvent): string {
  const { greenlet, attempt, wait, error, url } = retry;
  const why = `${error.code}: ${printable(error.message)}`;
  return `greenlet-${greenlet}  attempt ${attempt} in ${formatDuration(wait)}  ${why}  ${printable(url)}\n`;
}

export function parkedLine({ host, wait, error }: ParkedEvent): string {
  return `${printable(host)}  left alone for ${formatDuration(wait)}  ${error.code}: ${printable(error.message)}\n`;
}

/** What was done for it; nothing but `-` where no greenlet ran. */
function facts(result: FinishedEvent, palette: Palette): string {
  if (result.greenlet === null) return '-  ';
  const { status, outcome } = result;
  const shown = status === null ? '-' : outcome === 'saved' ? palette.good(String(status)) : String(status);
  let line = `greenlet-${result.greenlet}  ${shown}  ${formatBytes(result.bytes)}  `;
  line += `${formatCount(result.chunks, 'chunk')}  ${formatDuration(result.seconds)}  `;
  if (result.attempts > 1) line += `${result.attempts} attempts  `;
  if (result.resumed) line += 'resumed  ';
  if (result.lengthKnown === false) line += 'length unknown  ';
  return line;
}

function ending(result: FinishedEvent, palette: Palette): string {
  const { outcome, reason, error, line } = result;
  const url = printable(shorten(result.url));
  const target = result.file === null ? url : `${url} -> ${printable(result.file)}`;
  const because = reason === null ? '' : ` (${reason})`;
  if (outcome === 'saved') return reason === null ? target : `saved${because}  ${target}`;
  if (outcome === 'skipped') return `${palette.doubtful(`skipped${because}`)}  ${target}`;
  const where = result.greenlet === null && line !== null ? `line ${line}  ` : '';
  const what = error === null ? '' : `  ${error.code}: ${printable(error.message)}`;
  return `${where}${palette.bad(`failed${because}`)}${what}  ${url}`;
}

function shorten(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}...`;
}
