// Real causes, as they reach the receiver.

import { createServer } from 'node:https';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { ConnectionOptions } from '../../src/http/undici-transport.js';
import {
  answerWith,
  closesAtOnce,
  conflictingLengths,
  hugeHead,
  interimFlood,
  lineFeedsOnly,
  noHttp,
  resetAfter,
  saysNothing,
  stallAfter,
  unfinishedChunks,
} from '../support/raw-scripts.js';
import { type RawScript, startRawServer, unusedPort } from '../support/raw-server.js';
import { startTestServer, type TestServerOptions } from '../support/test-server.js';
import { get, got, openTransport, type Recorder } from './recorder.js';

/** The server says that it closes after this response. */
const CLOSING = 'HTTP/1.1 200 OK\r\nConnection: close\r\n';

async function ask(
  script: RawScript,
  options?: Partial<ConnectionOptions>,
  scheme = 'http',
): Promise<Recorder> {
  const server = await startRawServer(script);
  onTestFinished(() => server.close());
  return got(openTransport(options), `${scheme}://127.0.0.1:${server.port}/`);
}

async function askTls(
  tls: NonNullable<TestServerOptions['tls']>,
  options?: Partial<ConnectionOptions>,
): Promise<Recorder> {
  const server = await startTestServer({ '/': { body: 'secret' } }, { tls });
  onTestFinished(() => server.close());
  return got(openTransport(options), server.url());
}

describe('no connection', () => {
  it('refused', async () => {
    const recorder = await got(openTransport(), `http://127.0.0.1:${await unusedPort()}/`);
    expect(recorder.calls).toEqual(['error ERR_CONNECT']);
    expect(recorder.error).toMatchObject({
      systemCode: 'ECONNREFUSED',
      message: expect.stringMatching(/^127\.0\.0\.1:\d+: /),
    });
  });

  it('refused at every address of a name', async () => {
    const recorder = await got(openTransport(), `http://localhost:${await unusedPort()}/`);
    expect(recorder.error).toMatchObject({ code: 'ERR_CONNECT', systemCode: 'ECONNREFUSED' });
  });

  it('no such host', async () => {
    expect((await got(openTransport(), 'http://nonexistent.invalid/')).code).toBe('ERR_DNS');
    expect((await got(openTransport(), 'https://nonexistent.invalid/')).code).toBe('ERR_DNS');
  });

  it.each([
    ['closed without an answer', closesAtOnce],
    ['closed after the request', answerWith('')],
    ['reset before the head', resetAfter('')],
    ['closed within the head', answerWith('HTTP/1.1 200 OK\r\nContent-Le')],
    ['reset within the head', resetAfter('HTTP/1.1 200 OK\r\nContent-Le')],
  ])('%s', async (_, script) => {
    expect((await ask(script)).calls).toEqual(['error ERR_CONNECT']);
  });
});

describe('a body cut short', () => {
  it.each([
    ['closed before Content-Length', answerWith('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello')],
    ['reset before Content-Length', resetAfter('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello')],
    ['chunks without the last', unfinishedChunks],
    ['closed within a chunk', answerWith('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhello')],
    [
      'reset within chunks',
      resetAfter('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n'),
    ],
    [
      'closed within a chunk, as announced',
      answerWith(`${CLOSING}Transfer-Encoding: chunked\r\n\r\n9\r\nhello`),
    ],
    [
      'closed before the last chunk, as announced',
      answerWith(`${CLOSING}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n`),
    ],
    [
      'reset within a chunk, as announced',
      resetAfter(`${CLOSING}Transfer-Encoding: chunked\r\n\r\n9\r\nhello`),
    ],
    ['closed before Content-Length, as announced', answerWith(`${CLOSING}Content-Length: 9\r\n\r\nhello`)],
    ['reset before Content-Length, as announced', resetAfter(`${CLOSING}Content-Length: 9\r\n\r\nhello`)],
  ])('%s', async (_, script) => {
    const recorder = await ask(script);
    expect(recorder.body.toString()).toBe('hello');
    expect(recorder.calls.at(-1)).toBe('error ERR_TRUNCATED');
    expect(recorder.calls.filter((call) => call.startsWith('data'))).toEqual(['data 5']);
  });

  // Where the body has no length, a reset is all that tells; libuv reports one that comes together with data as an end.
  it.each(['HTTP/1.1 200 OK', 'HTTP/1.0 200 OK'])('reset without length, after %s', async (status) => {
    let read = (): void => {};
    const isRead = new Promise<void>((resolve) => {
      read = resolve;
    });
    const server = await startRawServer(async (connection) => {
      await connection.request();
      await connection.send(`${status}\r\n\r\nhello`);
      await isRead;
      await connection.reset();
    });
    onTestFinished(() => server.close());
    const { recorder } = get(openTransport(), server.url());
    await recorder.until(() => recorder.received === 5);
    read();
    expect((await recorder.over()).calls).toEqual(['head 200', 'data 5', 'error ERR_TRUNCATED']);
  });

  it('is whole where the end of the connection ends it', async () => {
    const recorder = await ask(answerWith('HTTP/1.0 200 OK\r\n\r\nhello'));
    expect(recorder.calls).toEqual(['head 200', 'data 5', 'end']);
  });
});

describe('an answer that is no HTTP', () => {
  it.each([
    ['another protocol', noHttp],
    ['LF only', lineFeedsOnly],
    ['two lengths', conflictingLengths],
    [
      'length and chunks',
      answerWith('HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'),
    ],
    ['a wrong length', answerWith('HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n')],
    ['a space before the colon', answerWith('HTTP/1.1 200 OK\r\nContent-Length : 2\r\n\r\nok')],
    ['no status', answerWith('HTTP/1.1 OK\r\n\r\n')],
    ['ICY', answerWith('ICY 200 OK\r\n\r\n')],
    ['HTTP/2', answerWith('HTTP/2 200\r\n\r\n')],
    ['zeros', answerWith(new Uint8Array(1000))],
  ])('%s', async (_, script) => {
    const recorder = await ask(script);
    expect(recorder.calls).toEqual(['error ERR_PROTOCOL']);
  });

  it('in its chunks', async () => {
    const recorder = await ask(
      answerWith('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhelloxx\r\n'),
    );
    expect(recorder.calls.at(-1)).toBe('error ERR_PROTOCOL');
  });

  it('a head without end is given up early', async () => {
    let sent = 0;
    const endless: RawScript = async (connection) => {
      await connection.request();
      await connection.send('HTTP/1.1 200 OK\r\n');
      for (;;) {
        await connection.send('X-Filler: '.padEnd(9998, 'x').concat('\r\n'));
        sent += 10_000;
      }
    };
    expect((await ask(endless)).calls).toEqual(['error ERR_PROTOCOL']);
    // What the sockets between us buffer, not what the server would have sent.
    expect(sent).toBeLessThan(20_000_000);
    expect((await ask(hugeHead())).calls).toEqual(['error ERR_PROTOCOL']);
    expect((await ask(hugeHead(60_000))).calls).toEqual(['head 200', 'data 2', 'end']);
  });
});

describe('interim responses', () => {
  it.each(['102 Processing', '103 Early Hints'])('%s is passed over', async (interim) => {
    const recorder = await ask(interimFlood(3, `HTTP/1.1 ${interim}\r\nLink: </a>\r\n\r\n`));
    expect(recorder.calls).toEqual(['head 200', 'data 2', 'end']);
  });

  it('a switch of protocols that nobody asked for is an error', async () => {
    const script = answerWith(
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n',
    );
    expect((await ask(script)).error).not.toBeNull();
  });
});

describe('TLS', () => {
  it.each([
    ['self-signed', 'DEPTH_ZERO_SELF_SIGNED_CERT'],
    ['expired', undefined],
    ['other-host', undefined],
    ['valid', undefined],
  ] as const)(
    'the %s certificate, whose CA nobody knows, is refused, and accepted by insecure',
    async (tls, key) => {
      const recorder = await askTls(tls);
      expect(recorder.calls).toEqual(['error ERR_TLS']);
      if (key !== undefined) expect(recorder.error?.systemCode).toBe(key);
      expect((await askTls(tls, { insecure: true })).body.toString()).toBe('secret');
    },
  );

  it('spoken to a port that speaks plain HTTP', async () => {
    const server = await startTestServer({ '/': {} });
    onTestFinished(() => server.close());
    const recorder = await got(openTransport(), server.url().replace('http:', 'https:'));
    expect(recorder.calls).toEqual(['error ERR_TLS']);
  });

  it('not spoken to a port that wants it', async () => {
    const server = await startTestServer({ '/': {} }, { tls: 'valid' });
    onTestFinished(() => server.close());
    const recorder = await got(openTransport(), server.url().replace('https:', 'http:'));
    expect(['error ERR_CONNECT', 'error ERR_PROTOCOL']).toContain(recorder.calls[0]);
  });

  it('without a version in common', async () => {
    const server = createServer({
      maxVersion: 'TLSv1.1',
      minVersion: 'TLSv1',
      ciphers: 'DEFAULT@SECLEVEL=0',
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    expect((await got(openTransport(), `https://127.0.0.1:${port}/`)).calls).toEqual(['error ERR_TLS']);
  });

  it('broken off in the handshake', async () => {
    const recorder = await ask(closesAtOnce, {}, 'https');
    expect(['error ERR_CONNECT', 'error ERR_TLS']).toContain(recorder.calls[0]);
  });
});

describe('time-outs', () => {
  it.each([
    ['no head', stallAfter(''), { headersTimeout: 200 }, []],
    ['half a head', stallAfter('HTTP/1.1 200 OK\r\nX: y'), { headersTimeout: 200 }, []],
    [
      'silence in the body',
      stallAfter('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello'),
      { idleTimeout: 200 },
      ['head 200', 'data 5'],
    ],
  ] as const)('%s', async (_, script, options, before) => {
    const began = performance.now();
    const recorder = await ask(script, options);
    expect(recorder.calls).toEqual([...before, 'error ERR_TIMEOUT']);
    expect(performance.now() - began).toBeLessThan(8000);
  });

  it('a server that is silent in the TLS handshake', async () => {
    const recorder = await ask(saysNothing, { connectTimeout: 300 }, 'https');
    expect(recorder.calls).toEqual(['error ERR_TIMEOUT']);
    expect(recorder.error?.message).toContain('--connect-timeout');
  });
});
