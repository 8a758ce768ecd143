import { readdir, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { type Child, startModule } from './child.js';
import { deadHolder, expectFree, IMPORT, place } from './lock-place.js';

/** Takes the lock of each folder that it is told, once, however often it is refused, and sees to it that nobody else has it. */
const RACER = `${IMPORT}
import { open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
const [, ending] = process.argv;
async function acquire(memory) {
  for (;;) {
    try { return await acquireLock(memory); } catch (error) { if (error.code !== 'ERR_LOCKED') throw error; }
  }
}
async function hold(memory) {
  const lock = await acquire(memory);
  const holding = join(memory, 'holding');
  await (await open(holding, 'wx')).close();
  for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
  const { pid } = JSON.parse(await readFile(join(memory, 'lock'), 'utf8'));
  if (pid !== process.pid) throw new Error('the lock has become that of ' + pid);
  await rm(holding);
  if (ending === 'kill') process.kill(process.pid, 'SIGKILL');
  await lock.release();
}
console.log('ready');
for await (const memory of createInterface({ input: process.stdin })) {
  await hold(memory);
  console.log('held');
}
`;

const RACERS = 20;

async function startRacers(ending: 'release' | 'kill'): Promise<Child[]> {
  const racers = Array.from({ length: RACERS }, () => startModule(RACER, ending));
  for (const racer of racers) expect(await racer.line()).toBe('ready');
  return racers;
}

describe('twenty processes at one stale lock', { timeout: 60_000 }, () => {
  it('have it one at a time', async () => {
    const stale = { ...(await deadHolder()) };
    const racers = await startRacers('release');
    for (let round = 0; round < 5; round++) {
      const there = await place();
      await writeFile(there.lock, JSON.stringify(stale));
      for (const racer of racers) racer.tell(there.memory);
      for (const racer of racers) expect(await racer.line()).toBe('held');
      expect(await readdir(there.memory)).toEqual([]);
    }
  });

  it('have it one at a time when each is killed while it holds the lock', async () => {
    const there = await place();
    await writeFile(there.lock, '');
    const racers = await startRacers('kill');
    for (const racer of racers) racer.tell(there.memory);
    for (const racer of racers) await expect(racer.line()).rejects.toThrow('ended with null');
    await expectFree(there);
  });
});
