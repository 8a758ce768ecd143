import { beforeEach, expect, test } from 'vitest';
import { Outlet } from '../../src/report/outlet.js';
import { pass, pendingAlarms, useManualClock } from './manual-clock.js';
import { MemoryStream } from './memory-stream.js';

beforeEach(useManualClock);

test('lines are gathered for a moment and then written at once', () => {
  const stream = new MemoryStream();
  const outlet = new Outlet(stream);
  for (let line = 0; line < 1000; line++) outlet.write(`${line}\n`);
  expect(stream.writes).toBe(0);
  pass(10);
  expect(stream.writes).toBe(1);
  expect(stream.text.split('\n')).toHaveLength(1001);
});

test('much text does not wait', () => {
  const stream = new MemoryStream();
  const outlet = new Outlet(stream);
  for (let line = 0; line < 100; line++) outlet.write(`${'x'.repeat(1023)}\n`);
  expect(stream.writes).toBe(1);
  outlet.close();
  expect(stream.text).toHaveLength(102_400);
  expect(pendingAlarms()).toBe(0);
});

test('a full stream is told by a promise, and gets nothing more until it has drained', async () => {
  const stream = new MemoryStream();
  const outlet = new Outlet(stream);
  stream.full = true;
  outlet.write('one\n');
  expect(outlet.drained()).toBeUndefined();
  pass(10);
  const drained = outlet.drained();
  expect(drained).toBeInstanceOf(Promise);
  outlet.write('two\n');
  pass(1000);
  expect(stream.text).toBe('one\n');
  stream.drain();
  await drained;
  expect(outlet.drained()).toBeUndefined();
  expect(stream.text).toBe('one\ntwo\n');
});

test('closing hands over everything, also to a full stream, and leaves nothing running', () => {
  const stream = new MemoryStream();
  const outlet = new Outlet(stream);
  stream.full = true;
  outlet.write('one\n');
  pass(10);
  outlet.write('two\n');
  outlet.close();
  outlet.write('three\n');
  expect(stream.text).toBe('one\ntwo\nthree\n');
  expect(outlet.drained()).toBeInstanceOf(Promise);
  expect(pendingAlarms()).toBe(0);
});

test('when the reader has left, nobody waits and nothing is kept', async () => {
  const stream = new MemoryStream();
  const outlet = new Outlet(stream);
  stream.full = true;
  outlet.write('one\n');
  pass(10);
  const drained = outlet.drained();
  stream.emit('close');
  await drained;
  outlet.write('two\n');
  outlet.close();
  expect(stream.text).toBe('one\n');
});

test('many waits leave no listeners behind', () => {
  const stream = new MemoryStream();
  const outlet = new Outlet(stream);
  for (let round = 0; round < 50; round++) {
    stream.full = true;
    outlet.write('x\n');
    pass(10);
    stream.drain();
  }
  expect(stream.listenerCount('drain')).toBe(0);
  expect(stream.listenerCount('close')).toBe(1);
});

test('two outlets of one terminal keep the order of their lines', () => {
  const stream = new MemoryStream(true);
  const out = new Outlet(stream);
  const err = new Outlet(stream);
  Outlet.pair(out, err);
  out.write('1\n');
  err.write('2\n');
  err.write('3\n');
  out.write('4\n');
  pass(10);
  expect(stream.text).toBe('1\n2\n3\n4\n');
});
