// Programs of worker threads.

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { packageRoot } from './package-root.js';
import { temporaryFolder } from './temp-folder.js';

/** What was built: npm test builds first. */
export const TASK_WORKER = pathToFileURL(join(packageRoot, 'dist', 'run', 'task-worker.js'));

/** @returns a program made of this text */
export async function threadProgram(text: string): Promise<URL> {
  const path = join(await temporaryFolder(), 'thread.mjs');
  await writeFile(path, text);
  return pathToFileURL(path);
}
