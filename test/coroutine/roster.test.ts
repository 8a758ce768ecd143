import { expect, test } from 'vitest';
import { Roster, type Seat } from '../../src/coroutine/roster.js';

const member = (name: string): { name: string; seat: Seat | null } => ({ name, seat: null });

test('members of several rosters leave each by itself, in any order', () => {
  const [one, other] = [new Roster<ReturnType<typeof member>>(), new Roster<ReturnType<typeof member>>()];
  const members = ['a', 'b', 'c'].map(member);
  for (const each of members) {
    one.add(each);
    other.add(each);
  }
  const [a, b, c] = members;
  if (!a || !b || !c) throw new Error('three were made');
  expect([one.delete(b), one.delete(b), one.has(b), other.has(b)]).toEqual([true, false, false, true]);
  expect([...one].map(({ name }) => name)).toEqual(['a', 'c']);
  expect([...other].map(({ name }) => name)).toEqual(['a', 'b', 'c']);
  one.add(b);
  expect([...one].map(({ name }) => name)).toEqual(['a', 'c', 'b']);
  for (const each of members)
    expect([other.delete(each), one.delete(each), each.seat]).toEqual([true, true, null]);
  expect([one.size, other.size]).toEqual([0, 0]);
});

test('it is gone through as it was: members may leave meanwhile', () => {
  const roster = new Roster<ReturnType<typeof member>>();
  for (const name of ['a', 'b', 'c']) roster.add(member(name));
  const seen: string[] = [];
  for (const each of roster) {
    seen.push(each.name);
    roster.delete(each);
  }
  expect([seen, roster.size]).toEqual([['a', 'b', 'c'], 0]);
});
