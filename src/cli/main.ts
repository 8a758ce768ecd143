// The command line, from words to exit code.

import { FetchallError, UsageError } from '../model/errors.js';
import { printable } from '../report/printable.js';
import { EXIT, exitCodeOf } from './exit-codes.js';

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
    return report(error, argv.includes('-v') || argv.includes('--verbose'));
  }
}

function report(error: unknown, verbose: boolean): number {
  const expected = error instanceof FetchallError;
  const message = error instanceof Error ? error.message : String(error);
  const said = expected ? message : `a fault in fetchall itself: ${message}; -v shows where`;
  process.stderr.write(`fetchall: ${said.split('\n').map(printable).join('\n')}\n`);
  if (verbose && error instanceof Error) process.stderr.write(`${error.stack ?? ''}\n`);
  if (error instanceof UsageError) return EXIT.usage;
  return expected ? exitCodeOf(error) : EXIT.fault;
}

function ignoreBrokenPipe(error: Error): void {
  if (!('code' in error) || error.code !== 'EPIPE') throw error;
}
