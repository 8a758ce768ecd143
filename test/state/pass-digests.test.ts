import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { PassDigests } from '../../src/state/pass-digests.js';
import { temporaryFolder } from '../support/temp-folder.js';

function body(text: string, validator = ''): { digest: string; validator: string } {
  return { digest: createHash('sha256').update(text).digest('hex'), validator };
}

it('tells identical, different and changed bodies apart, by their place in the list', async () => {
  const digests = await PassDigests.create(join(await temporaryFolder(), 'digests'));
  await digests.write(3, body('three', '"3"'));
  await digests.write(0, body('zero'));
  expect(await digests.compare(0, body('zero'))).toBe('identical');
  expect(await digests.compare(0, body('zero', '"new"'))).toBe('identical');
  expect(await digests.compare(0, body('other'))).toBe('different');
  expect(await digests.compare(3, body('other', '"3"'))).toBe('different');
  expect(await digests.compare(3, body('other', '"4"'))).toBe('changed');
  // The first pass has nothing at these places.
  expect(await digests.compare(1, body('one'))).toBeNull();
  expect(await digests.compare(4, body('four'))).toBeNull();
  await digests.close();
});

it('says in one of our errors what the disk refuses', async () => {
  const path = join(await temporaryFolder(), 'digests');
  const digests = await PassDigests.create(path);
  await expect(PassDigests.create(path)).rejects.toMatchObject({ code: 'ERR_DISK', systemCode: 'EEXIST' });
  await digests.close();
  await expect(digests.write(0, body('late'))).rejects.toMatchObject({ code: 'ERR_DISK' });
  await expect(digests.compare(0, body('late'))).rejects.toMatchObject({ code: 'ERR_DISK' });
});
