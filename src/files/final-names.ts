// Names that become known only with the response: claimed as answers come, held against what stands on disk then.

import { join } from 'node:path';
import { FetchallError } from '../model/errors.js';
import type { KnownFiles } from '../model/known-file.js';
import type { Disk, Occupant } from './disk.js';
import { diskError } from './disk-errors.js';
import { type NameClaims, numberedNames, suffixedNames } from './name-claims.js';
import type { ExistingMode } from './options.js';

export interface FinalNamesOptions {
  readonly disk: Disk;
  /** The out folder, absolute. */
  readonly folder: string;
  readonly existing: ExistingMode;
  readonly claims: NameClaims;
  /** What runs before have saved. */
  readonly known?: KnownFiles | null;
}

/** Whose file a name is for. */
export interface Claimant {
  readonly url: string;
  /** The name that was claimed for it in list order. */
  readonly planned: string;
  /** A file of this URL that stands there and may be written anew, whatever `existing` says. */
  readonly own: string | null;
}

export interface Place {
  /** What was asked for. */
  readonly wanted: string;
  readonly name: string;
  /** `kept`: something stands there that is not to be replaced. */
  readonly kind: 'new' | 'replaced' | 'kept';
}

export class FinalNames {
  readonly #options: FinalNamesOptions;

  constructor(options: FinalNamesOptions) {
    this.#options = options;
  }

  /**
   * Decides where a file goes. The claim is made at once, before the disk is asked: of two that want one name, who asks
   * first has it.
   *
   * @param wanted a safe name
   * @throws FetchallError ERR_EXISTS; ERR_DISK
   */
  async place(wanted: string, claimant: Claimant): Promise<Place> {
    const { url, planned } = claimant;
    const { claims } = this.#options;
    const name = wanted === planned ? planned : claims.claim(wanted, url).name;
    return { wanted, ...(await this.#settle(name, claimant)) };
  }

  async #settle(name: string, { url, own }: Claimant): Promise<Omit<Place, 'wanted'>> {
    const found = await this.#look(name);
    if (found === 'nothing') return { name, kind: 'new' };
    if (found === 'folder') return await this.#another(suffixedNames(name, url), { url, own });
    if (name === own) return { name, kind: 'replaced' };
    const { existing, known } = this.#options;
    switch (existing) {
      case 'skip':
      case 'overwrite':
      case 'update':
        // Another URL's answer of a run before: this list may not even hold it.
        if (known?.isAnothers(url, name) === true)
          return await this.#another(suffixedNames(name, url), { url, own });
        return { name, kind: existing === 'skip' ? 'kept' : 'replaced' };
      case 'rename':
        return await this.#another(numberedNames(name), { url, own });
      case 'fail':
        throw new FetchallError('ERR_EXISTS', `${name} exists already; --existing says what to do then`);
    }
  }

  /** The first of the names that nobody else has claimed and nothing stands at, but perhaps this URL's own file. */
  async #another(
    names: Iterable<string>,
    { url, own }: Pick<Claimant, 'url' | 'own'>,
  ): Promise<Omit<Place, 'wanted'>> {
    for (const name of names) {
      if (!this.#options.claims.hold(name, url)) continue;
      if ((await this.#look(name)) === 'nothing') return { name, kind: 'new' };
      if (name === own) return { name, kind: 'replaced' };
    }
    throw new RangeError('unreachable: the names have no end');
  }

  async #look(name: string): Promise<Occupant> {
    const path = join(this.#options.folder, name);
    try {
      return await this.#options.disk.occupant(path);
    } catch (error) {
      throw diskError(error, `cannot look at ${path}`);
    }
  }
}
