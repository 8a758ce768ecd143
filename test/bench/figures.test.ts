import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  type Finding,
  figure,
  figureTable,
  findingsText,
  isMet,
  keepFinding,
  newFinding,
} from '../../bench/figures.js';
import { putBetweenMarks } from '../../bench/table.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fetchall-bench-test-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test.each([
  ['what is only to be known', figure('a', 7, 's'), true],
  ['as much as may be', figure('a', 0.3, 'x', { most: 0.3 }), true],
  ['more than may be', figure('a', 0.31, 'x', { most: 0.3 }), false],
  ['as much as has to be', figure('a', 0.9, 'x', { least: 0.9 }), true],
  ['less than has to be', figure('a', 0.89, 'x', { least: 0.9 }), false],
  ['the median of the rounds', figure('a', [9, 0.2, 0.1], 'x', { most: 0.3 }), true],
  ['what could not be measured', figure('a', [], 'x', { most: 0.3 }), false],
])('%s is judged', (_what, each, met) => {
  expect(isMet(each)).toBe(met);
});

test('the table says what is missed', () => {
  const rows = figureTable([figure('one', [1.5, 2, 9], 's'), figure('other', 3, '%', { most: 2 })]).split(
    '\n',
  );
  expect(rows.slice(2).map((row) => row.split('|').map((cell) => cell.trim()))).toEqual([
    ['', 'one', '2s', '1.500 to 9', '', '', ''],
    ['', 'other', '3%', '', 'at most 2%', 'missed', ''],
  ]);
});

test('what a bench finds stands in place of what it has found before, beside the others', () => {
  const path = join(folder, 'findings.json');
  const named = (bench: string, value: number): Finding => newFinding(bench, [figure('a', value, 's')]);
  keepFinding(path, named('split', 1));
  keepFinding(path, named('http2', 2));
  const findings = keepFinding(path, named('split', 3));
  expect(findings.map(({ bench, figures }) => [bench, figures[0]?.value])).toEqual([
    ['http2', 2],
    ['split', 3],
  ]);
  expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(findings);
});

test('the document shows findings between marks of their own', () => {
  const path = join(folder, 'document.md');
  writeFileSync(path, '<!-- bench -->\nworks\n<!-- /bench -->\n<!-- findings -->\n<!-- /findings -->\n');
  putBetweenMarks(path, findingsText([newFinding('split', [figure('a', 1, 's')])]), 'findings');
  const text = readFileSync(path, 'utf8');
  expect(text).toContain('<!-- bench -->\nworks\n<!-- /bench -->');
  expect(text).toMatch(
    /<!-- findings -->\n\n### `npm run bench split`\n[\s\S]*One round[\s\S]*<!-- \/findings -->/,
  );
});
