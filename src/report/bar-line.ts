// The text of a bar: pure functions of what goes on and of the width there is.

import type { ActiveTransfer } from '../model/active-transfers.js';
import { cutToWidth } from './display-width.js';
import { formatDuration, formatNumber, formatRate, formatSize } from './format.js';
import { printable } from './printable.js';

/** Draws a bar of so many characters. */
type DrawBar = (size: number) => string;

/** One line of the block of bars. */
export interface BarLine {
  readonly value: number;
  /** Zero where the end is not known. */
  readonly total: number;
  text(columns: number, draw: DrawBar): string;
}

export interface RunState {
  readonly read: number;
  readonly readThrough: boolean;
  readonly ended: number;
  readonly failed: number;
  readonly bytes: number;
  /** Bytes a second. */
  readonly rate: number;
  readonly seconds: number;
}

const LABEL = 13;

/** Bars give way to words where there is little room. */
function barSize(columns: number): number {
  return columns >= 90 ? 24 : columns >= 60 ? 12 : 0;
}

/** Percentage and bar, or as much room, so that the columns stay where they are. */
function gauge(value: number, total: number, columns: number, draw: DrawBar): string {
  const size = barSize(columns);
  const frame = size === 0 ? '' : `[${total > 0 ? draw(size) : ' '.repeat(size)}] `;
  const percent = total > 0 ? `${Math.floor(Math.min(1, value / total) * 100)}%` : '';
  return `${percent.padStart(4)} ${frame}`;
}

/** Percent only when the list has been read through: before, nobody knows of how much. */
export function totalLine(state: RunState): BarLine {
  const { ended, read, readThrough, failed, bytes, rate, seconds } = state;
  const total = readThrough ? read : 0;
  const count = readThrough
    ? `${formatNumber(ended)} of ${formatNumber(read)}`
    : `${formatNumber(ended)} done, list being read`;
  const rest = [
    count,
    `${formatNumber(failed)} failed`,
    formatSize(bytes),
    formatRate(rate),
    formatDuration(seconds),
  ];
  return {
    value: ended,
    total,
    text: (columns, draw) =>
      cutToWidth(`${'total'.padEnd(LABEL)}${gauge(ended, total, columns, draw)} ${rest.join('  ')}`, columns),
  };
}

export function slotLine(transfer: ActiveTransfer | null): BarLine {
  if (transfer === null) return { value: 0, total: 0, text: () => '' };
  const { greenlet, received, expected, file } = transfer;
  const total = expected ?? 0;
  const bytes =
    expected === null ? formatSize(received) : `${formatSize(received)} of ${formatSize(expected)}`;
  return {
    value: received,
    total,
    text(columns, draw) {
      const begin = `${`greenlet-${greenlet}`.padEnd(LABEL)}${gauge(received, total, columns, draw)}`;
      return cutToWidth(`${begin} ${bytes.padEnd(22)}  ${printable(file)}`, columns);
    },
  };
}
