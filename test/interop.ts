// npm run test:interop: nginx, Apache httpd and lighttpd, plain and TLS. What is not installed is skipped, and named.

import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { atExit } from './interop/at-exit.js';
import { checks } from './interop/checks.js';
import { RealServer } from './interop/real-server.js';
import { missingPackage, type Scheme, type ServerKind, serverKinds } from './interop/server-kinds.js';
import { Site } from './interop/site.js';

/** Of all faults of a check, so many are told. */
const TOLD = 5;

let passed = 0;
let failed = 0;
let skipped = 0;
const root = mkdtempSync(join(tmpdir(), 'fetchall-interop-'));
// What was killed a moment ago may still be writing.
atExit(() => rmSync(root, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 }));
chmodSync(root, 0o755);
const site = new Site(join(root, 'site'));
for (const kind of serverKinds)
  for (const scheme of ['http', 'https'] as const) await tryServer(kind, scheme);
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exitCode = failed === 0 ? 0 : 1;

async function tryServer(kind: ServerKind, scheme: Scheme): Promise<void> {
  const title = `${kind.name}, ${scheme}`;
  const missing = missingPackage(kind, scheme);
  if (missing !== null) {
    skipped += checks.length;
    console.log(`${title}: skipped: not here; on Debian it comes with the package ${missing}`);
    return;
  }
  const folder = mkdtempSync(join(root, 'server-'));
  // Apache's temporary files are made by a user that may not look into folders of root's.
  chmodSync(folder, 0o755);
  const client = join(folder, 'client');
  mkdirSync(client);
  const server = await RealServer.on(kind, scheme, site.folder, join(folder, 'server'));
  for (const { name, faults } of checks) {
    const found = await faults({ server, site, folder: client }).catch((error: unknown) => [String(error)]);
    if (found.length === 0) passed++;
    else failed++;
    console.log(`${title}: ${name}: ${found.length === 0 ? 'passed' : `failed: ${told(found)}`}`);
  }
  rmSync(folder, { recursive: true });
}

function told(faults: readonly string[]): string {
  const more = faults.length - TOLD;
  return faults.slice(0, TOLD).join('; ') + (more > 0 ? `; and ${more} more` : '');
}
