// The checksums of a run's files, as `sha256sum -c` reads them.

import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { diskError } from './disk-errors.js';

/** Bytes of lines that are worth a system call. */
const ENOUGH = 65_536;

export class Manifest {
  readonly #path: string;
  readonly #file: FileHandle;
  #lines = '';

  private constructor(path: string, file: FileHandle) {
    this.#path = path;
    this.#file = file;
  }

  /**
   * Begins a manifest. What stood there before stays until `finish`.
   *
   * @throws FetchallError ERR_DISK
   */
  static async create(path: string): Promise<Manifest> {
    const final = resolve(path);
    try {
      return new Manifest(final, await open(`${final}.part`, 'w'));
    } catch (error) {
      throw diskError(error, `cannot write the manifest ${final}`);
    }
  }

  /** @param file the name below the out folder @throws FetchallError ERR_DISK */
  async add(file: string, sha256: string): Promise<void> {
    this.#lines += line(file, sha256);
    if (this.#lines.length >= ENOUGH) await this.#write();
  }

  /** Gives the manifest its name. @throws FetchallError ERR_DISK */
  async finish(): Promise<void> {
    await this.#write();
    try {
      await this.#file.close();
      await rename(`${this.#path}.part`, this.#path);
    } catch (error) {
      throw diskError(error, `cannot write the manifest ${this.#path}`);
    }
  }

  /** Leaves what stood there before. Never throws; after `finish` it does nothing. */
  async discard(): Promise<void> {
    await this.#file.close().catch(() => {});
    await rm(`${this.#path}.part`, { force: true }).catch(() => {});
  }

  async #write(): Promise<void> {
    const lines = this.#lines;
    this.#lines = '';
    try {
      await this.#file.writeFile(lines);
    } catch (error) {
      throw diskError(error, `cannot write the manifest ${this.#path}`);
    }
  }
}

/** GNU's form: a name with a backslash or a line break is escaped, and the line says so with one in front. */
function line(file: string, sha256: string): string {
  const escaped = file.replace(/[\\\n\r]/g, (what) => ({ '\n': '\\n', '\r': '\\r' })[what] ?? '\\\\');
  return `${escaped === file ? '' : '\\'}${sha256}  ${escaped}\n`;
}
