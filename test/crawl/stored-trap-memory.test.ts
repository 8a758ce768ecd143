import fc from 'fast-check';
import { expect, test } from 'vitest';
import { storedTrapMemory } from '../../src/crawl/stored-trap-memory.js';
import { BoundedTrapMemory } from '../../src/crawl/trap-memory.js';
import { openStore } from '../../src/state/open-store.js';
import { temporaryFolder } from '../support/temp-folder.js';

test('what the state remembers is what memory would, whoever asks: one that was opened anew too', async () => {
  const store = await openStore(await temporaryFolder(), { synchronous: 'OFF' });
  let round = 0;
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(4), fc.nat(9), fc.nat(5), fc.boolean()), { maxLength: 60 }),
      (asked) => {
        round++;
        const memory = new BoundedTrapMemory();
        let stored = storedTrapMemory(store);
        for (const [at, member, most, isNew] of asked) {
          const group = `${round} ${at}`;
          // Another has counted nothing yet.
          if (isNew) stored = storedTrapMemory(store);
          expect(stored.has(group, `${member}`)).toBe(memory.has(group, `${member}`));
          expect(stored.admits(group, `${member}`, most)).toBe(memory.admits(group, `${member}`, most));
          expect(stored.count(group)).toBe(memory.count(group));
        }
      },
    ),
  );
  await store.close();
});

test('a group of thousands is not counted anew for each of its members', async () => {
  const store = await openStore(await temporaryFolder(), { synchronous: 'OFF' });
  const stored = storedTrapMemory(store);
  const count = store.crawl.trapMembers.bind(store.crawl);
  let counted = 0;
  store.crawl.trapMembers = (cluster) => {
    counted++;
    return count(cluster);
  };
  for (let member = 0; member < 3000; member++)
    expect(stored.admits('g', `${member}`, 2000)).toBe(member < 2000);
  expect(stored.count('g')).toBe(2000);
  expect(counted).toBe(1);
  await store.close();
});
