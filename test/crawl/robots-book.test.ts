// How long what a robots.txt says is kept, and what becomes of its Crawl-delay.

import { expect, test } from 'vitest';
import { RobotsBook } from '../../src/crawl/robots-book.js';
import { openStore } from '../../src/state/open-store.js';
import { useFakeTime } from '../support/fake-time.js';
import { temporaryFolder } from '../support/temp-folder.js';

const RULES = 'User-agent: *\nDisallow: /no';
const time = useFakeTime();

test('it is kept for 24 hours', async () => {
  const store = await openStore(await temporaryFolder(), { synchronous: 'OFF' });
  const book = (): RobotsBook =>
    new RobotsBook(store, { userAgent: 'fetchall/1', delay: 0, delayAtLeast: 0, note: () => {} });
  const one = book();
  expect(one.mustAsk('http://h.example')).toBe(true);
  one.note('http://h.example', RULES, 'ok');
  const url = new URL('http://h.example/no');
  for (const known of [one, book()]) {
    expect(known.mustAsk('http://h.example')).toBe(false);
    expect(known.refusal(url)).toBe('robots.txt line 2: Disallow: /no');
  }
  await time.clock.advance(24 * 3600 * 1000 - 1);
  expect(one.mustAsk('http://h.example')).toBe(false);
  await time.clock.advance(1);
  for (const known of [one, book()]) expect(known.mustAsk('http://h.example')).toBe(true);
  await store.close();
});

test('a Crawl-delay is kept, up to a minute, and what is longer is said', async () => {
  const notes: string[] = [];
  const store = await openStore(await temporaryFolder(), { synchronous: 'OFF' });
  const options = {
    userAgent: 'fetchall/1',
    delay: 1000,
    delayAtLeast: 0,
    note: (text: string) => notes.push(text),
  };
  const book = new RobotsBook(store, options);
  const delayOf = (text: string): number => {
    book.note('http://h.example', text, 'ok');
    return book.delayOf('h.example');
  };
  expect(delayOf('User-agent: *\nDisallow:')).toBe(1000);
  expect(delayOf('User-agent: *\nCrawl-delay: 7')).toBe(7000);
  expect(delayOf('User-agent: *\nCrawl-delay: 0.2')).toBe(200);
  expect(notes).toEqual([]);
  expect(delayOf('User-agent: *\nCrawl-delay: 3600')).toBe(60_000);
  expect(notes).toEqual(['fetchall: http://h.example asks for 3600 s between requests; it gets 60 s']);
  expect(book.delayOf('other.example')).toBe(1000);
  // --delay lengthens what a site asks for, and never shortens it.
  const slower = new RobotsBook(store, { ...options, delay: 9000, delayAtLeast: 9000 });
  slower.note('http://h.example', 'User-agent: *\nCrawl-delay: 7', 'ok');
  expect(slower.delayOf('h.example')).toBe(9000);
  await store.close();
});
