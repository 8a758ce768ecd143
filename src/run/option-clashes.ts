// Options that exclude each other: one of the two would be accepted and ignored.

import { UsageError } from '../model/errors.js';

/** Those that others exclude, as they are understood. */
export interface Clashing {
  readonly concurrency: number | 'auto';
  readonly perHost: number | 'auto' | null;
  readonly delay: number;
  readonly limitRate: number | null;
  readonly sequential: boolean;
  readonly compare: boolean;
  readonly split: number | 'auto';
  readonly workers: number | 'auto';
  readonly http2: boolean;
  readonly warc: string | null;
}

type Clash = readonly [stays: keyof Clashing, why: string, goes: keyof Clashing];

const CLASHES: readonly Clash[] = [
  ['compare', 'makes a sequential run of its own', 'sequential'],
  ['compare', 'fetches everything twice', 'warc'],
  ['warc', 'keeps the heads of HTTP/1.1', 'http2'],
  ['warc', 'keeps whole bodies', 'split'],
  ['compare', 'measures one request for each file', 'split'],
  ['delay', 'is time between two requests to a host', 'split'],
  ['sequential', 'sends one request at a time', 'split'],
  ['concurrency', 'is one request at a time', 'split'],
  ['perHost', 'is one request at a time to a host', 'split'],
  ['warc', 'is written by one event loop', 'workers'],
  ['compare', 'measures one event loop', 'workers'],
  ['limitRate', 'holds within one event loop', 'workers'],
  ['sequential', 'sends one request at a time', 'workers'],
  ['concurrency', 'is one request at a time', 'workers'],
];

/**
 * @param spell how the caller writes an option's name
 * @throws UsageError that names both options of the first pair that does
 */
export function refuseClashes(options: Clashing, spell: (key: string) => string): void {
  const clash = CLASHES.find(([stays, , goes]) => isAsked(options, stays) && isAsked(options, goes));
  if (clash === undefined) return;
  const [stays, why, goes] = clash;
  const isOne = stays === 'concurrency' || stays === 'perHost';
  throw new UsageError(`${spell(stays)}${isOne ? ' 1' : ''} ${why}; leave ${spell(goes)} out`, spell(stays));
}

/** No default is anything that was asked for. */
function isAsked(options: Clashing, key: keyof Clashing): boolean {
  const value = options[key];
  if (key === 'concurrency' || key === 'perHost') return value === 1;
  if (key === 'split' || key === 'workers') return value !== 'auto' && value !== 1;
  return value !== null && value !== false && value !== 0;
}
