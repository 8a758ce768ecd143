// npm run test:package: packs, installs the tarball in an empty folder as a user does, and tries it. publint and attw look
// at what was packed.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'fetchall-package-'));

const run = (command, args, cwd = folder) =>
  execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });

try {
  run('npm', ['pack', '--silent', '--pack-destination', folder], root);
  const tarball = run('ls', [folder]).trim();
  run('npx', ['publint', '--strict', join(folder, tarball)], root);
  run('npx', ['attw', join(folder, tarball), '--profile', 'esm-only'], root);
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n');
  // The kernel's server has the types of node:net in its own.
  run('npm', ['install', '--silent', '--no-audit', '--no-fund', `./${tarball}`, '@types/node@20']);
  if (!run('npx', ['fetchall', '--help']).includes('--concurrency'))
    throw new Error('npx fetchall --help says nothing');
  writeFileSync(
    join(folder, 'try.ts'),
    `import { downloadAll, type Report, spawn } from 'fetchall';
const report: Report = await downloadAll([], { out: 'out', connectTimeout: '2s', concurrency: 4 });
const greenlet = spawn((name: string) => name.length, 'four');
console.log(report.total, await greenlet.get() satisfies number);
// @ts-expect-error an option that does not exist
void downloadAll([], { concurency: 4 });
`,
  );
  run('node', [
    join(root, 'node_modules/typescript/bin/tsc'),
    '--module',
    'nodenext',
    '--target',
    'es2022',
    '--strict',
    '--skipLibCheck',
    'false',
    'try.ts',
    '--ignoreConfig',
    '--outDir',
    'compiled',
  ]);
  writeFileSync(join(folder, 'compiled/package.json'), '{ "type": "module" }\n');
  const said = run('node', ['compiled/try.js']).trim();
  if (said !== '0 4') throw new Error(`the library said ${said}`);
  console.log('package: 5 passed, 0 failed');
} finally {
  rmSync(folder, { recursive: true, force: true });
}
