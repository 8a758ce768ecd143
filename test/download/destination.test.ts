// Names from servers against slow disks, failing ones, and later tries.

import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { Occupant } from '../../src/files/disk.js';
import { failingDisk } from '../../src/files/failing-disk.js';
import { FetchallError } from '../../src/model/errors.js';
import { FOLDER } from '../support/jobs.js';
import { MemoryDisk } from '../support/memory-disk.js';
import { ARun } from '../support/runs.js';
import type { StubAnswer } from '../support/stub-transport.js';

const URL_OF_A = 'http://a.test/a';
const headers = { 'content-disposition': 'attachment; filename=named' };

class SlowDisk extends MemoryDisk {
  override async occupant(path: string, part?: string): Promise<Occupant> {
    for (let turn = 0; turn < 50; turn++) await nextTurn();
    return super.occupant(path, part);
  }
}

function withNamed<T extends MemoryDisk>(disk: T): T {
  disk.files.set(join(FOLDER, 'named'), Buffer.from('old'));
  return disk;
}

const inFolder = ({ disk }: ARun) =>
  Object.fromEntries([...disk.files].map(([path, bytes]) => [path.slice(FOLDER.length + 1), String(bytes)]));

it('waits for a disk that is slower than the body, small or streamed', async () => {
  for (const length of [undefined, null]) {
    const answer = (): StubAnswer => ({ headers, body: 'new', ...(length === null ? { length } : {}) });
    const plan = { sources: [URL_OF_A], answer, options: { contentDisposition: true } };
    const kept = await new ARun(plan, withNamed(new SlowDisk())).toEnd();
    expect(kept.results).toMatchObject([{ outcome: 'skipped', reason: 'exists', file: 'named', size: null }]);
    expect(inFolder(kept)).toEqual({ named: 'old' });
    const saved = await new ARun(plan, new SlowDisk()).toEnd();
    expect(saved.results).toMatchObject([{ outcome: 'saved', file: 'named', size: 3 }]);
    expect(inFolder(saved)).toEqual({ named: 'new' });
  }
});

it('a disk that cannot tell what stands there fails the URL', async () => {
  const disk = failingDisk(new MemoryDisk(), [{ call: 'occupant', path: 'named', code: 'EIO' }]);
  const options = { contentDisposition: true, retries: 0 };
  const answer = (): StubAnswer => ({ headers, body: 'new' });
  const each = await new ARun({ sources: [URL_OF_A], answer, options, seams: { disk } }).toEnd();
  expect(each.results).toMatchObject([{ outcome: 'failed', file: 'a', error: { code: 'ERR_DISK' } }]);
  expect(each.results[0]?.error?.message).toContain('cannot look at /out/named');
});

it('a later try keeps the place of the one before, and may be told another name', async () => {
  const broken = new FetchallError('ERR_CONNECT', 'reset');
  const other = { 'content-disposition': 'attachment; filename=other' };
  for (const [second, expected] of [
    [headers, 'named-1'],
    [other, 'other'],
  ] as const) {
    const answer = (_: unknown, index: number): StubAnswer =>
      index === 0 ? { headers, body: 'n', length: 3, error: broken } : { headers: second, body: 'new' };
    const options = { contentDisposition: true, existing: 'rename', retryWait: 0 } as const;
    const each = await new ARun(
      { sources: [URL_OF_A], answer, options },
      withNamed(new MemoryDisk()),
    ).toEnd();
    expect(each.results).toMatchObject([{ outcome: 'saved', attempts: 2, file: expected }]);
    expect(inFolder(each)).toEqual({ named: 'old', [expected]: 'new' });
  }
});

it('a refusal names no file', async () => {
  const answer = (): StubAnswer => ({ status: 404, headers, body: 'not here' });
  const options = { contentDisposition: true };
  const each = await new ARun({ sources: [URL_OF_A], answer, options }).toEnd();
  expect(each.results).toMatchObject([{ outcome: 'failed', status: 404, file: 'a' }]);
  expect(inFolder(each)).toEqual({});
});
