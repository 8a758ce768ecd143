import { expect, test } from 'vitest';
import type { Exchange, Receiver } from '../../src/http/transport.js';
import { FetchallError } from '../../src/model/errors.js';
import { type StubAnswer, StubTransport } from './stub-transport.js';

const request = { url: new URL('http://stub.example/a'), headers: [] };

/** Sends a request and notes what is called; each piece of data can be answered with a pause. */
function collect(answer: StubAnswer, onData: (exchange: Exchange) => void = () => {}) {
  const heard: string[] = [];
  const transport = new StubTransport(() => answer);
  const exchange = { current: null as Exchange | null };
  const over = new Promise<void>((resolve) => {
    const receiver: Receiver = {
      onHead: ({ status, length }) => heard.push(`head ${status} ${length}`),
      onData(bytes) {
        heard.push(`data ${Buffer.from(bytes)}`);
        if (exchange.current !== null) onData(exchange.current);
      },
      onEnd: () => resolve(void heard.push('end')),
      onError: ({ code }) => resolve(void heard.push(code)),
    };
    exchange.current = transport.send(request, receiver);
  });
  return { heard, over, transport };
}

test('nothing is called from within send, then head, data and end come in order', async () => {
  const { heard, over, transport } = collect({ body: 'hello' });
  expect([heard.length, transport.inFlight]).toEqual([0, 1]);
  await over;
  expect(heard).toEqual(['head 200 5', 'data hello', 'end']);
  expect([transport.sent, transport.inFlight, transport.maxInFlight]).toEqual([1, 0, 1]);
});

test('an error comes in place of the response, or after its body', async () => {
  const error = new FetchallError('ERR_TRUNCATED', 'cut');
  const first = collect(error);
  await first.over;
  expect(first.heard).toEqual(['ERR_TRUNCATED']);
  const late = collect({ status: 404, body: [Buffer.from('a')], error });
  await late.over;
  expect(late.heard).toEqual(['head 404 null', 'data a', 'ERR_TRUNCATED']);
});

test('a paused response waits for resume, and an aborted one is silent', async () => {
  const pieces = ['a', 'b', 'c'].map((text) => Buffer.from(text));
  const paused = collect({ body: pieces }, (exchange) => {
    exchange.pause();
    setImmediate(() => exchange.resume());
  });
  await paused.over;
  expect(paused.heard).toEqual(['head 200 null', 'data a', 'data b', 'data c', 'end']);
  const aborted = collect({ body: pieces }, (exchange) => exchange.abort());
  await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  expect(aborted.heard).toEqual(['head 200 null', 'data a']);
  expect(aborted.transport.inFlight).toBe(0);
});
