// npm run test:soak [-- --seconds 300 --files 200000]: small files from a server that fails one request in 20. What is saved must
// be right, and descriptors, listeners, timers and memory must end where they began.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { differences } from './soak/holdings.js';
import { soak } from './soak/soak.js';

const SECONDS = 300;
const FILES = 200_000;
/** Of all faults, so many are told. */
const TOLD = 10;

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: String(SECONDS) }, files: { type: 'string' } },
});
const seconds = Number(values.seconds);
const files = Number(values.files ?? Math.ceil((FILES * seconds) / SECONDS));
if (globalThis.gc === undefined) throw new Error('run it with node --expose-gc');

const folder = mkdtempSync(join(tmpdir(), 'fetchall-soak-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
process.once('SIGINT', () => process.exit(130));

const { asked, saved, failures, final, requests, faults, kinds, before, after, wrong } = await soak({
  folder,
  files,
  seconds,
  tell: console.log,
});
console.log(`${saved} of ${asked} files were saved; failed: ${inWords(failures)}`);
console.log(`${requests} requests, of which ${faults} were failed in ${kinds} ways`);

const lost = asked - saved;
// A few run out of tries, or of the tries that their host is worth.
const most = final + 5 + asked / 500;
const checks: Readonly<Record<string, readonly string[]>> = {
  'each URL is reported once, each saved file is right': wrong,
  'what fails is what cannot be had': lost <= most ? [] : [`${lost} failed, with ${final} final answers`],
  ...differences(before, after),
};
let failed = 0;
for (const [name, found] of Object.entries(checks)) {
  if (found.length > 0) failed++;
  console.log(`${name}: ${found.length === 0 ? 'passed' : `failed: ${found.slice(0, TOLD).join('; ')}`}`);
}
console.log(`${Object.keys(checks).length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

function inWords(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([code, count]) => `${count} ${code}`)
    .join(', ');
}
