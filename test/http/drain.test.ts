import { expect, it } from 'vitest';
import { Drain } from '../../src/http/drain.js';
import { useFakeTime } from '../support/fake-time.js';

const time = useFakeTime();

function aDrain() {
  const told = { aborts: 0, ends: 0 };
  const exchange = { pause() {}, resume() {}, abort: () => void told.aborts++ };
  return { drain: new Drain(exchange, () => told.ends++), told };
}

it('reads a short body to its end', async () => {
  const { drain, told } = aDrain();
  await time.clock.advance(4000);
  drain.onData(new Uint8Array(65_536));
  expect(told).toEqual({ aborts: 0, ends: 0 });
  drain.onEnd();
  expect(told).toEqual({ aborts: 0, ends: 1 });
});

it('gives up a long one', () => {
  const { drain, told } = aDrain();
  drain.onData(new Uint8Array(65_537));
  expect(told).toEqual({ aborts: 1, ends: 1 });
});

it('gives up one that drips: a byte a minute would hold its slot for ever', async () => {
  const { drain, told } = aDrain();
  drain.onData(new Uint8Array(1));
  await time.clock.advance(60_000);
  drain.onData(new Uint8Array(1));
  expect(told).toEqual({ aborts: 1, ends: 1 });
});
