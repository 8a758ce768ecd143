// The C programs of this folder, compiled where there is a compiler.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { findProgram, SOURCES } from './places.js';

/**
 * Compiles NAME.c into a folder.
 * @returns the program's path, or undefined where there is no compiler, or not what it needs
 */
export function compile(source: string, folder: string, flags: readonly string[] = []): string | undefined {
  const compiler = findProgram('cc');
  if (compiler === undefined) return undefined;
  const program = join(folder, [source, ...flags].join(''));
  const { status } = spawnSync(compiler, ['-O2', '-o', program, join(SOURCES, `${source}.c`), ...flags]);
  return status === 0 ? program : undefined;
}
