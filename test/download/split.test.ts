// When a file begins to be fetched in ranges: in a fake time, from a server that sends what the test tells it to.

import { describe, expect, it } from 'vitest';
import { attempt } from '../../src/download/attempt.js';
import type { Context } from '../../src/download/context.js';
import { RateLimit } from '../../src/download/rate-limit.js';
import type { SpareSlots } from '../../src/download/spare-slots.js';
import type { Task } from '../../src/download/task.js';
import type { Exchange, HttpRequest, Receiver, Transport } from '../../src/http/transport.js';
import { FetchallError } from '../../src/model/errors.js';
import { resolveSettings } from '../../src/run/options.js';
import { drive, turnsOfTheLoop } from '../support/drive.js';
import { useFakeTime } from '../support/fake-time.js';
import { aContext, aTask, FOLDER } from '../support/jobs.js';
import { MemoryDisk } from '../support/memory-disk.js';
import { StubTransport } from '../support/stub-transport.js';

const SIZE = 8_000_000;
const HEADERS = { etag: '"A"', 'accept-ranges': 'bytes' };
const content = new Uint8Array(SIZE).map((_, at) => (at * 7) % 251);

const time = useFakeTime();

class Answer implements Exchange {
  /** Up to where it has been sent. */
  position: number;
  isAborted = false;
  readonly #url: URL;
  readonly #isPart: boolean;
  readonly #end: number;
  readonly #receiver: Receiver;
  #isBegun = false;

  constructor({ url, headers }: HttpRequest, receiver: Receiver) {
    const [, from, to] = /bytes=(\d+)-(\d*)/.exec(headers.join('\n')) ?? [];
    this.position = Number(from ?? 0);
    this.#url = url;
    this.#isPart = from !== undefined;
    this.#end = to ? Number(to) + 1 : SIZE;
    this.#receiver = receiver;
  }

  /** The head comes. Idempotent. */
  begin(): void {
    if (this.#isBegun || this.isAborted) return;
    this.#isBegun = true;
    const about = { url: this.#url, rawHeaders: [], length: this.#end - this.position };
    const range = { 'content-range': `bytes ${this.position}-${this.#end - 1}/${SIZE}` };
    const headers = { ...HEADERS, ...(this.#isPart && range) };
    this.#receiver.onHead({ ...about, status: this.#isPart ? 206 : 200, headers });
  }

  /** @param how a status, or nothing but the end of the connection */
  refuse(how: number | 'reset', headers: Record<string, string> = {}): void {
    if (this.isAborted) return;
    this.#isBegun = true;
    if (how === 'reset') this.#receiver.onError(new FetchallError('ERR_CONNECT', 'reset'));
    else this.#receiver.onHead({ url: this.#url, rawHeaders: [], length: 0, status: how, headers });
  }

  send(bytes = SIZE): void {
    this.begin();
    const end = Math.min(this.#end, this.position + bytes);
    const piece = content.subarray(this.position, end);
    this.position = end;
    if (!this.isAborted) this.#receiver.onData(piece);
    if (!this.isAborted && end === this.#end) this.#receiver.onEnd();
  }

  pause(): void {}

  resume(): void {}

  abort(): void {
    this.isAborted = true;
  }
}

/** One file from a server whose answers the test sends, with so many slots to spare. */
class Fetched implements Transport, SpareSlots {
  readonly answers: Answer[] = [];
  readonly disk = new MemoryDisk();
  readonly task: Task;
  spare = 8;
  /** Whether ranges are answered as soon as they are asked for. */
  isPrompt = true;
  readonly #watchers = new Set<() => void>();
  end: Promise<unknown> = Promise.resolve();

  constructor(split: number | 'auto', over: Partial<Task> = {}) {
    const { policy } = resolveSettings({ split });
    this.task = { ...aTask({ policy }), ...over };
  }

  async begin(over: Partial<Context> = {}): Promise<void> {
    const context = aContext(this, { disk: this.disk, spareSlots: this, splitFrom: SIZE, ...over });
    this.end = attempt(this.task, context);
    this.end.catch(() => {});
    await turnsOfTheLoop();
  }

  send(request: HttpRequest, receiver: Receiver): Exchange {
    const answer = new Answer(request, receiver);
    this.answers.push(answer);
    if (this.isPrompt || this.answers.length === 1) setImmediate(() => answer.begin());
    return answer;
  }

  /** So much comes of the first answer, and then so many ms pass. */
  async front(bytes: number, milliseconds: number): Promise<void> {
    this.answers[0]?.send(bytes);
    await time.clock.advance(milliseconds);
    await turnsOfTheLoop();
  }

  give(slots: number): void {
    this.spare += slots;
    for (const watcher of this.#watchers) watcher();
  }

  take(): { end(): void } | null {
    if (this.spare <= 0) return null;
    this.spare--;
    return { end: () => this.give(1) };
  }

  watch(onRoom: () => void): () => void {
    this.#watchers.add(onRoom);
    return () => this.#watchers.delete(onRoom);
  }

  /** All the rest comes. */
  async finish(): Promise<void> {
    for (let at = 0; at < this.answers.length; at++) {
      this.answers[at]?.send();
      await turnsOfTheLoop();
    }
    await drive(time.clock, this.end);
    expect(Buffer.from(content).equals(this.disk.files.get(`${FOLDER}/a.bin`) ?? new Uint8Array())).toBe(
      true,
    );
    expect(this.#watchers.size).toBe(0);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

describe('--split auto', () => {
  it('is the default', () => {
    expect(resolveSettings({}).policy).toMatchObject({ split: 4, splitsWhenSlow: true });
  });

  it('leaves a file to one request that is fast', async () => {
    const file = new Fetched('auto');
    await file.begin();
    await file.front(2_000_000, 1000);
    await file.front(2_000_000, 1000);
    await file.front(2_000_000, 1000);
    expect(file.answers).toHaveLength(1);
    await file.finish();
    expect(file.answers).toHaveLength(1);
    expect(file.task).toMatchObject({ bytes: SIZE, chunks: Math.ceil(SIZE / 1024), size: SIZE });
  });

  it('asks for ranges after a second of one that is slow', async () => {
    const file = new Fetched('auto');
    await file.begin();
    await file.front(100_000, 999);
    expect(file.answers).toHaveLength(1);
    await file.front(0, 1);
    expect(file.answers).toHaveLength(4);
    await file.finish();
    expect(file.task.bytes).toBe(SIZE);
  });

  it('asks for ranges where the one says nothing', async () => {
    const file = new Fetched('auto');
    await file.begin();
    await file.front(0, 1000);
    expect(file.answers).toHaveLength(4);
    await file.finish();
  });

  it('asks for ranges where the one falls silent later', async () => {
    const file = new Fetched('auto');
    await file.begin();
    await file.front(2_000_000, 1000);
    expect(file.answers).toHaveLength(1);
    await file.front(0, 1000);
    expect(file.answers).toHaveLength(4);
    await file.finish();
  });

  it('waits for a slot that nobody else wants, and looks again when there is one', async () => {
    const file = new Fetched('auto');
    file.spare = 0;
    await file.begin();
    await file.front(100_000, 1500);
    file.give(2);
    await turnsOfTheLoop();
    expect(file.answers).toHaveLength(1);
    await file.front(0, 500);
    expect(file.answers).toHaveLength(3);
    file.give(1);
    await turnsOfTheLoop();
    expect(file.answers).toHaveLength(4);
    await file.finish();
  });

  it('does without a slot that comes when the rest is soon there', async () => {
    const file = new Fetched('auto');
    file.spare = 0;
    await file.begin();
    await file.front(100_000, 1500);
    file.give(8);
    await file.front(5_000_000, 500);
    expect(file.answers).toHaveLength(1);
    await file.finish();
    expect(file.answers).toHaveLength(1);
  });

  it('has nothing to look at where the one is through within a second', async () => {
    const file = new Fetched('auto');
    await file.begin();
    await file.front(100_000, 900);
    await file.finish();
    expect(file.answers).toHaveLength(1);
    expect(time.clock.timers).toBe(0);
  });

  it('leaves no timer behind where the one fails before', async () => {
    const file = new Fetched('auto');
    const failing = new StubTransport(() => ({
      headers: HEADERS,
      length: SIZE,
      body: [content.subarray(9)],
    }));
    await file.begin({ transport: failing });
    await turnsOfTheLoop();
    expect(time.clock.timers).toBe(0);
  });

  it('goes on in ranges at once with what is there at several places', async () => {
    const done = [
      { start: 0, end: 1_000_000 },
      { start: 4_000_000, end: 5_000_000 },
    ];
    const version = { name: null, etag: '"A"', lastModified: null, date: null, coding: null };
    const part = { ...version, total: SIZE, synced: null, done };
    const file = new Fetched('auto', { part, hasPart: true });
    file.disk.files.set(`${FOLDER}/a.bin.part`, content.slice(0, 5_000_000));
    await file.begin();
    expect(file.answers).toHaveLength(4);
    await file.finish();
    expect(file.task.bytes).toBe(SIZE - 2_000_000);
  });

  it('leaves the rest of what was fetched by one request to one, while that is fast', async () => {
    const version = { name: null, etag: '"A"', lastModified: null, date: null, coding: null };
    const part = { ...version, total: SIZE, synced: null, done: null };
    const file = new Fetched('auto', { part, hasPart: true });
    file.disk.files.set(`${FOLDER}/a.bin.part`, content.slice(0, 500_000));
    await file.begin();
    await file.front(2_000_000, 1000);
    expect(file.answers).toHaveLength(1);
    await file.front(0, 1000);
    expect(file.answers).toHaveLength(4);
    await file.finish();
    expect(file.task.bytes).toBe(SIZE - 500_000);
  });
});

describe('--split N', () => {
  it('asks for ranges at once', async () => {
    const file = new Fetched(3);
    await file.begin();
    expect(file.answers).toHaveLength(3);
    await file.finish();
  });
});

describe('a range that is not answered yet', () => {
  const stretch = SIZE / 4;
  const refusals = [403, 429, 503, 'reset'] as const;

  /** Three have been asked for, beside the one. */
  async function asked(): Promise<Fetched> {
    const file = new Fetched(4);
    file.isPrompt = false;
    await file.begin();
    expect(file.answers).toHaveLength(4);
    return file;
  }

  it.each(refusals)('may be refused with %s while the one has enough to do: it fetches all', async (how) => {
    const file = await asked();
    await file.front(stretch / 2, 0);
    for (const answer of file.answers.slice(1)) answer.refuse(how);
    await file.finish();
    expect(file.answers).toHaveLength(4);
    expect(file.task).toMatchObject({ attempts: 1, bytes: SIZE });
  });

  it.each(refusals.flatMap((how) => [1, 1.5, 2, 3.5].map((stretches) => [how, stretches] as const)))(
    'may be refused with %s when the one has fetched %d of four quarters: it goes on',
    async (how, quarters) => {
      const file = await asked();
      for (let left = quarters * stretch; left > 0; left -= 100_000)
        await file.front(Math.min(left, 100_000), 0);
      expect(file.answers[0]?.isAborted).toBe(false);
      for (const answer of file.answers.slice(1)) answer.refuse(how);
      await file.finish();
      expect(file.task).toMatchObject({ attempts: 1, bytes: SIZE });
      expect(file.answers.length).toBeLessThan(8);
    },
  );

  it('is given up when the one has come to it, and asked for no more', async () => {
    const file = await asked();
    await file.front(SIZE, 0);
    await file.finish();
    expect(file.answers.slice(1).every(({ isAborted }) => isAborted)).toBe(true);
    expect(file.answers).toHaveLength(4);
    expect(file.task).toMatchObject({ attempts: 1, bytes: SIZE });
  });

  it('leaves what is behind to the one that has been answered', async () => {
    const file = await asked();
    const [front, third, second, fourth] = file.answers;
    third?.begin();
    await file.front(SIZE, 0);
    expect([front?.isAborted, second?.isAborted, third?.isAborted]).toEqual([true, true, false]);
    fourth?.refuse(403);
    await file.finish();
    expect(file.task).toMatchObject({ attempts: 1, bytes: SIZE });
  });

  it.each(refusals)(
    'is asked for again when nothing else is under way that may be why it met %s',
    async (how) => {
      const file = await asked();
      const [, third, , fourth] = file.answers;
      third?.begin();
      fourth?.refuse(how);
      await file.front(SIZE, 0);
      for (const answer of file.answers.slice(4)) answer.refuse(how);
      await turnsOfTheLoop();
      await file.finish();
      expect(file.task).toMatchObject({ attempts: 1, bytes: SIZE });
    },
  );

  it('is not asked for again before the time that the server has named', async () => {
    const file = await asked();
    const [, third, , fourth] = file.answers;
    third?.begin();
    await file.front(SIZE, 0);
    third?.send();
    await turnsOfTheLoop();
    // None but the front's own.
    file.spare = -8;
    const asking = file.answers.length;
    fourth?.refuse(429, { 'retry-after': '60' });
    file.answers.at(-1)?.refuse(429, { 'retry-after': '60' });
    await turnsOfTheLoop();
    expect(file.answers).toHaveLength(asking);
    await expect(file.end).rejects.toMatchObject({ code: 'ERR_STATUS', retryAfter: 60_000 });
  });

  it('that is refused for good leaves the next try to one request, which goes on with what is there', async () => {
    const file = await asked();
    const [, third] = file.answers;
    third?.begin();
    await file.front(SIZE, 0);
    third?.send();
    for (let at = 3; at < file.answers.length; at++) {
      file.answers[at]?.refuse(403);
      await turnsOfTheLoop();
    }
    await expect(file.end).rejects.toMatchObject({ code: 'ERR_TRUNCATED' });
    file.answers.length = 0;
    await file.begin();
    expect(file.answers).toHaveLength(1);
    await file.finish();
    expect(file.answers).toHaveLength(1);
    expect(file.task).toMatchObject({ attempts: 2, resumed: true, bytes: SIZE });
  });
});

/** A disk of a MB a second. */
class SlowDisk extends MemoryDisk {
  override async write(...call: Parameters<MemoryDisk['write']>): Promise<void> {
    const bytes = call[1].reduce((sum, { length }) => sum + length, 0);
    await new Promise<void>((resolve) => time.clock.schedule(bytes / 1000, resolve));
    await super.write(...call);
  }
}

describe('a request that is slow because of us', () => {
  it.each<[string, () => Partial<Context>]>([
    ['the rate limit', () => ({ rateLimit: new RateLimit(500_000) })],
    ['the disk', () => ({ disk: new SlowDisk() })],
  ])('stays alone where it is held back by %s', async (_, over) => {
    const file = new Fetched('auto');
    const pieces = Array.from({ length: 80 }, (_, at) => content.subarray(at * 100_000, (at + 1) * 100_000));
    const transport = new StubTransport(() => ({ headers: HEADERS, length: SIZE, body: pieces }));
    const context = aContext(transport, { spareSlots: file, splitFrom: SIZE, ...over() });
    await drive(time.clock, attempt(file.task, context));
    expect(time.clock.now()).toBeGreaterThan(6000);
    expect(transport.sent).toBe(1);
  });
});
