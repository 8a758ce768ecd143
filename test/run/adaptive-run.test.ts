// Whole runs under limits that find themselves.

import { describe, expect, it } from 'vitest';
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
    let slow = 0;
    let most = 0;
    const each = new ARun({
      sources,
      async answer({ url }) {
        if (url.hostname !== 'slow.test') return later(50);
        most = Math.max(most, ++slow);
        // One after another, whatever is asked at once.
        const answer = await later(200 * slow);
        slow--;
        return answer;
      },
    });
    await drive(time.clock, each.toEnd());
    expect(each.summary?.saved).toBe(1100);
    expect(most).toBeLessThanOrEqual(16);
    const lastOfFast = each.results.findLastIndex(({ url }) => url.includes('a.test'));
    const slowBefore = each.results.slice(0, lastOfFast).filter(({ url }) => url.includes('slow'));
    expect(slowBefore.length).toBeLessThan(50);
  });

  it('has no more than 2 % of its requests answered 429 by a server that limits their rate', async () => {
    const server = rateLimited(400, 50, 50);
    let refused = 0;
    const each = new ARun({
      sources: urls(3000),
      answer() {
        const { after, outcome } = server(time.clock.now(), 0, 0);
        if (outcome === undefined) return later(after);
        refused++;
        return later(after, { status: 429 });
      },
    });
    await drive(time.clock, each.toEnd());
    expect(each.summary).toMatchObject({ saved: 3000, failed: 0 });
    expect(refused).toBeGreaterThan(0);
    expect(refused / each.transport.sent).toBeLessThanOrEqual(0.02);
    expect(each.summary?.seconds).toBeLessThan(3000 / 400 / 0.6);
  });
});
