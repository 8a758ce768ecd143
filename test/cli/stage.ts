// What a run of the command line plays on: servers and folders that go when the test ends, and readers of its events.

import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import type { FetchallEvent } from '../../src/model/events.js';
import type { CommandResult } from '../support/command-line.js';
import { temporaryFolder } from '../support/temp-folder.js';

export { serve, serveRaw } from '../support/servers.js';

/** A working folder with these files in it, by relative path. */
export async function folderWith(files: Readonly<Record<string, string>> = {}): Promise<string> {
  const folder = await temporaryFolder();
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  return folder;
}

/** Where a run keeps its notes, and what is always among them. */
const NOTES = ['.fetchall', 'state.db', 'state.db-journal'];

/** The names in a folder, sorted, notes left out; none where there is no such folder. */
export async function namesIn(...path: readonly string[]): Promise<string[]> {
  try {
    return (await readdir(join(...path))).filter((name) => !NOTES.includes(name)).sort();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}

type Kind = FetchallEvent['event'];
type EventOf<Name extends Kind> = Extract<FetchallEvent, { event: Name }>;

/** The events of one kind. */
export function eventsOf<Name extends Kind>({ lines }: CommandResult, name: Name): EventOf<Name>[] {
  return lines.filter((line): line is EventOf<Name> => line.event === name);
}

/** The one event of a kind; fails where there are none or several. */
export function eventOf<Name extends Kind>(result: CommandResult, name: Name): EventOf<Name> {
  const [event, ...others] = eventsOf(result, name);
  expect(others).toEqual([]);
  if (event === undefined) throw new Error(`no event ${name} in:\n${result.stdout}\n${result.stderr}`);
  return event;
}

/** One line on standard error, and nothing at all on standard output. */
export function expectOneLine({ stdout, stderr }: CommandResult, says: RegExp): void {
  expect(stdout).toBe('');
  expect(stderr).toMatch(/^fetchall: [^\n]+\n$/);
  expect(stderr).toMatch(says);
}

/** Holds answers back until `release` is called. */
export function barrier(): { readonly hold: Promise<void>; release(): void } {
  let release = (): void => {};
  const hold = new Promise<void>((resolve) => {
    release = resolve;
  });
  return { hold, release };
}
