import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import ts from 'typescript';
import { expect, test } from 'vitest';
import * as kernel from '../src/coroutine/index.js';
import { crawlOptions } from '../src/crawl/options.js';
import { ERROR_CODES } from '../src/model/errors.js';
import { reportOptions } from '../src/report/options.js';
import { downloadOptions } from '../src/run/options.js';
import { optionTable } from './support/option-table.js';

const read = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');

test("the README's option table is that of the rooms", () => {
  expect(read('README.md')).toContain(optionTable());
  expect(read('README.md')).toContain(optionTable(crawlOptions));
});

test('the README names every error code', () => {
  const readme = read('README.md');
  expect(ERROR_CODES.filter((code) => !readme.includes(code))).toEqual([]);
});

test('every option of a table has its @default', () => {
  const tables = ['run', 'download', 'http', 'files', 'state', 'archive', 'report', 'crawl']
    .map((room) => read(`src/${room}/options.ts`))
    .join('\n');
  const documented = [...tables.matchAll(/@default [^\n]+\n\s*\*\/\n\s*(\w+):/g)].map(([, key]) => key);
  expect(documented.sort()).toEqual(
    Object.keys({ ...downloadOptions, ...reportOptions, ...crawlOptions }).sort(),
  );
});

test('ARCHITECTURE.md stays readable', () => {
  expect(read('ARCHITECTURE.md').split('\n').length).toBeLessThanOrEqual(151);
});

/** The programs of a document, each with the output that it shows below. */
function programsOf(path: string): { readonly code: string; readonly output: string }[] {
  const blocks = [...read(path).matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)];
  return blocks.flatMap(([, language, code = ''], index) => {
    const [, nextLanguage, output = ''] = blocks[index + 1] ?? [];
    return language === 'ts' ? [{ code, output: nextLanguage === 'text' ? output : '' }] : [];
  });
}

test('the programs in docs/coroutines.md print what they say', async () => {
  const programs = programsOf('docs/coroutines.md');
  expect(programs).toHaveLength(3);
  for (const { code, output } of programs) {
    const { outputText } = ts.transpileModule(code, {
      compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
    });
    const run = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', outputText], {
      cwd: new URL('..', import.meta.url),
      timeout: 20_000,
    });
    expect(run).toEqual({ stdout: output, stderr: '' });
  }
});

test('docs/coroutines.md names all that the kernel exports, and stays readable', () => {
  const text = read('docs/coroutines.md');
  const inner = ['Waiter', 'useClock'];
  expect(Object.keys(kernel).filter((name) => !inner.includes(name) && !text.includes(name))).toEqual([]);
  expect(text.split('\n').length).toBeLessThanOrEqual(151);
});
