import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Spool } from '../../src/archive/spool.js';
import type { Block } from '../../src/archive/warc-record.js';
import { temporaryFolder } from '../support/temp-folder.js';

async function bytesOf({ pieces }: Block): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all);
}

test('what goes in comes out, small or large, as often as it is read; a file is there only while it is needed', async () => {
  const sizes = fc.array(fc.integer({ min: 0, max: 200_000 }), { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(sizes, async (pieces) => {
      const folder = await temporaryFolder();
      const spool = new Spool(join(folder, 'body'), () => {});
      const bodies = pieces.map((size, at) => Buffer.alloc(size, String(at)));
      for (const body of bodies) spool.write(body);
      const whole = Buffer.concat(bodies);
      const content = await spool.content();
      expect(content.length).toBe(whole.length);
      expect((await bytesOf(content)).equals(whole)).toBe(true);
      expect((await bytesOf(await spool.content())).equals(whole)).toBe(true);
      expect(await readdir(folder)).toHaveLength(whole.length > 262_144 ? 1 : 0);
      await spool.drop();
      expect(await readdir(folder)).toEqual([]);
    }),
    { numRuns: 30 },
  );
});

test('a disk that cannot be written is told at the end, and nobody waits for it', async () => {
  let drains = 0;
  const spool = new Spool('/no/such/folder/body', () => drains++);
  let asked = 0;
  for (let at = 0; at < 100; at++) if (!spool.write(Buffer.alloc(65_536))) asked++;
  await expect(spool.content()).rejects.toMatchObject({ code: 'ERR_DISK', systemCode: 'ENOENT' });
  expect([asked > 0, drains]).toEqual([true, 1]);
  await spool.drop();
});
