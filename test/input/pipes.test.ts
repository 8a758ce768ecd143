// A named pipe for a list, as `<(command)` gives one. On Linux: elsewhere opening one waits for its writer.

import { constants } from 'node:fs';
import { open, readdir, readlink } from 'node:fs/promises';
import { platform } from 'node:os';
import { describe, expect, it } from 'vitest';
import { openArguments } from '../../src/input/sources.js';
import { newPipe } from '../support/named-pipe.js';

/** The writing end; there must be a reader. */
function openWriter(path: string) {
  return open(path, constants.O_WRONLY | constants.O_NONBLOCK);
}

/** Whether this process has the file open. */
async function isOpen(path: string): Promise<boolean> {
  const descriptors = await readdir('/proc/self/fd');
  const targets = descriptors.map((name) => readlink(`/proc/self/fd/${name}`).catch(() => ''));
  return (await Promise.all(targets)).includes(path);
}

describe.runIf(platform() === 'linux')('a pipe', () => {
  it('is read while its writer writes, to its end', async () => {
    const path = await newPipe();
    const entries = (await openArguments([path], null))[Symbol.asyncIterator]();
    const writer = await openWriter(path);
    await writer.write('http://a/1\nhttp://a');
    expect((await entries.next()).value).toEqual({ url: 'http://a/1', line: 1 });
    await writer.write('/2');
    await writer.close();
    expect((await entries.next()).value).toEqual({ url: 'http://a/2', line: 2 });
    expect((await entries.next()).done).toBe(true);
    expect(await isOpen(path)).toBe(false);
  });

  it('may have been written and left before it is read', async () => {
    const path = await newPipe();
    const entries = (await openArguments(['http://u/', path], null))[Symbol.asyncIterator]();
    const writer = await openWriter(path);
    await writer.write('http://a/1\n');
    await writer.close();
    const urls: unknown[] = [];
    for (let next = await entries.next(); next.done !== true; next = await entries.next())
      urls.push('url' in next.value && next.value.url);
    expect(urls).toEqual(['http://u/', 'http://a/1']);
  });

  it('whose writer is still to come is no empty list', async () => {
    const path = await newPipe();
    const entries = (await openArguments([path], null))[Symbol.asyncIterator]();
    const first = entries.next();
    const writer = await openWriter(path);
    await writer.write('http://a/1\n');
    await writer.close();
    expect((await first).value).toEqual({ url: 'http://a/1', line: 1 });
    expect((await entries.next()).done).toBe(true);
  });

  it.each(['before it is read', 'without a writer', 'with a writer'])('is let go %s', async (when) => {
    const path = await newPipe();
    const entries = await openArguments([path], null);
    const iterator = entries[Symbol.asyncIterator]();
    const writer = when === 'with a writer' ? await openWriter(path) : null;
    const waiting = when === 'before it is read' ? null : iterator.next();
    await entries.close();
    await writer?.close();
    expect(await waiting).toEqual(waiting === null ? null : { done: true, value: undefined });
    expect(await isOpen(path)).toBe(false);
  });
});
