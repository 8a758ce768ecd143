// The commands for a folder that fetchall has written to: status, retry, verify.

import { whyUrl } from '../crawl/why.js';
import { FetchallError } from '../model/errors.js';
import { flagName, resolveOptions } from '../model/option.js';
import { reportOptions } from '../report/options.js';
import { printable, printableJson } from '../report/printable.js';
import { statusText } from '../report/status-text.js';
import { verifiedLine, verifiedSummary } from '../report/verified-line.js';
import { whyText } from '../report/why-text.js';
import { failedEntries } from '../run/failed-entries.js';
import { folderStatus } from '../run/folder-status.js';
import { outFolder } from '../run/live.js';
import { resolveSettings } from '../run/options.js';
import { verifyFolder } from '../run/verify.js';
import { hasNotes } from '../state/open-store.js';
import { download } from './download.js';
import { EXIT } from './exit-codes.js';
import type { Command } from './parse.js';

type FolderCommand = Extract<Command, { kind: 'retry' | 'status' | 'verify' | 'why' }>;

/**
 * @returns the exit code
 * @throws FetchallError ERR_DISK when the folder has no notes; ERR_LOCKED
 */
export async function folderCommand(command: FolderCommand): Promise<number> {
  const { kind, folder, written } = command;
  const named = folder === null ? written : { ...written, out: folder };
  const out = outFolder(resolveSettings(named, flagName));
  if (!(await hasNotes(out)))
    throw new FetchallError('ERR_DISK', `${out} has no notes of fetchall: nothing is known of it`);
  if (kind === 'retry') return await download(named, () => failedEntries(out));
  const { json, quiet } = resolveOptions(reportOptions, written, flagName);
  if (command.kind === 'why') return await why(out, command.url, json);
  return kind === 'status' ? await status(out, json) : await verify(out, json, quiet);
}

async function status(folder: string, json: boolean): Promise<number> {
  const found = await folderStatus(folder);
  await write(json ? `${printableJson(JSON.stringify(found))}\n` : statusText(folder, found));
  return EXIT.ok;
}

async function why(folder: string, url: string, json: boolean): Promise<number> {
  const found = await whyUrl(folder, url);
  await write(json ? `${printableJson(JSON.stringify(found))}\n` : whyText(found));
  return EXIT.ok;
}

/** A file that is not what was saved is a mismatch, like one that is not what a list says. */
async function verify(folder: string, json: boolean, quiet: boolean): Promise<number> {
  const counts = { intact: 0, unhashed: 0, missing: 0, short: 0, changed: 0 };
  for await (const verified of verifyFolder(folder)) {
    counts[verified.state]++;
    const isWhole = verified.state === 'intact' || verified.state === 'unhashed';
    if (json) await write(`${printableJson(JSON.stringify(verified))}\n`);
    else if (!isWhole) await write(`${printable(verifiedLine(verified))}\n`);
  }
  if (!json && !quiet) await write(verifiedSummary(counts));
  return counts.missing + counts.short + counts.changed > 0 ? EXIT.checksum : EXIT.ok;
}

/** Waits for a slow reader. */
function write(text: string): Promise<void> | undefined {
  if (process.stdout.write(text) || process.stdout.destroyed) return undefined;
  return new Promise((resolve) => {
    process.stdout.once('drain', resolve);
    process.stdout.once('close', resolve);
  });
}
