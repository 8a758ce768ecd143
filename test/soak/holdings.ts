// What a process holds: all that must be as before when the work is done.

import { readdirSync } from 'node:fs';

/** What the heap may differ by, in bytes. */
const HEAP_NOISE = 4 * 1_048_576;
/** What the system may not have been given back: freed memory lies in pieces. */
const RESIDENT_NOISE = 64 * 1_048_576;

export interface Holdings {
  /** Open descriptors; 0 where the system does not show them. */
  readonly descriptors: number;
  /** Of the process and of the run's signal. */
  readonly listeners: number;
  /** Timers and handles that keep the process alive, by kind. */
  readonly resources: string;
  /** In bytes, after a collection. */
  readonly heap: number;
  /** Outside of the heap: buffers. */
  readonly external: number;
  readonly resident: number;
}

/** @param signalListeners those of the run's signal */
export function holdings(signalListeners: number): Holdings {
  for (let round = 0; round < 3; round++) globalThis.gc?.();
  const { heapUsed, external, rss } = process.memoryUsage();
  return {
    descriptors: descriptors(),
    listeners: processListeners() + signalListeners,
    resources: resources(),
    heap: heapUsed,
    external,
    resident: rss,
  };
}

/** By what was compared: nothing, or how it differs. */
export function differences(before: Holdings, after: Holdings): Readonly<Record<string, readonly string[]>> {
  const same = (key: keyof Holdings): readonly string[] =>
    before[key] === after[key] ? [] : [`${before[key]}, then ${after[key]}`];
  const within = (key: 'heap' | 'external' | 'resident', noise: number): readonly string[] =>
    after[key] - before[key] <= noise ? [] : [`${mebibytes(before[key])}, then ${mebibytes(after[key])}`];
  return {
    descriptors: same('descriptors'),
    listeners: same('listeners'),
    'timers and handles': same('resources'),
    heap: within('heap', HEAP_NOISE),
    buffers: within('external', HEAP_NOISE),
    'resident memory': within('resident', RESIDENT_NOISE),
  };
}

export function inWords({ descriptors, listeners, resources, heap, external, resident }: Holdings): string {
  const memory = `heap ${mebibytes(heap)}, buffers ${mebibytes(external)}, resident ${mebibytes(resident)}`;
  return `${descriptors} descriptors, ${listeners} listeners, ${resources}; ${memory}`;
}

function mebibytes(bytes: number): string {
  return `${(bytes / 1_048_576).toFixed(1)} MiB`;
}

function descriptors(): number {
  try {
    return readdirSync('/proc/self/fd').length;
  } catch {
    return 0;
  }
}

function processListeners(): number {
  return process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0);
}

function resources(): string {
  const counts = new Map<string, number>();
  for (const kind of process.getActiveResourcesInfo()) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([kind, count]) => `${count} ${kind}`)
    .join(', ');
}
