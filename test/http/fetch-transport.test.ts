import { gzipSync } from 'node:zlib';
import { HttpResponse, http } from 'msw';
import { setupServer } from 'msw/node';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { useClock } from '../../src/coroutine/clock.js';
import { type Fetch, fetchTransport } from '../../src/http/fetch-transport.js';
import type { Transport } from '../../src/http/transport.js';
import { FakeClock } from '../support/fake-clock.js';
import { startTestServer } from '../support/test-server.js';
import { get, got } from './recorder.js';

const URL_A = 'http://host.example/a?b=c';
const WAITS = { headersTimeout: 1000, idleTimeout: 1000 };

function over(fetch: Fetch): Transport {
  const transport = fetchTransport(fetch, WAITS);
  onTestFinished(() => transport.close());
  return transport;
}

/** The fetch of the moment: msw puts its own in place of the global one. */
const globalFetch: Fetch = (url, init) => globalThis.fetch(url, init);

function stopClock(): FakeClock {
  const clock = new FakeClock();
  onTestFinished(useClock(clock));
  return clock;
}

/** A body that is pushed by hand. */
function body(): {
  stream: ReadableStream<Uint8Array>;
  controller: ReadableStreamDefaultController<Uint8Array>;
  pulls: () => number;
  isCancelled: () => boolean;
} {
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  let pulls = 0;
  let cancelled = false;
  const stream = new ReadableStream<Uint8Array>(
    {
      start(given) {
        controller = given;
      },
      pull() {
        pulls++;
      },
      cancel() {
        cancelled = true;
      },
    },
    { highWaterMark: 0 },
  );
  if (controller === undefined) throw new Error('start is called at once');
  return { stream, controller, pulls: () => pulls, isCancelled: () => cancelled };
}

const text = (written: string) => new TextEncoder().encode(written);

describe('over msw', () => {
  const server = setupServer();
  beforeAll(() => server.listen({ onUnhandledRequest: 'error' }));
  afterEach(() => server.resetHandlers());
  afterAll(() => server.close());

  it('asks with the fields given, and hands the response on', async () => {
    let seen: Request | null = null;
    server.use(
      http.get('http://host.example/a', ({ request }) => {
        seen = request;
        return new HttpResponse('hello', { headers: { 'Content-Length': '5', 'X-One': '1' } });
      }),
    );
    const recorder = await got(over(globalFetch), URL_A, ['X-A', '1', 'x-a', '2', 'User-Agent', 'me']);
    expect(recorder.calls).toEqual(['head 200', 'data 5', 'end']);
    expect(recorder.head).toMatchObject({
      status: 200,
      length: 5,
      headers: { 'x-one': '1' },
      rawHeaders: [],
    });
    expect(recorder.head?.url.href).toBe(URL_A);
    expect(seen).toMatchObject({ url: URL_A, method: 'GET' });
    expect(new Headers((seen as Request | null)?.headers).get('x-a')).toBe('1, 2');
  });

  it.each([204, 304])('a %i has no body', async (status) => {
    server.use(http.get('http://host.example/a', () => new HttpResponse(null, { status })));
    expect((await got(over(globalFetch), URL_A)).calls).toEqual([`head ${status}`, 'end']);
  });

  it('does not follow redirects', async () => {
    server.use(http.get('http://host.example/a', () => HttpResponse.redirect('http://host.example/b', 307)));
    const recorder = await got(over(globalFetch), URL_A);
    expect(recorder.head).toMatchObject({ status: 307, headers: { location: 'http://host.example/b' } });
  });

  it('maps a network error', async () => {
    server.use(http.get('http://host.example/a', () => HttpResponse.error()));
    expect((await got(over(globalFetch), URL_A)).calls).toEqual(['error ERR_CONNECT']);
  });

  it('hands on each of several Set-Cookie fields', async () => {
    const headers = new Headers({ 'X-One': '1' });
    headers.append('Set-Cookie', 'a=1');
    headers.append('Set-Cookie', 'b=2');
    server.use(http.get('http://host.example/a', () => new HttpResponse('', { headers })));
    const recorder = await got(over(globalFetch), URL_A);
    expect(recorder.head?.headers['set-cookie']).toEqual(['a=1', 'b=2']);
  });

  it('takes nothing more of a response that is given up', async () => {
    const { stream, controller } = body();
    server.use(http.get('http://host.example/a', () => new HttpResponse(stream)));
    const { recorder, exchange } = get(over(globalFetch), URL_A);
    controller.enqueue(text('hello'));
    await recorder.until(() => recorder.received === 5);
    exchange.abort();
    controller.enqueue(text('more'));
    await new Promise((resolve) => setImmediate(resolve));
    expect(recorder.calls).toEqual(['head 200', 'data 5']);
  });
});

describe("over Node's own fetch", () => {
  it('does not know the length of a coded body', async () => {
    const packed = gzipSync('hello');
    const server = await startTestServer({ '/': { body: packed, headers: { 'Content-Encoding': 'gzip' } } });
    onTestFinished(() => server.close());
    const recorder = await got(over(globalFetch), server.url());
    expect(recorder.head?.length).toBeNull();
    expect(recorder.body.toString()).toBe('hello');
  });

  it.each([
    ['before the head', { delay: 60_000 }, []],
    ['in the body', { body: 'hello', stallAt: 3 }, ['head 200', 'data 3']],
  ])('given up %s, it closes the connection', async (_, answer, calls) => {
    const server = await startTestServer({ '/': answer });
    onTestFinished(() => server.close());
    const { recorder, exchange } = get(over(globalFetch), server.url());
    await server.traffic.until(() => server.inFlight === 1);
    await recorder.until(() => recorder.calls.length === calls.length);
    exchange.abort();
    await server.traffic.until(() => server.inFlight === 0);
    expect(recorder.calls).toEqual(calls);
  });

  it.each([
    [{ body: 'hello', truncateAt: 3 }, ['head 200', 'data 3', 'error ERR_TRUNCATED']],
    [{ resetAt: 0 }, ['head 200', 'error ERR_TRUNCATED']],
  ])('maps its errors in a body: %o', async (answer, calls) => {
    const server = await startTestServer({ '/': { headers: { 'Content-Length': '9' }, ...answer } });
    onTestFinished(() => server.close());
    expect((await got(over(globalFetch), server.url())).calls).toEqual(calls);
  });
});

describe('over a fetch made by hand', () => {
  it('never calls from within send, whatever the fetch does', async () => {
    const fetches: Fetch[] = [
      () => Promise.resolve(new Response('x')),
      () => Promise.reject(new TypeError('fetch failed')),
      () => {
        throw new TypeError('at once');
      },
    ];
    for (const fetch of fetches) {
      const { recorder } = get(over(fetch), URL_A);
      expect(recorder.calls).toEqual([]);
      await recorder.over();
    }
  });

  it('takes pieces as they come, and an error in place of the end', async () => {
    const { stream, controller } = body();
    const { recorder } = get(
      over(() => Promise.resolve(new Response(stream))),
      URL_A,
    );
    for (const piece of ['he', 'llo']) {
      controller.enqueue(text(piece));
      await recorder.until(() => recorder.calls.at(-1) === `data ${piece.length}`);
    }
    controller.error(Object.assign(new Error('gone'), { code: 'ECONNRESET' }));
    expect((await recorder.over()).calls).toEqual(['head 200', 'data 2', 'data 3', 'error ERR_TRUNCATED']);
  });

  it('pause asks for no more, resume does', async () => {
    const { stream, controller, pulls } = body();
    const { recorder, exchange } = get(
      over(() => Promise.resolve(new Response(stream))),
      URL_A,
    );
    recorder.react.data = () => exchange.pause();
    controller.enqueue(text('one'));
    await recorder.until(() => recorder.received === 3);
    const before = pulls();
    controller.enqueue(text('two'));
    controller.close();
    await new Promise((resolve) => setImmediate(resolve));
    expect([recorder.received, pulls()]).toEqual([3, before]);
    exchange.resume();
    await recorder.until(() => recorder.received === 6);
    exchange.resume();
    expect((await recorder.over()).body.toString()).toBe('onetwo');
  });

  it('waits for the head no longer than it may', async () => {
    const clock = stopClock();
    let signal: AbortSignal | null | undefined;
    const { recorder } = get(
      over((_, init) => {
        signal = init.signal;
        return new Promise(() => {});
      }),
      URL_A,
    );
    await clock.advance(999);
    expect(recorder.calls).toEqual([]);
    await clock.advance(1);
    expect(recorder.calls).toEqual(['error ERR_TIMEOUT']);
    expect(recorder.error?.message).toContain('--headers-timeout');
    expect(signal?.aborted).toBe(true);
    expect(clock.timers).toBe(0);
  });

  it('bears silence in a body no longer than it may; its own pauses do not count', async () => {
    const clock = stopClock();
    const { stream, controller, isCancelled } = body();
    const { recorder, exchange } = get(
      over(() => Promise.resolve(new Response(stream))),
      URL_A,
    );
    await clock.advance(900);
    recorder.react.data = () => exchange.pause();
    controller.enqueue(text('one'));
    await clock.advance(50_000);
    expect(recorder.calls).toEqual(['head 200', 'data 3']);
    exchange.resume();
    await clock.advance(1000);
    expect(recorder.calls).toEqual(['head 200', 'data 3', 'error ERR_TIMEOUT']);
    expect(recorder.error?.message).toContain('--idle-timeout');
    expect([clock.timers, isCancelled()]).toEqual([0, true]);
  });

  it('given up before the fetch answers, it takes nothing of the answer', async () => {
    const { stream, isCancelled } = body();
    let answer = (_response: Response): void => {};
    const { recorder, exchange } = get(
      over(
        () =>
          new Promise((resolve) => {
            answer = resolve;
          }),
      ),
      URL_A,
    );
    await Promise.resolve();
    exchange.abort();
    answer(new Response(stream));
    await new Promise((resolve) => setImmediate(resolve));
    expect(recorder.calls).toEqual([]);
    expect(isCancelled()).toBe(true);
  });

  it('given up while it is paused, it says nothing more', async () => {
    const { stream, controller, isCancelled } = body();
    const { recorder, exchange } = get(
      over(() => Promise.resolve(new Response(stream))),
      URL_A,
    );
    recorder.react.data = () => exchange.pause();
    controller.enqueue(text('one'));
    await recorder.until(() => recorder.received === 3);
    exchange.abort();
    await new Promise((resolve) => setImmediate(resolve));
    expect([recorder.received, recorder.isOver, isCancelled()]).toEqual([3, false, true]);
  });
});
