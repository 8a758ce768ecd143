// The members of a group, in the order in which they came. Not a Set, although it is one: where members come and go by the thousand,
// the tables that a Set leaves behind keep those alive that have gone, for as long as the collector looks at young objects only.

import { Line, type Place } from './line.js';

/** What can be a member, of several groups too. */
export interface Seated {
  /** The kernel's own. */
  seat: Seat | null;
}

/** A place in one roster. */
export interface Seat {
  readonly roster: object;
  readonly place: Place<unknown>;
  /** The member's place in another. */
  other: Seat | null;
}

export class Roster<Member extends Seated> implements Iterable<Member> {
  readonly #line = new Line<Member>();

  get size(): number {
    return this.#line.size;
  }

  has(member: Member): boolean {
    let { seat } = member;
    while (seat !== null && seat.roster !== this) seat = seat.other;
    return seat !== null;
  }

  /** Adds one that is no member. */
  add(member: Member): void {
    member.seat = { roster: this, place: this.#line.push(member), other: member.seat };
  }

  /** @returns false when it was no member */
  delete(member: Member): boolean {
    let before: Seat | null = null;
    let { seat } = member;
    while (seat !== null && seat.roster !== this) {
      before = seat;
      seat = seat.other;
    }
    if (seat === null) return false;
    if (before === null) member.seat = seat.other;
    else before.other = seat.other;
    this.#line.remove(seat.place as Place<Member>);
    return true;
  }

  /** Those of this moment. */
  [Symbol.iterator](): Iterator<Member> {
    return this.#line.values()[Symbol.iterator]();
  }
}
