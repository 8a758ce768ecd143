// Part records that outlive a run, in memory.

import type { PartRecord, PartRecords } from '../../src/model/part-record.js';

export class PartMemory implements PartRecords {
  readonly records = new Map<string, { readonly url: string; readonly record: PartRecord }>();
  /** What was kept, in order. */
  readonly kept: PartRecord[] = [];

  find(file: string, url: string): PartRecord | null {
    const found = this.records.get(file);
    return found?.url === url ? found.record : null;
  }

  keep(file: string, url: string, record: PartRecord): Promise<void> {
    this.records.set(file, { url, record });
    this.kept.push(record);
    return Promise.resolve();
  }

  drop(file: string): void {
    this.records.delete(file);
  }
}
