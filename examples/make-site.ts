// Makes fixtures/site, what `npm start` serves: `npm run build:tools && node build/examples/make-site.js`.
// Deterministic, so that a test can hold the committed files to it.

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { drawPng } from './png.js';

/** Bytes that look random and are the same every time (Numerical Recipes' linear congruential generator). */
function noise(size: number, seed: number): Uint8Array {
  const bytes = new Uint8Array(size);
  let state = seed;
  for (let index = 0; index < size; index++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[index] = state >>> 24;
  }
  return bytes;
}

function page(title: string, text: string): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>${title}</title></head>
<body><h1>${title}</h1><p>${text}</p></body>
</html>
`;
}

function table(rows: number): string {
  const lines = Array.from({ length: rows }, (_, row) => `${row},${row * row},${row % 7}`);
  return `${['number,square,rest', ...lines].join('\n')}\n`;
}

function records(count: number): string {
  const items = Array.from({ length: count }, (_, id) => ({ id, name: `record ${id}`, even: id % 2 === 0 }));
  return `${JSON.stringify(items, null, 1)}\n`;
}

/** Sizes of interest: around the 1,024 bytes of a chunk, around the 65,536 of a read from a socket, and large. */
const SIZES = [0, 1, 1023, 1024, 1025, 4096, 65_536, 65_537, 262_144, 524_288, 1_048_576];

/** Every file of the site, by its path. */
export function siteFiles(): Map<string, Uint8Array> {
  const texts: Readonly<Record<string, string>> = {
    'index.html': page('A small site', 'It is there to be downloaded.'),
    'guide/index.html': page('The guide', 'Its name is that of the front page, in another folder.'),
    'guide/chunks.html': page('Chunks', 'A body is cut into chunks. '.repeat(200)),
    'data/settings.json': `${JSON.stringify({ concurrency: 16, chunkSize: 1024 }, null, 2)}\n`,
    'data/records.json': records(2000),
    'data/table.csv': table(1000),
    'data/verified.txt': 'The list says what this file must hash to.\n',
    'reports/2024/report.txt': 'The report of 2024.\n',
    'reports/2025/report.txt': 'The report of 2025, which is another file of the same name.\n',
    'texts/café.txt': 'A name with an accent.\n',
    'texts/日本語.txt': '名前は日本語です。\n',
    'texts/two words.txt': 'A name with a space.\n',
    export: 'The list gives this one a better name.\n',
  };
  const files = new Map<string, Uint8Array>();
  for (const [path, text] of Object.entries(texts)) files.set(path, new TextEncoder().encode(text));
  for (const size of SIZES) files.set(`sizes/${size}.bin`, noise(size, size + 1));
  files.set(
    'images/gradient.png',
    drawPng(160, 90, (x, y) => [x, y * 2, 128]),
  );
  files.set(
    'images/checks.png',
    drawPng(64, 64, (x, y) => (((x >> 3) ^ (y >> 3)) & 1 ? [32, 32, 32] : [240, 240, 240])),
  );
  return files;
}

function makeSite(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  for (const [path, bytes] of siteFiles()) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, bytes);
  }
}

// Seen from build/examples/, and only when run: a test imports this file for what it exports.
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  makeSite(fileURLToPath(new URL('../../fixtures/site', import.meta.url)));
}
