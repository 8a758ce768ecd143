// Names in list order, and what stands on disk already.

import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import type { Occupant } from '../../src/files/disk.js';
import { failingDisk } from '../../src/files/failing-disk.js';
import type { ExistingMode } from '../../src/files/options.js';
import { FOLDER } from '../support/jobs.js';
import { MemoryDisk } from '../support/memory-disk.js';
import { ARun } from '../support/runs.js';

const SITE = 'http://a.test';

/** A disk whose answers come late, each by its own measure. */
class LazyDisk extends MemoryDisk {
  readonly #turns: () => number;

  constructor(turns: () => number) {
    super();
    this.#turns = turns;
  }

  override async occupant(path: string): Promise<Occupant> {
    for (let turn = this.#turns(); turn > 0; turn--) await nextTurn();
    return super.occupant(path);
  }
}

/** The same numbers for the same seed. */
function randoms(seed: number): () => number {
  let state = seed + 1;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

async function planned(
  sources: readonly string[],
  { existing = 'skip', disk = new MemoryDisk() }: { existing?: ExistingMode; disk?: MemoryDisk } = {},
): Promise<ARun> {
  return new ARun({ sources, options: { existing } }, disk).toEnd();
}

function inListOrder(each: ARun): [file: string | null, outcome: string, reason: string | null][] {
  const results = [...each.results].sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
  return results.map(({ file, outcome, reason }) => [file, outcome, reason]);
}

describe('names', () => {
  it('are claimed in list order, each once', async () => {
    const each = await planned([
      `${SITE}/1/a.bin`,
      `${SITE}/2/A.BIN`,
      `${SITE}/3/b.bin name=a.bin`,
      `${SITE}/4/`,
      `${SITE}/5/c.bin`,
    ]);
    const files = inListOrder(each).map(([file]) => file);
    expect(files).toEqual([
      'a.bin',
      expect.stringMatching(/^A-[0-9a-f]{8}\.BIN$/),
      expect.stringMatching(/^a-[0-9a-f]{8}\.bin$/),
      'index.html',
      'c.bin',
    ]);
    for (const file of files) expect(each.disk.files.has(join(FOLDER, file ?? ''))).toBe(true);
  });

  it('are not shared by a file and the part of another', async () => {
    const forward = inListOrder(await planned([`${SITE}/a.bin`, `${SITE}/a.bin.part`]));
    expect(forward[0]?.[0]).toBe('a.bin');
    expect(forward[1]?.[0]).toMatch(/^a\.bin-[0-9a-f]{8}\.part$/);
    const backward = inListOrder(await planned([`${SITE}/a.bin.part`, `${SITE}/a.bin`]));
    expect(backward[0]?.[0]).toBe('a.bin.part');
    expect(backward[1]?.[0]).toMatch(/^a-[0-9a-f]{8}\.bin$/);
  });

  it('leave what the run remembers alone', async () => {
    const [[file] = []] = inListOrder(await planned([`${SITE}/x name=.fetchall`]));
    expect(file).not.toBe('.fetchall');
  });

  it.each<ExistingMode>(['skip', 'rename'])('are the same under 20 timings (%s)', async (existing) => {
    const paths = [
      'a.bin',
      'x/a.bin',
      'a-1.bin',
      'y/a-1.bin',
      'b.bin',
      'z/b.bin',
      'b-1.bin',
      'dir',
      'a.bin.part',
    ];
    const sources = [...paths, ...paths.map((path) => `again/${path}`)].map((path) => `${SITE}/${path}`);
    const seen = new Set<string>();
    for (let seed = 0; seed < 20; seed++) {
      const random = randoms(seed);
      const disk = new LazyDisk(() => Math.floor(random() * 4));
      for (const file of ['a.bin', 'b.bin', 'b-2.bin']) disk.put(join(FOLDER, file));
      disk.folders.add(join(FOLDER, 'dir'));
      const aWhile = async () => {
        for (let turn = Math.floor(random() * 8); turn > 0; turn--) await nextTurn();
      };
      const answer = () => aWhile().then(() => ({ body: 'content' }));
      const slowly = (async function* slow() {
        for (const source of sources) {
          await aWhile();
          yield source;
        }
      })();
      const each = await new ARun({ sources: slowly, answer, options: { existing } }, disk).toEnd();
      seen.add(JSON.stringify(inListOrder(each)));
    }
    expect([...seen]).toHaveLength(1);
  });
});

describe('a URL that comes again', () => {
  it('is skipped as a duplicate, its fragment apart, and the same under another name is not', async () => {
    const each = await planned([
      `${SITE}/a.bin`,
      `${SITE}/a.bin#part`,
      `${SITE}/a.bin name=other.bin`,
      `${SITE}/a.bin?q`,
      'http://A.test:80/./a.bin',
    ]);
    expect(inListOrder(each)).toEqual([
      ['a.bin', 'saved', null],
      ['a.bin', 'skipped', 'duplicate'],
      ['other.bin', 'saved', null],
      [expect.stringMatching(/^a-[0-9a-f]{8}\.bin$/), 'saved', null],
      ['a.bin', 'skipped', 'duplicate'],
    ]);
    expect(each.results.filter(({ greenlet }) => greenlet === null)).toHaveLength(2);
    expect(each.transport.sent).toBe(3);
  });
});

describe('a file that is there already', () => {
  const final = join(FOLDER, 'a.bin');

  function withFile(): MemoryDisk {
    const disk = new MemoryDisk();
    disk.put(final, 'old');
    return disk;
  }

  it('is left alone under skip', async () => {
    const each = await planned([`${SITE}/a.bin`], { disk: withFile() });
    expect(inListOrder(each)).toEqual([['a.bin', 'skipped', 'exists']]);
    expect([each.disk.text(final), each.transport.sent]).toEqual(['old', 0]);
  });

  it('is replaced under overwrite', async () => {
    const each = await planned([`${SITE}/a.bin`], { disk: withFile(), existing: 'overwrite' });
    expect(inListOrder(each)).toEqual([['a.bin', 'saved', null]]);
    expect(each.disk.text(final)).toBe('content');
  });

  it('is an error under fail, which names the option', async () => {
    const each = await planned([`${SITE}/a.bin`], { disk: withFile(), existing: 'fail' });
    expect(each.results[0]).toMatchObject({ greenlet: null, file: 'a.bin', error: { code: 'ERR_EXISTS' } });
    expect(each.results[0]?.error?.message).toContain('--existing');
    expect([each.disk.text(final), each.transport.sent]).toEqual(['old', 0]);
  });

  it('gives way to the first free number under rename', async () => {
    const disk = withFile();
    disk.put(join(FOLDER, 'a-1.bin'));
    const each = await planned([`${SITE}/a.bin`, `${SITE}/a-2.bin`], { disk, existing: 'rename' });
    expect(inListOrder(each).map(([file]) => file)).toEqual(['a-2.bin', expect.stringMatching(/^a-2-/)]);
    expect(disk.text(final)).toBe('old');
  });
});

it.each<ExistingMode>(['skip', 'overwrite', 'rename', 'fail'])(
  'a folder in the way of a file gives it another name (%s)',
  async (existing) => {
    const disk = new MemoryDisk();
    disk.folders.add(join(FOLDER, 'a.bin'));
    const each = await planned([`${SITE}/a.bin`], { disk, existing });
    expect(inListOrder(each)).toEqual([[expect.stringMatching(/^a-[0-9a-f]{8}\.bin$/), 'saved', null]]);
  },
);

it.each([
  [[], 0],
  [['.fetchall/runs.ndjson'], 0],
  [['other.bin'], 2],
])('in a folder that holds %j the names are looked at %i times', async (held, looks) => {
  const disk = new MemoryDisk();
  for (const file of held) disk.put(join(FOLDER, file));
  const look = vi.spyOn(disk, 'occupant');
  const each = await planned([`${SITE}/a.bin`, `${SITE}/b.bin`], { disk });
  expect(look).toHaveBeenCalledTimes(looks);
  expect(each.summary?.saved).toBe(2);
});

it('a folder that cannot be read is looked at name by name', async () => {
  const memory = new MemoryDisk();
  memory.put(join(FOLDER, 'a.bin'), 'old');
  const disk = failingDisk(memory, [{ call: 'isEmpty', code: 'EACCES' }]);
  const each = await new ARun({ sources: [`${SITE}/a.bin`], seams: { disk } }).toEnd();
  expect(inListOrder(each)).toEqual([['a.bin', 'skipped', 'exists']]);
});

describe('a folder in the way of a part', () => {
  function withFolder(): MemoryDisk {
    const disk = new MemoryDisk();
    disk.folders.add(join(FOLDER, 'a.bin.part'));
    return disk;
  }

  it.each<ExistingMode>(['skip', 'overwrite', 'rename', 'fail'])(
    'gives the file another name (%s)',
    async (existing) => {
      const disk = withFolder();
      const each = await planned([`${SITE}/a.bin`], { disk, existing });
      expect(inListOrder(each)).toEqual([[expect.stringMatching(/^a-[0-9a-f]{8}\.bin$/), 'saved', null]]);
    },
  );

  it('also where a file is to be overwritten, which then stays', async () => {
    const disk = withFolder();
    disk.put(join(FOLDER, 'a.bin'), 'old');
    const each = await planned([`${SITE}/a.bin`], { disk, existing: 'overwrite' });
    expect(inListOrder(each)).toEqual([[expect.stringMatching(/^a-[0-9a-f]{8}\.bin$/), 'saved', null]]);
    expect(disk.text(join(FOLDER, 'a.bin'))).toBe('old');
  });

  it('does not matter where the file is skipped', async () => {
    const disk = withFolder();
    disk.put(join(FOLDER, 'a.bin'), 'old');
    expect(inListOrder(await planned([`${SITE}/a.bin`], { disk }))).toEqual([['a.bin', 'skipped', 'exists']]);
  });

  it('is avoided by the other name, too', async () => {
    const taken = (await planned([`${SITE}/a.bin`], { disk: withFolder() })).results[0]?.file;
    const disk = withFolder();
    disk.folders.add(join(FOLDER, `${taken}.part`));
    const each = await planned([`${SITE}/a.bin`], { disk });
    expect(inListOrder(each)).toEqual([[expect.stringMatching(/^a-[0-9a-f]{16}\.bin$/), 'saved', null]]);
  });
});

it('a disk that cannot be looked at costs that URL only', async () => {
  const memory = new MemoryDisk();
  memory.put(join(FOLDER, 'other.bin'));
  const disk = failingDisk(memory, [{ call: 'occupant', path: 'b.bin', code: 'EACCES' }]);
  const each = new ARun({ sources: [`${SITE}/a.bin`, `${SITE}/b.bin`], seams: { disk } });
  await each.toEnd();
  const results = inListOrder(each);
  expect(results.map(([, outcome]) => outcome)).toEqual(['saved', 'failed']);
  expect(each.results.find(({ file }) => file === 'b.bin')?.error?.code).toBe('ERR_DISK');
});
