// A fresh folder for one test.

import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** Makes an empty folder that is removed, with all it holds, when the running test ends. */
export async function temporaryFolder(): Promise<string> {
  // Some systems name their temporary folder by a link; paths are easier to compare without it.
  const folder = await mkdtemp(join(await realpath(tmpdir()), 'fetchall-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }));
  return folder;
}
