// The files of one archive: NAME.warc.gz, NAME-00001.warc.gz, NAME-00002.warc.gz ...

import { mkdir, readdir } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { archiveError } from './archive-error.js';

export class ArchiveFiles {
  /** Absolute. */
  readonly folder: string;
  readonly #name: string;

  /** @param file as the user wrote it, with or without `.warc.gz` */
  constructor(file: string) {
    const path = resolve(file);
    this.folder = dirname(path);
    this.#name = basename(path).replace(/(?:\.warc)?(?:\.gz)?$/i, '') || basename(path);
  }

  /** The path of the archive's file with this number, from 0. */
  warc(number: number): string {
    return `${this.folder}/${this.warcName(number)}`;
  }

  warcName(number: number): string {
    return `${this.#name}${number === 0 ? '' : `-${String(number).padStart(5, '0')}`}.warc.gz`;
  }

  get index(): string {
    return `${this.folder}/${this.#name}.cdxj`;
  }

  /** Says who writes the archive. */
  get lock(): string {
    return `${this.folder}/${this.#name}.warc.lock`;
  }

  get wacz(): string {
    return `${this.folder}/${this.#name}.wacz`;
  }

  /**
   * The numbers of the files that are there, in order; the folder is made if it is not.
   *
   * @throws FetchallError ERR_DISK
   */
  async existing(): Promise<number[]> {
    try {
      await mkdir(this.folder, { recursive: true });
      const names = new Set(await readdir(this.folder));
      const numbers = [...names].map((name) => Number(/-(\d{5,})\.warc\.gz$/.exec(name)?.[1] ?? 0));
      const there = [...new Set([0, ...numbers])].filter((number) => names.has(this.warcName(number)));
      return there.sort((one, other) => one - other);
    } catch (error) {
      throw archiveError(error, `cannot look for the archive in ${this.folder}`);
    }
  }
}
