// Answers that are made to do harm: each ends, with its code, and soon.

import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { ConnectionOptions } from '../../src/http/undici-transport.js';
import { answerWith, interimFlood, stallAfter } from '../support/raw-scripts.js';
import type { RawScript } from '../support/raw-server.js';
import { serve, serveRaw } from '../support/servers.js';
import { got, openTransport, type Recorder } from './recorder.js';

const OK = 'HTTP/1.1 200 OK\r\n';
const CHUNKED = `${OK}Transfer-Encoding: chunked\r\n\r\n`;

async function ask(script: RawScript, options?: Partial<ConnectionOptions>): Promise<Recorder> {
  const server = await serveRaw(script);
  return await got(openTransport(options), server.url());
}

/** Sends the beginning, then the piece again and again until the client leaves. */
function endless(beginning: string, piece: string): RawScript {
  return async (connection) => {
    await connection.request();
    await connection.send(beginning);
    for (;;) await connection.send(piece);
  };
}

describe('interim responses', () => {
  it('a hundred are passed over, one more ends it', async () => {
    expect((await ask(interimFlood(100))).calls).toEqual(['head 200', 'data 2', 'end']);
    const recorder = await ask(interimFlood(101));
    expect(recorder.calls).toEqual(['error ERR_PROTOCOL']);
    expect(recorder.error?.message).toMatch(/100 interim/);
  });

  it('without end', async () => {
    const hint = 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n';
    expect((await ask(endless('', hint))).calls).toEqual(['error ERR_PROTOCOL']);
  });

  it('are no reason to wait for longer', async () => {
    const script: RawScript = async (connection) => {
      await connection.request();
      for (;;) {
        await connection.send('HTTP/1.1 102 Processing\r\n\r\n');
        await connection.wait(20);
      }
    };
    expect((await ask(script, { headersTimeout: 300 })).calls).toEqual(['error ERR_TIMEOUT']);
  });

  it('are counted for each request anew', async () => {
    const server = await serveRaw(async (connection) => {
      for (;;) {
        await connection.request();
        for (let sent = 0; sent < 60; sent++) await connection.send('HTTP/1.1 102 Processing\r\n\r\n');
        await connection.send(`${OK}Content-Length: 0\r\n\r\n`);
      }
    });
    const transport = openTransport();
    for (let round = 0; round < 3; round++)
      expect((await got(transport, server.url())).calls).toEqual(['head 200', 'end']);
  });
});

describe.each(['204 No Content', '304 Not Modified'])('a %s has no body', (status) => {
  const calls = [`head ${status.slice(0, 3)}`, 'end'];

  it.each([
    ['a length', 'Content-Length: 5\r\n\r\n'],
    ['a length and a body', 'Content-Length: 5\r\n\r\nhello'],
    ['a length and a body at the close', 'Connection: close\r\nContent-Length: 5\r\n\r\nhello'],
    ['a body without length', '\r\nhello'],
    ['chunks', 'Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n'],
  ])('whatever comes with it: %s', async (_, rest) => {
    expect((await ask(answerWith(`HTTP/1.1 ${status}\r\n${rest}`))).calls).toEqual(calls);
    expect((await ask(stallAfter(`HTTP/1.1 ${status}\r\n${rest}`))).calls).toEqual(calls);
  });

  it('nor does the next request get it', async () => {
    const server = await serveRaw(async (connection) => {
      await connection.request();
      const smuggled = `${OK}Content-Length: 4\r\n\r\nevil`;
      await connection.send(
        connection.index === 0
          ? `HTTP/1.1 ${status}\r\nContent-Length: ${smuggled.length}\r\n\r\n${smuggled}`
          : `${OK}Content-Length: 4\r\n\r\ngood`,
      );
    });
    const transport = openTransport();
    expect((await got(transport, server.url())).calls).toEqual(calls);
    expect((await got(transport, server.url())).body.toString()).toBe('good');
  });
});

describe('a framing that contradicts itself', () => {
  it.each([
    'Content-Length: 2\r\nContent-Length: 5',
    'Content-Length: 5\r\nContent-Length: 5',
    'Content-Length: 2, 5',
    'Content-Length: 5 5',
    'Content-Length: +5',
    'Content-Length: 0x5',
    'Content-Length: ',
    'Content-Length: 18446744073709551621',
    'Content-Length: 5\r\nTransfer-Encoding: chunked',
    'Transfer-Encoding: chunked\r\nContent-Length: 5',
  ])('%j', async (fields) => {
    const recorder = await ask(answerWith(`${OK}${fields}\r\n\r\nhello`));
    expect(recorder.calls).toEqual(['error ERR_PROTOCOL']);
  });

  it('a length beyond what numbers can say is no length', async () => {
    const recorder = await ask(answerWith(`${OK}Content-Length: 9007199254740993\r\n\r\nhello`));
    expect(recorder.calls).toEqual(['head 200', 'data 5', 'error ERR_TRUNCATED']);
    expect(recorder.head?.length).toBeNull();
  });
});

describe('a transfer coding that nobody asked for', () => {
  it.each([
    'gzip',
    'gzip, chunked',
    'chunked, gzip',
    'chunked, chunked',
    'xchunked',
    'gzip\r\nTransfer-Encoding: chunked',
  ])('%j', async (coding) => {
    const recorder = await ask(
      answerWith(`${OK}Transfer-Encoding: ${coding}\r\n\r\n5\r\nhello\r\n0\r\n\r\n`),
    );
    expect(recorder.calls).toEqual(['error ERR_PROTOCOL']);
  });

  it('Chunked is chunked, identity is nothing', async () => {
    const chunks = await ask(answerWith(`${OK}Transfer-Encoding: Chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n`));
    expect(chunks.body.toString()).toBe('hello');
    const plain = await ask(answerWith(`${OK}Transfer-Encoding: identity\r\n\r\nhello`));
    expect(plain.body.toString()).toBe('hello');
  });
});

describe('broken chunks', () => {
  it.each([
    ['a size that is none', 'zz\r\nhello'],
    ['a negative size', '-5\r\nhello'],
    ['a size of 18 digits', 'ffffffffffffffffff\r\nhello'],
    ['no size', '\r\nhello'],
    ['a space after the size', '5 \r\nhello\r\n0\r\n\r\n'],
    ['LF only', '5\nhello\n0\n\n'],
  ])('%s', async (_, body) => {
    expect((await ask(answerWith(CHUNKED + body))).calls).toEqual(['head 200', 'error ERR_PROTOCOL']);
  });

  it('a chunk longer than its size', async () => {
    const { calls } = await ask(answerWith(`${CHUNKED}5\r\nhelloxx\r\n0\r\n\r\n`));
    expect(calls).toEqual(['head 200', 'data 5', 'error ERR_PROTOCOL']);
  });

  it('the largest size that there is', async () => {
    const { calls } = await ask(answerWith(`${CHUNKED}ffffffffffffffff\r\nhello`));
    expect(calls).toEqual(['head 200', 'data 5', 'error ERR_TRUNCATED']);
  });

  it('trailers without end', async () => {
    const { calls } = await ask(
      endless(`${CHUNKED}5\r\nhello\r\n0\r\n`, 'X: '.padEnd(998, 'y').concat('\r\n')),
    );
    expect(calls).toEqual(['head 200', 'data 5', 'error ERR_PROTOCOL']);
  });

  it('an extension without end is silence', async () => {
    const { calls } = await ask(endless(`${CHUNKED}5;a=`, 'x'.repeat(1000)), { idleTimeout: 300 });
    expect(calls).toEqual(['head 200', 'error ERR_TIMEOUT']);
  });
});

describe('a head without end', () => {
  it.each([
    ['of many small fields', endless(OK, 'a: b\r\n'.repeat(1000))],
    ['of one name', endless(OK, 'a'.repeat(10_000))],
    ['of one value', endless(`${OK}X: `, 'a'.repeat(10_000))],
  ])('%s', async (_, script) => {
    expect((await ask(script)).calls).toEqual(['error ERR_PROTOCOL']);
  });

  it.each([
    ['of empty lines', endless('', '\r\n'.repeat(1000))],
    ['of one reason', endless('HTTP/1.1 200 ', 'a'.repeat(1000))],
  ])('%s is none', async (_, script) => {
    expect((await ask(script, { headersTimeout: 300 })).calls).toEqual(['error ERR_TIMEOUT']);
  });

  it('a status below 100 is none', async () => {
    const recorder = await ask(answerWith('HTTP/1.1 099 Low\r\nContent-Length: 2\r\n\r\nok'));
    expect(recorder.calls).toEqual(['error ERR_PROTOCOL']);
    expect(recorder.error?.message).toMatch(/^[^\n]+$/);
  });
});

it('gzip where identity was asked for comes as it was sent', async () => {
  const body = gzipSync('hello');
  const server = await serve({ '/': { body, headers: { 'content-encoding': 'gzip' } } });
  const recorder = await got(openTransport(), server.url(), ['accept-encoding', 'identity']);
  expect(recorder.body).toEqual(body);
  expect(recorder.head?.length).toBe(body.length);
});

it('what comes after the end of a body is nobody’s', async () => {
  const recorder = await ask(answerWith(`${OK}Content-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n\r\nevil`));
  expect(recorder.calls).toEqual(['head 200', 'data 2', 'end']);
});
