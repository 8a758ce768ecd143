import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ERROR_CODES } from '../src/model/errors.js';
import { reportOptions } from '../src/report/options.js';
import { downloadOptions } from '../src/run/options.js';
import { optionTable } from './support/option-table.js';

const read = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');

test("the README's option table is that of the rooms", () => {
  expect(read('README.md')).toContain(optionTable());
});

test('the README names every error code', () => {
  const readme = read('README.md');
  expect(ERROR_CODES.filter((code) => !readme.includes(code))).toEqual([]);
});

test('every option of a table has its @default', () => {
  const tables = ['run', 'download', 'http', 'files', 'report']
    .map((room) => read(`src/${room}/options.ts`))
    .join('\n');
  const documented = [...tables.matchAll(/@default [^\n]+\n\s*\*\/\n\s*(\w+):/g)].map(([, key]) => key);
  expect(documented.sort()).toEqual(Object.keys({ ...downloadOptions, ...reportOptions }).sort());
});

test('ARCHITECTURE.md stays readable', () => {
  expect(read('ARCHITECTURE.md').split('\n').length).toBeLessThanOrEqual(151);
});
