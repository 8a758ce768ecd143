// Where the package lies: this file runs as test/support/*.ts under vitest and as build/test/support/*.js elsewhere.

import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

function findRoot(folder: string): string {
  if (existsSync(join(folder, 'package.json'))) return folder;
  const parent = dirname(folder);
  if (parent === folder) throw new Error('no package.json above the test support');
  return findRoot(parent);
}

/** The folder that holds package.json, as an absolute path. */
export const packageRoot = findRoot(dirname(fileURLToPath(import.meta.url)));
