// Any WHATWG fetch in place of undici: here the global one, with msw behind it.

import { HttpResponse, http } from 'msw';
import { setupServer } from 'msw/node';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type DownloadOptions, download, type Result } from '../../src/index.js';
import { temporaryFolder } from '../support/temp-folder.js';

describe('a fetch of the caller', () => {
  const server = setupServer();
  const seen: Request[] = [];

  beforeAll(() => server.listen({ onUnhandledRequest: 'error' }));
  afterEach(() => {
    server.resetHandlers();
    seen.length = 0;
  });
  afterAll(() => server.close());

  async function get(url: string, options: DownloadOptions = {}): Promise<Result> {
    const out = await temporaryFolder();
    return download(url, { out, retryWait: 0, fetch: (input, init) => fetch(input, init), ...options });
  }

  it.each([200, 404, 410, 500])('is seen by msw: %d', async (status) => {
    server.use(http.get('http://a.test/x', () => HttpResponse.text('body', { status })));
    const result = await get('http://a.test/x', { retries: 0 });
    expect(result).toMatchObject({ status, outcome: status === 200 ? 'saved' : 'failed', attempts: 1 });
  });

  it('follows redirects, and says where it came from', async () => {
    server.use(
      http.get('http://a.test/x', () => new HttpResponse(null, { status: 302, headers: { location: '/y' } })),
      http.get('http://a.test/y', () => HttpResponse.text('moved')),
    );
    const result = await get('http://a.test/x');
    expect(result).toMatchObject({ outcome: 'saved', finalUrl: 'http://a.test/y', file: 'x', size: 5 });
  });

  it('is asked again after a 503', async () => {
    let tries = 0;
    const answer = () => (++tries === 1 ? new HttpResponse(null, { status: 503 }) : HttpResponse.text('now'));
    server.use(http.get('http://a.test/x', answer));
    expect(await get('http://a.test/x')).toMatchObject({ outcome: 'saved', attempts: 2, status: 200 });
  });

  it('gets the fields that our policy wants', async () => {
    const answer = ({ request }: { request: Request }) => {
      seen.push(request);
      return HttpResponse.text('x');
    };
    server.use(http.get('http://a.test/x', answer));
    await get('http://user:pass@a.test/x', { header: { 'X-Own': '1' }, userAgent: 'me/1' });
    const { headers } = seen[0] as Request;
    const fields = ['accept-encoding', 'user-agent', 'x-own', 'authorization'].map((name) =>
      headers.get(name),
    );
    expect(fields).toEqual(['identity', 'me/1', '1', `Basic ${btoa('user:pass')}`]);
  });
});
