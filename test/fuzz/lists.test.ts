// Whatever a list and the servers say of names: every line comes to its end, and nothing is written outside the folder.

import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { downloadEach, ERROR_CODES, type Result } from '../../src/index.js';
import { StubTransport } from '../support/stub-transport.js';
import { temporaryFolder } from '../support/temp-folder.js';
import { mutate, mutations } from './answers.js';

const EVIL = [
  '../evil',
  '..\\..\\evil',
  '/etc/evil',
  'C:\\evil',
  '~/evil',
  '....//evil',
  '.fetchall/state.db',
  '.FETCHALL/lock',
  'evil/../../evil',
  'evil.part',
  'CON',
  'a\u0000b',
  '\u202Eevil',
  '%2e%2e%2fevil',
  '.',
  '..',
  '',
  'x'.repeat(5000),
];

const name = fc.oneof(fc.constantFrom(...EVIL), fc.string({ unit: 'grapheme', maxLength: 20 }));
const quoted = name.map((text) => `"${text.replaceAll(/["\\]/g, '\\$&')}"`);
const path = fc.oneof(
  name.map(encodeURIComponent),
  name,
  fc.constantFrom('..%2f..%2fevil', '%2e%2e/%2e%2e/evil'),
);

const line = fc
  .tuple(
    path,
    fc.oneof(
      fc.constant(''),
      name.map((text) => ` name=${text}`),
      quoted.map((text) => ` name=${text}`),
    ),
  )
  .map(([at, rest]) => `http://a.test/${at}${rest}`);
const brokenLine = fc.tuple(line, mutations).map(([valid, all]) => all.reduce(mutate, valid));
const list = fc.array(fc.oneof(line, brokenLine, fc.string({ unit: 'binary', maxLength: 40 })), {
  maxLength: 12,
});

const disposition = fc.oneof(
  quoted.map((text) => `attachment; filename=${text}`),
  name.map((text) => `attachment; filename*=UTF-8''${encodeURIComponent(text)}`),
  name.map((text) => `attachment; filename=${text}`),
  fc.string({ unit: 'binary', maxLength: 40 }),
);

/** Every file and folder below, relative to it, but for the notes. */
async function tree(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true });
  return entries.filter((entry) => !/^out\/\.fetchall(?:\/|$)/.test(entry)).sort();
}

function expectEnding(result: Result): void {
  if (result.outcome === 'failed') expect(ERROR_CODES).toContain(result.error?.code);
  else if (result.outcome === 'skipped') expect(result.reason).toMatch(/^(?:duplicate|exists)$/);
}

let folders = 0;
let saved = 0;

test('lines and names of all kinds', { timeout: 600_000 }, async () => {
  const parent = await temporaryFolder();
  const property = fc.asyncProperty(list, fc.array(disposition, { minLength: 1 }), async (lines, given) => {
    const folder = join(parent, `${folders++}`);
    await mkdir(join(folder, 'out'), { recursive: true });
    await writeFile(join(folder, 'urls.txt'), lines.join('\n'));
    const answer = (_: unknown, index: number) => ({
      body: 'x',
      headers: { 'content-disposition': given[index % given.length] ?? '' },
    });
    const options = { transport: new StubTransport(answer), contentDisposition: true, retries: 0 };
    const files = ['out', 'urls.txt'];
    for await (const result of downloadEach(join(folder, 'urls.txt'), {
      ...options,
      out: join(folder, 'out'),
    })) {
      expectEnding(result);
      if (result.outcome !== 'saved') continue;
      saved++;
      const parts = join('out', result.file ?? '').split('/');
      files.push(...parts.map((_, at) => parts.slice(0, at + 1).join('/')));
    }
    expect(await tree(folder)).toEqual([...new Set(files)].sort());
  });
  await fc.assert(property, { numRuns: 120, endOnFailure: true });
  // Otherwise the names would never have been taken.
  expect(saved).toBeGreaterThan(120);
});
