// Runs over a transport and a disk in memory, with all that they say.

import { openSources, type Sources } from '../../src/input/sources.js';
import type { FetchallEvent, FinishedEvent, SummaryEvent } from '../../src/model/events.js';
import type { Result } from '../../src/model/result.js';
import type { RunSeams } from '../../src/run/live.js';
import { type DownloadOptions, resolveSettings } from '../../src/run/options.js';
import { type RunEnding, run } from '../../src/run/run.js';
import { FOLDER } from './jobs.js';
import { MemoryDisk } from './memory-disk.js';
import { type StubFunction, StubTransport } from './stub-transport.js';

export interface RunPlan {
  readonly sources: Sources;
  readonly answer?: StubFunction;
  readonly options?: Omit<DownloadOptions, keyof RunSeams>;
  readonly seams?: Omit<RunSeams, 'transport'>;
}

export class ARun {
  readonly events: FetchallEvent[] = [];
  readonly endings: RunEnding[] = [];
  readonly disk: MemoryDisk;
  readonly transport: StubTransport;
  readonly #plan: RunPlan;

  constructor(plan: RunPlan, disk = new MemoryDisk()) {
    this.disk = disk;
    this.transport = new StubTransport(plan.answer ?? (() => ({ body: 'content' })));
    this.#plan = plan;
  }

  get results(): Result[] {
    return this.endings.map(({ result }) => result);
  }

  get files(): (string | null)[] {
    return this.results.map(({ file }) => file);
  }

  get finished(): FinishedEvent[] {
    return this.events.filter((event) => event.event === 'finished');
  }

  get summary(): SummaryEvent | undefined {
    return this.events.find((event) => event.event === 'summary');
  }

  /** The endings as they come, not yet begun. */
  async *begin(): AsyncGenerator<RunEnding> {
    const { sources, options = {}, seams = {} } = this.#plan;
    // Notes are kept on a real disk only.
    const settings = resolveSettings({ out: FOLDER, state: options.out !== undefined, ...options });
    const onEvent = (event: FetchallEvent): void => {
      this.events.push(event);
      seams.onEvent?.(event);
    };
    const entries = await openSources(sources, null);
    const reached = { disk: this.disk, ...seams, onEvent, transport: this.transport };
    for await (const endings of run(entries, settings, reached)) yield* endings;
  }

  /** Reads all endings. */
  async toEnd(): Promise<this> {
    for await (const ending of this.begin()) this.endings.push(ending);
    return this;
  }
}

export function urls(count: number, host = 'a.test'): string[] {
  return Array.from({ length: count }, (_, at) => `http://${host}/${at}.bin`);
}
