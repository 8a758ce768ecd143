// The command line, from words to exit code.

import { diskError, hasSystemCode } from '../files/disk-errors.js';
import { FetchallError, UsageError } from '../model/errors.js';
import { printable } from '../report/printable.js';
import { complaint } from './complaint.js';
import { tuneEngine } from './engine.js';
import { EXIT, exitCodeOf, graver } from './exit-codes.js';

/** `-v`, alone or among other letters. */
const VERBOSE = /^(?:-[a-z]*v[a-z]*|--verbose)$/i;

/** @param argv what was typed after `fetchall` @returns the exit code */
export async function main(argv: readonly string[]): Promise<number> {
  // What was typed may be what is wrong: -v is looked for before it is understood.
  const verbose = argv.some((word) => VERBOSE.test(word));
  const output = watchOutput();
  const exitCode = await obey(argv).catch((error: unknown) => report(error, verbose));
  const unwritten = await output.unwritten();
  return unwritten === null ? exitCode : graver(exitCode, report(unwritten, verbose));
}

async function obey(argv: readonly string[]): Promise<number> {
  checkCurrentFolder();
  const { parseArguments } = await import('./parse.js');
  const command = parseArguments(argv);
  if (command.kind === 'print') {
    process.stdout.write(command.text);
    return EXIT.ok;
  }
  tuneEngine();
  if (command.kind === 'download') return await (await import('./download.js')).downloadCommand(command);
  if (command.kind === 'crawl') return await (await import('./crawl.js')).crawlCommand(command);
  return await (await import('./folder.js')).folderCommand(command);
}

/** It may have been deleted, and yargs asks for it. */
function checkCurrentFolder(): void {
  try {
    process.cwd();
  } catch (error) {
    throw diskError(error, 'the current folder cannot be used');
  }
}

/** The downloads go on when nobody can be told of them; only at the end it is said that the log is not whole. */
function watchOutput(): { unwritten(): Promise<FetchallError | null> } {
  const { stdout, stderr } = process;
  let failure: FetchallError | null = null;
  stdout.on('error', (error) => {
    // The reader of a pipe may leave (`| head`): that is no failure.
    if (!hasSystemCode(error, 'EPIPE')) failure ??= diskError(error, 'cannot write to standard output');
  });
  stderr.on('error', () => {});
  return {
    async unwritten() {
      // What was written last may not have failed yet.
      await new Promise<void>((resolve) => stdout.write('', () => resolve()));
      return failure;
    },
  };
}

function report(error: unknown, verbose: boolean): number {
  process.stderr.write(`${complaint(error, verbose).split('\n').map(printable).join('\n')}\n`);
  if (error instanceof UsageError) return EXIT.usage;
  return error instanceof FetchallError ? exitCodeOf(error) : EXIT.fault;
}
