// Where what a crawl saves goes: the tree of `host/path`, folders made as they are needed, never through a link.

import { join } from 'node:path';
import type { Disk } from '../files/disk.js';
import { diskError } from '../files/disk-errors.js';
import type { Claimant, Place } from '../files/final-names.js';
import { FetchallError } from '../model/errors.js';
import type { LocalPaths } from './local-path.js';

/** Folders that are known to be there. */
const MOST_KNOWN = 10_000;

/** @returns the type of what is kept of a URL; undefined for what is only read */
export type TypeOf = (planned: string) => Promise<string | null | undefined>;

export class CrawlNames {
  readonly #disk: Disk;
  readonly #folder: string;
  readonly #paths: LocalPaths;
  readonly #typeOf: TypeOf;
  readonly #known = new Map<string, Promise<void>>();

  constructor({ disk, folder }: { disk: Disk; folder: string }, paths: LocalPaths, typeOf: TypeOf) {
    this.#disk = disk;
    this.#folder = folder;
    this.#paths = paths;
    this.#typeOf = typeOf;
  }

  /** @throws FetchallError ERR_DISK */
  async place(wanted: string, { url, planned }: Claimant): Promise<Place> {
    const type = await this.#typeOf(planned);
    if (type === undefined) return { wanted, name: planned, kind: 'new' };
    const name = this.#paths.claim(new URL(url), type);
    const segments = name.split('/').slice(0, -1);
    for (let end = 1; end <= segments.length; end++) await this.#makeFolder(segments.slice(0, end).join('/'));
    return { wanted, name, kind: 'new' };
  }

  #makeFolder(name: string): Promise<void> {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    if (this.#known.size >= MOST_KNOWN) this.#known.clear();
    const made = this.#make(join(this.#folder, name));
    this.#known.set(name, made);
    made.catch(() => this.#known.delete(name));
    return made;
  }

  async #make(path: string): Promise<void> {
    try {
      const found = await this.#disk.occupant(path);
      if (found === 'folder') return;
      if (found !== 'nothing') throw new FetchallError('ERR_DISK', `${path} is in the way: it is no folder`);
      await this.#disk.makeFolder(path);
    } catch (error) {
      throw diskError(error, `cannot make the folder ${path}`);
    }
  }
}
