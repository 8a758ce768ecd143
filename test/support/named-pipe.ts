import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { temporaryFolder } from './temp-folder.js';

/** A named pipe that nobody has opened yet; it goes when the running test ends. */
export async function newPipe(): Promise<string> {
  const path = join(await temporaryFolder(), 'pipe');
  await promisify(execFile)('mkfifo', [path]);
  return path;
}
