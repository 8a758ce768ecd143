import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codingOf, DECODED_CODINGS, inflatersFor, wasDecoded } from '../../src/http/content-coding.js';
import { ContentDecoder, HARMLESS, MOST_GROWTH } from '../../src/http/content-decoder.js';
import type { ResponseHead } from '../../src/http/transport.js';
import type { FetchallError } from '../../src/model/errors.js';
import { bomb, coded } from '../support/coded-body.js';
import { eventually, turnsOfTheLoop } from '../support/drive.js';

function headWith(coding: string | readonly string[], over: Partial<ResponseHead> = {}): ResponseHead {
  const headers = { 'content-encoding': coding };
  return { url: new URL('http://a.test/'), status: 200, headers, rawHeaders: [], length: null, ...over };
}

/** What a decoder tells. */
class Told {
  readonly pieces: Uint8Array[] = [];
  ends = 0;
  hungers = 0;
  error: FetchallError | null = null;
  isFull = false;
  readonly decoder: ContentDecoder;

  constructor(coding: string) {
    this.decoder = new ContentDecoder(inflatersFor(headWith(coding)), {
      decoded: (bytes) => {
        this.pieces.push(bytes);
        return !this.isFull;
      },
      decodedAll: () => this.ends++,
      hungry: () => this.hungers++,
      failed: (error) => {
        this.error = error;
      },
    });
  }

  get bytes(): Buffer {
    return Buffer.concat(this.pieces);
  }

  async over(): Promise<this> {
    await eventually(() => this.ends > 0 || this.error !== null);
    await turnsOfTheLoop();
    expect(this.ends + (this.error === null ? 0 : 1)).toBe(1);
    this.decoder.close();
    return this;
  }
}

async function decoded(coding: string, ...pieces: readonly Uint8Array[]): Promise<Told> {
  const told = new Told(coding);
  for (const piece of pieces) told.decoder.write(piece);
  told.decoder.end();
  return await told.over();
}

const CONTENT = Buffer.from('one, two, three, '.repeat(5000));

describe('codings that are undone', () => {
  it.each(['gzip', 'x-gzip', 'GZip', 'deflate', 'br', 'gzip, br', 'deflate, gzip, br', 'gzip, gzip, gzip'])(
    '%s',
    async (coding) => {
      const told = await decoded(coding, coded(CONTENT, coding.toLowerCase()));
      expect([told.error, told.bytes.equals(CONTENT)]).toEqual([null, true]);
    },
  );

  it('deflate without its two bytes, also below another', async () => {
    expect((await decoded('deflate', coded(CONTENT, 'raw deflate'))).bytes).toEqual(CONTENT);
    expect((await decoded('deflate, br', coded(CONTENT, 'raw deflate, br'))).bytes).toEqual(CONTENT);
  });

  it('zstd where Node has it', async ({ skip }) => {
    const zlib: Record<string, unknown> = await import('node:zlib');
    const compress = zlib['zstdCompressSync'];
    skip(typeof compress !== 'function', 'this Node has no zstd');
    const body = (compress as (bytes: Uint8Array) => Buffer)(CONTENT);
    expect((await decoded('zstd', body)).bytes).toEqual(CONTENT);
    expect((await decoded('zstd', body.subarray(0, -3))).error?.code).toBe('ERR_TRUNCATED');
    expect(DECODED_CODINGS).toBe('gzip, deflate, br, zstd');
  });

  it('whatever the cuts', async () => {
    const coding = fc.constantFrom('gzip', 'deflate', 'raw deflate', 'br', 'gzip, br');
    await fc.assert(
      fc.asyncProperty(
        coding,
        fc.uint8Array({ maxLength: 3000 }),
        fc.nat({ max: 50 }),
        async (name, content, cut) => {
          const body = coded(content, name);
          const pieces = Array.from({ length: Math.ceil(body.length / (cut + 1)) }, (_, at) =>
            body.subarray(at * (cut + 1), (at + 1) * (cut + 1)),
          );
          const told = await decoded(name.replace('raw ', ''), ...pieces);
          expect([told.error, told.bytes.equals(content)]).toEqual([null, true]);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('members one after another, and padding after the end', async () => {
    const twice = Buffer.concat([coded(CONTENT, 'gzip'), coded(CONTENT, 'gzip')]);
    expect((await decoded('gzip', twice)).bytes).toHaveLength(2 * CONTENT.length);
    for (const coding of ['gzip', 'deflate']) {
      const told = await decoded(coding, coded(CONTENT, coding), Buffer.alloc(100), Buffer.alloc(100));
      expect([told.error, told.bytes.equals(CONTENT)]).toEqual([null, true]);
    }
  });

  it('nothing is nothing in any coding', async () => {
    for (const coding of ['gzip', 'br', 'deflate, gzip'])
      expect((await decoded(coding)).bytes).toHaveLength(0);
  });
});

describe('what is wrong', () => {
  it.each(['gzip', 'deflate', 'br', 'gzip, br'])('%s that ends too early, at each byte', async (coding) => {
    const body = coded(Buffer.from('a short text'), coding);
    for (let end = 1; end < body.length; end++)
      expect((await decoded(coding, body.subarray(0, end))).error?.code).toBe('ERR_TRUNCATED');
  });

  it.each(['gzip', 'deflate', 'br'])('%s that is none', async (coding) => {
    expect((await decoded(coding, Buffer.alloc(1000, 0xff))).error?.code).toBe('ERR_PROTOCOL');
  });

  it('gzip whose checksum is wrong', async () => {
    const body = coded(CONTENT, 'gzip');
    body[body.length - 6] = (body[body.length - 6] ?? 0) ^ 1;
    const { error } = await decoded('gzip', body);
    expect(error).toMatchObject({ code: 'ERR_PROTOCOL', cause: { code: 'Z_DATA_ERROR' } });
  });

  it('codings that nobody knows, and too many', () => {
    for (const coding of ['compress', 'gzip, foo', 'gzip, gzip, gzip, gzip', 'exi'])
      expect(() => inflatersFor(headWith(coding))).toThrow(expect.objectContaining({ code: 'ERR_PROTOCOL' }));
  });
});

describe('a head', () => {
  it('tells its codings in the order in which they were applied', () => {
    expect(codingOf(headWith(['Gzip', 'identity , BR']))).toBe('gzip, br');
    expect(codingOf(headWith('identity'))).toBeNull();
    expect(codingOf(headWith(''))).toBeNull();
    expect(inflatersFor(headWith('gzip, br'))).toHaveLength(2);
  });

  it('without a body has nothing to undo', () => {
    expect(inflatersFor(headWith('foo', { status: 204 }))).toEqual([]);
    expect(inflatersFor(headWith('gzip', { status: 304 }))).toEqual([]);
  });

  it('of a transport that undoes codings itself', () => {
    const head = headWith('gzip', { isDecoded: true });
    expect([codingOf(head), wasDecoded(head), inflatersFor(head)]).toEqual([null, true, []]);
    expect(wasDecoded(headWith('identity', { isDecoded: true }))).toBe(false);
    expect(wasDecoded(headWith('gzip'))).toBe(false);
  });
});

describe('what grows', () => {
  it('beyond measure is given up as soon as that shows', async () => {
    const told = new Told('gzip');
    for (const piece of [bomb(1), bomb(1), bomb(1)]) told.decoder.write(piece);
    await told.over();
    expect(told.error?.code).toBe('ERR_TOO_LARGE');
    expect(told.bytes.length).toBeLessThanOrEqual(HARMLESS + 65_536);
  });

  it('beyond measure, but is small, is no harm', async () => {
    const zeros = Buffer.alloc(HARMLESS);
    const told = await decoded('gzip', coded(zeros, 'gzip'));
    expect([told.error, told.bytes.length]).toEqual([null, HARMLESS]);
    expect(HARMLESS / coded(zeros, 'gzip').length).toBeGreaterThan(MOST_GROWTH);
  });

  it('waits until there is room: hardly anything is in hand', async () => {
    const told = new Told('gzip');
    told.isFull = true;
    expect(told.decoder.write(bomb(8))).toBe(false);
    for (let asked = 1; asked <= 5; asked++) {
      await eventually(() => told.pieces.length >= asked);
      await turnsOfTheLoop(200);
      expect(told.pieces.length).toBe(asked);
      told.decoder.resume();
    }
    expect(told.hungers).toBe(0);
    told.decoder.close();
    await turnsOfTheLoop(200);
    expect(told.pieces.length).toBeLessThanOrEqual(6);
  });

  it('tells when more may come', async () => {
    const told = new Told('gzip, br');
    const body = coded(randomBytes(300_000), 'gzip, br');
    expect(told.decoder.write(body)).toBe(false);
    await eventually(() => told.hungers > 0);
    told.decoder.end();
    expect((await told.over()).bytes).toHaveLength(300_000);
  });
});
