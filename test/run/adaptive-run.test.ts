// Whole runs under limits that find themselves.

import { describe, expect, it } from 'vitest';
import { networkError } from '../../src/http/network-errors.js';
import type { DownloadOptions } from '../../src/run/options.js';
import { drive } from '../support/drive.js';
import { useFakeTime } from '../support/fake-time.js';
import { ARun, urls } from '../support/runs.js';
import { rateLimited } from '../support/simulated-server.js';
import type { StubAnswer } from '../support/stub-transport.js';

const time = useFakeTime();

function later(milliseconds: number, answer: StubAnswer = { body: 'content' }): Promise<StubAnswer> {
  return new Promise((resolve) => time.clock.schedule(milliseconds, () => resolve(answer)));
}

describe('-c auto', () => {
  it('gets 600 URLs of 100 ms faster than 16 at once could, with no more than 64', async () => {
    const each = new ARun({ sources: urls(600), answer: () => later(100) });
    await drive(time.clock, each.toEnd());
    const { maxInFlight } = each.transport;
    expect(maxInFlight).toBe(64);
    expect(each.summary).toMatchObject({ saved: 600, concurrency: 64 });
    expect(each.summary?.seconds).toBeLessThan(600 / 16 / 10 / 2);
  });

  it('begins a small list at once', async () => {
    const each = new ARun({ sources: urls(8), answer: () => later(100) });
    await drive(time.clock, each.toEnd());
    expect(each.summary).toMatchObject({ saved: 8, concurrency: 8 });
    expect(each.summary?.seconds).toBeCloseTo(0.1, 6);
  });

  it('a host that is slow keeps none from being found fast', async () => {
    const sources = urls(1000).flatMap((url, at) =>
      at % 10 === 0 ? [url, `http://slow.test/s${at}`] : [url],
    );
    const inFlight = { slow: 0, fast: 0 };
    const most = { ...inFlight };
    let fastEnded = 0;
    const began = time.clock.now();
    const each = new ARun({
      sources,
      async answer({ url }) {
        const host = url.hostname === 'slow.test' ? 'slow' : 'fast';
        most[host] = Math.max(most[host], ++inFlight[host]);
        // One after another, whatever is asked at once.
        const answer = await later(host === 'slow' ? 200 * inFlight.slow : 50);
        inFlight[host]--;
        if (host === 'fast') fastEnded = time.clock.now() - began;
        return answer;
      },
    });
    await drive(time.clock, each.toEnd());
    expect(each.summary?.saved).toBe(1100);
    expect(most.slow).toBeLessThanOrEqual(16);
    expect(most.fast).toBe(64);
    // Alone it takes 1050 ms, with 8 at once 6250.
    expect(fastEnded).toBeLessThan(1300);
    const lastOfFast = each.results.findLastIndex(({ url }) => url.includes('a.test'));
    const slowBefore = each.results.slice(0, lastOfFast).filter(({ url }) => url.includes('slow'));
    expect(slowBefore.length).toBeLessThan(50);
  });

  it('has up to 256 in flight to many hosts, and no more', async () => {
    const hosts = Array.from({ length: 40 }, (_, host) => `h${host}.test`);
    const sources = Array.from({ length: 100 }, (_, at) => hosts.map((host) => `http://${host}/${at}.bin`));
    const each = new ARun({ sources: sources.flat(), answer: () => later(100) });
    await drive(time.clock, each.toEnd());
    expect(each.transport.maxInFlight).toBe(256);
    expect(each.summary).toMatchObject({ saved: 4000, concurrency: 256 });
    // The least that 256 at once could take, and as long again to find them.
    expect(each.summary?.seconds).toBeLessThan((2 * 4000) / 256 / 10);
  });

  const slow = (): Promise<StubAnswer> => later(200);
  const stalled: StubAnswer = { body: 'begun', length: 1000, stalls: true };
  const timedOut = (code: string, phase: 'head' | 'body') => () => {
    const error = networkError(Object.assign(new Error(), { code }), phase, 'a.test');
    return later(60, phase === 'head' ? error : { body: 'begun', length: 1000, error });
  };

  it.each<[string, string, DownloadOptions, number, () => Promise<StubAnswer>]>([
    ['nothing', '--max-time', { maxTime: 60 }, 64, slow],
    ['nothing', '--max-time in a body', { maxTime: 60 }, 64, () => later(10, stalled)],
    ['nothing', '--min-speed', { minSpeed: '1k', speedTime: 60 }, 64, () => later(10, stalled)],
    ['that half is enough', '--connect-timeout', {}, 8, timedOut('UND_ERR_CONNECT_TIMEOUT', 'head')],
    ['that half is enough', 'a TLS handshake', {}, 8, timedOut('ERR_TLS_HANDSHAKE_TIMEOUT', 'head')],
    ['that half is enough', '--headers-timeout', {}, 8, timedOut('UND_ERR_HEADERS_TIMEOUT', 'head')],
    ['that half is enough', '--idle-timeout', {}, 8, timedOut('UND_ERR_BODY_TIMEOUT', 'body')],
  ])('learns %s from one of many that %s ends', async (_learns, _limit, options, most, answer) => {
    const each = new ARun({
      sources: urls(1000),
      options: { ...options, retries: 0 },
      answer: (_request, index) => (index === 0 ? answer() : later(50)),
    });
    await drive(time.clock, each.toEnd());
    expect(each.summary).toMatchObject({ saved: 999, failed: 1, concurrency: most });
  });

  it.each([
    [400, 50, 4000],
    [400, 400, 4000],
    [100, 20, 1000],
  ])(
    '%d a second, %d at once: no more than one request in fifty is answered 429',
    async (rate, burst, files) => {
      const server = rateLimited(rate, burst, 50);
      let refused = 0;
      const each = new ARun({
        sources: urls(files),
        answer() {
          const { outcome } = server(time.clock.now(), 0, 0);
          if (outcome === undefined) return later(50);
          refused++;
          return later(50, { status: 429 });
        },
      });
      await drive(time.clock, each.toEnd());
      expect(each.summary).toMatchObject({ saved: files, failed: 0 });
      expect(refused).toBeGreaterThan(0);
      expect(refused / each.transport.sent).toBeLessThanOrEqual(0.02);
      expect(each.summary?.seconds).toBeLessThan(((files - burst) / rate) * 1.25);
    },
  );
});
