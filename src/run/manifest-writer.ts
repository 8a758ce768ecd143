// Which of a run's endings belong into its manifest: every file that is complete, whether this run has fetched it or not.

import { join } from 'node:path';
import type { Ending, Task } from '../download/task.js';
import { hashFile } from '../files/file-hash.js';
import { Manifest } from '../files/manifest.js';
import type { KnownFiles } from '../model/known-file.js';

export class ManifestWriter {
  readonly #manifest: Manifest;
  readonly #folder: string;
  readonly #known: KnownFiles | null;

  private constructor(manifest: Manifest, folder: string, known: KnownFiles | null) {
    this.#manifest = manifest;
    this.#folder = folder;
    this.#known = known;
  }

  /** @throws FetchallError ERR_DISK */
  static async create(path: string, folder: string, known: KnownFiles | null): Promise<ManifestWriter> {
    return new ManifestWriter(await Manifest.create(path), folder, known);
  }

  /** @throws FetchallError ERR_DISK */
  async add(endings: readonly Ending[]): Promise<void> {
    for (const { result, task } of endings) {
      const { file, outcome, reason } = result;
      if (file === null || outcome === 'failed' || reason === 'duplicate') continue;
      await this.#manifest.add(file, task?.digest ?? (await this.#sha256(result.url, file, task)));
    }
  }

  /** @throws FetchallError ERR_DISK */
  finish(): Promise<void> {
    return this.#manifest.finish();
  }

  discard(): Promise<void> {
    return this.#manifest.discard();
  }

  /** Of a file that was there before: its size has been looked at by the planner. */
  async #sha256(url: string, file: string, task: Task | null): Promise<string> {
    return (
      this.#known?.known(url, task?.job.file ?? file)?.sha256 ??
      (await hashFile(join(this.#folder, file), 'sha256'))
    );
  }
}
