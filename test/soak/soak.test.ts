// A moment of npm run test:soak.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packageRoot } from '../support/package-root.js';

test('2,000 files: what is saved is right, and nothing is left behind', { timeout: 60_000 }, () => {
  const args = ['--expose-gc', join(packageRoot, 'build/test/soak.js'), '--files', '2000', '--seconds', '0'];
  const { stdout, stderr, status } = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 55_000 });
  expect(stderr).toBe('');
  expect(stdout).toMatch(/\d+ passed, 0 failed\n$/);
  expect(status).toBe(0);
});
