// A disk that is full: a small tmpfs in a mount namespace of its own, where the system lets an ordinary user have one.

import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { packageRoot } from '../support/package-root.js';
import { folderWith, serve } from './stage.js';

/** Runs a command where `out`, in `cwd`, is a file system of 64 KiB; what it holds at the end is on standard output. */
async function onSmallDisk(cwd: string, ...command: readonly string[]) {
  const script = 'mount -t tmpfs -o size=64k none out || exit 99; "$@"; code=$?; ls -A out; exit $code';
  const args = ['--user', '--map-root-user', '--mount', 'sh', '-c', script, 'sh', ...command];
  const ended = promisify(execFile)('unshare', args, { cwd, timeout: 15_000 });
  const failed = await ended.then(
    () => null,
    (error: { code: unknown; stdout: string; stderr: string }) => error,
  );
  return failed ?? { code: 0, ...(await ended) };
}

test.for([40_000, 200_000])(
  'exit 11, and no file under its final name: bodies of %i bytes',
  async (size, { skip }) => {
    const cwd = await folderWith();
    await mkdir(join(cwd, 'out'));
    const can = await onSmallDisk(cwd, 'true');
    skip(can.code !== 0, `no small tmpfs can be mounted here: ${can.code} ${can.stderr}`);
    const server = await serve(() => ({ body: Buffer.alloc(size) }));
    const run = [process.execPath, join(packageRoot, 'bin', 'fetchall.js'), '-q', '-o', 'out', '-c', '1'];
    const result = await onSmallDisk(cwd, ...run, server.url('/a'), server.url('/b'));
    expect(result.code).toBe(11);
    expect(result.stderr).toMatch(/ERR_DISK: .*disk is full \(ENOSPC\)/);
    expect(result.stdout.split('\n')).not.toContain('b');
  },
);
