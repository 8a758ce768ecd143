import { describe, expect, it } from 'vitest';
import { openSources } from '../../src/input/sources.js';
import { type Entry, isBadLine, type Source } from '../../src/model/source.js';

async function all(entries: AsyncIterable<Entry>): Promise<Entry[]> {
  const read: Entry[] = [];
  for await (const entry of entries) read.push(entry);
  return read;
}

describe('iterables', () => {
  const wanted: Entry[] = [
    { url: 'http://a/1', name: 'x', line: 1 },
    { url: 'http://a/2', line: 4 },
    { url: 'http://a/3', line: 77 },
  ];
  const items: (string | Source)[] = [
    'http://a/1 name=x',
    '# comment',
    '',
    { url: 'http://a/2' },
    { url: 'http://a/3', line: 77 },
  ];

  it('takes strings as lines and objects as sources, numbered by their place', async () => {
    async function* asynchronous() {
      yield* items;
    }
    for (const sources of [items, new Set(items), asynchronous()]) {
      expect(await all(await openSources(sources, null))).toEqual(wanted);
    }
  });

  it('is let go while it says nothing, and hears of it when it speaks again', async () => {
    let speak = (): void => {};
    const silence = new Promise<void>((resolve) => {
      speak = resolve;
    });
    let hears = (): void => {};
    const heard = new Promise<void>((resolve) => {
      hears = resolve;
    });
    async function* silent() {
      try {
        await silence;
        yield 'http://a/1';
      } finally {
        hears();
      }
    }
    for (const end of ['close', 'return'] as const) {
      const opened = await openSources(silent(), null);
      const iterator = opened[Symbol.asyncIterator]();
      const waiting = iterator.next();
      await (end === 'close' ? opened.close() : iterator.return?.());
      expect(await waiting).toEqual({ done: true, value: undefined });
    }
    speak();
    await heard;
  });

  it('makes bad lines of what is neither', async () => {
    const entries = await all(await openSources([7, null, ['x']] as unknown as string[], null));
    expect(entries.map((entry) => isBadLine(entry) && entry.line)).toEqual([1, 2, 3]);
  });

  it('asks for one item at a time, ends the iterator early, and passes its error on', async () => {
    let asked = 0;
    let ended = false;
    function* endless() {
      try {
        for (;;) yield `http://a/${++asked}`;
      } finally {
        ended = true;
      }
    }
    const opened = await openSources(endless(), null);
    expect(asked).toBe(0);
    for await (const entry of opened) if (entry.line === 3) break;
    expect([asked, ended]).toEqual([3, true]);

    const mine = new Error('mine');
    async function* failing() {
      yield 'http://a/1';
      throw mine;
    }
    await expect(all(await openSources(failing(), null))).rejects.toBe(mine);
  });
});
