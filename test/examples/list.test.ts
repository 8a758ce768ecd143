import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { packageRoot } from '../support/package-root.js';

const run = promisify(execFile);
const main = join(packageRoot, 'build', 'examples', 'main.js');
const programs = readdirSync(join(packageRoot, 'examples'), { recursive: true, encoding: 'utf8' })
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => /\/.*\.ts$/.test(file))
  .map((file) => file.slice(0, -'.ts'.length));

test('without a name the examples are listed', async () => {
  const { stdout } = await run(process.execPath, [main]);
  const listed = stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.split(/ {2,}/));
  expect(listed.map(([name]) => name).sort()).toEqual([...programs].sort());
  expect(listed.filter(([, shows = '']) => shows.length < 5)).toEqual([]);
});

test('a name that is none is refused', async () => {
  await expect(run(process.execPath, [main, 'threads/nothing'])).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringContaining('threads/lock'),
  });
});

test('the README tells of every example, and of no other', () => {
  const readme = readFileSync(join(packageRoot, 'examples', 'README.md'), 'utf8');
  const told = [...readme.matchAll(/^\| `([^`]+)`/gm)].map(([, name]) => name);
  expect(told.sort()).toEqual([...programs].sort());
});

test('a test runs every example', () => {
  const tests = readdirSync(import.meta.dirname)
    .map((file) => readFileSync(join(import.meta.dirname, file), 'utf8'))
    .join('\n');
  expect(programs.filter((name) => !tests.includes(`xample('${name}'`))).toEqual([]);
});
