// A site for crawlers: a tree of pages of about 3 kB, each with links to its children and to others; always the same bytes.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const CHILDREN = 4;
const OTHERS = 10;
const FOLDER = 250;
const TEXT = 'Nothing here is to be read, only to be fetched, and a page has some text between its links. ';

/** Writes `index.html` and the others below `folder`. */
export function makeCrawlPages(folder: string, pages: number): void {
  for (let page = 0; page < pages; page += FOLDER)
    mkdirSync(join(folder, String(page / FOLDER)), { recursive: true });
  for (let page = 0; page < pages; page++) writeFileSync(join(folder, fileOf(page)), htmlOf(page, pages));
}

function htmlOf(page: number, pages: number): string {
  const targets: number[] = [];
  for (let child = page * CHILDREN + 1; child <= page * CHILDREN + CHILDREN; child++)
    if (child < pages) targets.push(child);
  for (let other = 1; other <= OTHERS; other++) targets.push((page * 31 + other * 7919) % pages);
  const links = targets.map((target) => `<li><a href="/${pathOf(target)}">page ${target}</a></li>\n`);
  return `<!doctype html>\n<html><head><meta charset="utf-8"><title>Page ${page}</title></head>\n<body><h1>Page ${page}</h1>
<ul>${links.join('')}</ul>\n<p>${TEXT.repeat(24)}</p>\n</body></html>\n`;
}

/** The first is asked for as `/`. */
function pathOf(page: number): string {
  return page === 0 ? '' : fileOf(page);
}

function fileOf(page: number): string {
  return page === 0 ? 'index.html' : `${Math.floor(page / FOLDER)}/p${page}.html`;
}
