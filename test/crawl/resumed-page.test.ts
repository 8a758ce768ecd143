// Pages that did not come in one answer.

import { expect, test } from 'vitest';
import { crawled, type Pages } from '../support/crawled.js';

test('a page whose end only was missing leads on, though the last answer has nothing of it', async () => {
  const body = `<!doctype html><a href=/next>n</a>${'<p>text</p>'.repeat(10_000)}`;
  const asks: string[] = [];
  const page: Pages[string] = ({ headers: { range } }) => {
    asks.push(range ?? 'all');
    const headers = { 'Accept-Ranges': 'bytes', ETag: '"1"' };
    if (range !== undefined)
      return { status: 416, headers: { ...headers, 'Content-Range': `bytes */${body.length}` } };
    // The chunk that ends it never comes.
    return {
      headers: { ...headers, 'Content-Type': 'text/html' },
      body,
      chunked: true,
      truncateAt: body.length,
    };
  };
  const site: Pages = { 'h.example/': page, 'h.example/next': '<p>end' };
  const { asked } = await crawled(site, ['h.example/'], { retries: 1, retryWait: 1 });
  expect(asks).toEqual(['all', `bytes=${body.length}-`]);
  expect(asked).toEqual(['h.example/', 'h.example/', 'h.example/next']);
});
