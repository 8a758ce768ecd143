// The command line, from words to exit code.

import { FetchallError, UsageError } from '../model/errors.js';
import { printable } from '../report/printable.js';
import { complaint } from './complaint.js';
import { EXIT, exitCodeOf } from './exit-codes.js';

/** `-v`, alone or among other letters. */
const VERBOSE = /^(?:-[a-z]*v[a-z]*|--verbose)$/i;

/** @param argv what was typed after `fetchall` @returns the exit code */
export async function main(argv: readonly string[]): Promise<number> {
  // The reader of a pipe may leave (`| head`): the downloads go on, there is only nobody left to tell.
  process.stdout.on('error', ignoreBrokenPipe);
  process.stderr.on('error', ignoreBrokenPipe);
  try {
    const { parseArguments } = await import('./parse.js');
    const command = parseArguments(argv);
    if (command.kind === 'print') {
      process.stdout.write(command.text);
      return EXIT.ok;
    }
    const { downloadCommand } = await import('./download.js');
    return await downloadCommand(command);
  } catch (error) {
    // What was typed may be what is wrong: -v is looked for before it is understood.
    return report(
      error,
      argv.some((word) => VERBOSE.test(word)),
    );
  }
}

function report(error: unknown, verbose: boolean): number {
  process.stderr.write(`${complaint(error, verbose).split('\n').map(printable).join('\n')}\n`);
  if (error instanceof UsageError) return EXIT.usage;
  return error instanceof FetchallError ? exitCodeOf(error) : EXIT.fault;
}

function ignoreBrokenPipe(error: Error): void {
  if (!('code' in error) || error.code !== 'EPIPE') throw error;
}
