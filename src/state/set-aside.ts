// A database that cannot be read stays for whoever wants to look at it, and out of the way.

import { rename } from 'node:fs/promises';
import { clock } from '../coroutine/clock.js';

/** @returns where it is now */
export async function setAside(path: string): Promise<string> {
  const aside = `${path}.damaged-${clock.date().getTime()}`;
  await rename(path, aside);
  // It belongs to the file that is gone.
  await rename(`${path}-journal`, `${aside}-journal`).catch(() => {});
  return aside;
}
