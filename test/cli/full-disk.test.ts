// A disk that is full: a small tmpfs in a mount namespace of its own, where the system lets an ordinary user have one.

import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, type TestContext, test } from 'vitest';
import { ofType, readWarc } from '../archive/read-warc.js';
import { packageRoot } from '../support/package-root.js';
import { folderWith, namesIn, serve } from './stage.js';

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

/** A working folder for {@link onSmallDisk}; the test is skipped where there can be none. */
async function folderForSmallDisk(skip: TestContext['skip']): Promise<string> {
  const cwd = await folderWith();
  await mkdir(join(cwd, 'out'));
  const can = await onSmallDisk(cwd, 'true');
  skip(can.code !== 0, `no small tmpfs can be mounted here: ${can.code} ${can.stderr}`);
  return cwd;
}

test.for([40_000, 200_000])(
  'exit 11, and no file under its final name: bodies of %i bytes',
  async (size, { skip }) => {
    const cwd = await folderForSmallDisk(skip);
    const server = await serve(() => ({ body: Buffer.alloc(size) }));
    const run = [process.execPath, join(packageRoot, 'bin', 'fetchall.js'), '-q', '-o', 'out', '-c', '1'];
    const result = await onSmallDisk(cwd, ...run, server.url('/a'), server.url('/b'));
    expect(result.code).toBe(11);
    expect(result.stderr).toMatch(/ERR_DISK: .*disk is full \(ENOSPC\)/);
    expect(result.stdout.split('\n')).not.toContain('b');
  },
);

test('an archive on a full disk: exit 11, nothing torn, and no file whose exchange is not in it', async ({
  skip,
}) => {
  const cwd = await folderForSmallDisk(skip);
  const body = Buffer.from(Array.from({ length: 40_000 }, () => Math.random() * 256));
  const server = await serve(({ url }) => ({ body: Buffer.concat([body, Buffer.from(url)]) }));
  const bin = join(packageRoot, 'bin', 'fetchall.js');
  const run = `"$0" "$@" -q -o data -c 1 --warc out/a; code=$?; cp out/a.warc.gz kept.warc.gz; exit $code`;
  const urls = ['/a', '/b', '/c'].map((path) => server.url(path));
  const result = await onSmallDisk(cwd, 'sh', '-c', run, process.execPath, bin, ...urls);
  expect(result.code).toBe(11);
  expect(result.stderr).toMatch(/ERR_DISK: cannot write the archive .*ENOSPC/);
  const records = await readWarc(join(cwd, 'kept.warc.gz'));
  const archived = ofType(records, 'response').map(({ fields }) => fields['WARC-Target-URI']);
  expect(archived).toEqual([server.url('/a')]);
  expect(await namesIn(cwd, 'data')).toEqual(['a', 'b.part']);
});

test('names that do not fit among the temporary files stay in memory, and leave the room to others', async ({
  skip,
}) => {
  const cwd = await folderForSmallDisk(skip);
  // A table of 2,500 names has 41,472 bytes: there is room for one.
  const script = `
    import { statfsSync } from 'node:fs';
    import { NameClaims } from '${join(packageRoot, 'dist/files/name-claims.js')}';
    const claims = new NameClaims(2500);
    for (let number = 0; number < 9000; number++) claims.claim('' + number, 'http://host/' + number);
    let known = 0;
    for (let number = 0; number < 9000; number++)
      if (claims.claim('' + number, 'http://host/' + number).duplicate) known++;
    const { blocks, bfree } = statfsSync('out');
    console.log(JSON.stringify({ known, blocks, bfree }));`;
  const run = ['env', `TMPDIR=${join(cwd, 'out')}`, process.execPath, '--input-type=module', '-e', script];
  const { code, stdout } = await onSmallDisk(cwd, ...run);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toEqual({ known: 9000, blocks: 16, bfree: 16 - Math.ceil(41_472 / 4096) });
});
