// A batch of requests in memory that both threads see, and its answers in their place. Who may touch it is said by its first
// word; a message between the threads would cost several times as much.

import type { DiskAnswer, DiskFailure, DiskRequest } from './disk-requests.js';

/** Bytes for requests: paths and bodies. */
const SIZE = 1_048_576;
/** A body that a mailbox has room for, beside two long paths. */
export const LARGEST_BODY = SIZE - 65_536;

const [TURN, COUNT, ASLEEP, WORDS] = [0, 1, 2, 16];
const [MAIN, THREAD] = [0, 1];
const [OCCUPANT, SAVE, SAVE_SYNCED] = [0, 1, 2];
/** Before each request: its kind, and the lengths of its two paths and of its body. */
const HEAD = 16;

/** Answers, by their number. `undefined` stands for a failure, which is told in a message. */
const ANSWERS: readonly (DiskAnswer | undefined)[] = [
  null,
  'nothing',
  'file',
  'folder',
  'other',
  'part',
  'blocked',
  undefined,
];

/** What the thread tells when it has answered a mailbox: the failures in it, by their place. */
export type DiskFailures = readonly (readonly [place: number, failure: DiskFailure])[];

export class DiskMailbox {
  /** Handed to the thread. */
  readonly memory: SharedArrayBuffer;
  readonly #control: Int32Array;
  readonly #bytes: Buffer;
  readonly #view: DataView;
  #at = 0;
  #count = 0;

  constructor(memory = new SharedArrayBuffer(4 * WORDS + SIZE)) {
    this.memory = memory;
    this.#control = new Int32Array(memory, 0, WORDS);
    this.#bytes = Buffer.from(memory, 4 * WORDS) as Buffer;
    this.#view = new DataView(memory, 4 * WORDS);
  }

  /** Adds a request to the batch. @returns false when there is no room for it */
  add(request: DiskRequest, body: readonly Uint8Array[]): boolean {
    const isSave = request.kind === 'save';
    const first = isSave ? request.part : request.path;
    const second = isSave ? request.final : (request.part ?? '');
    const length = isSave ? request.length : 0;
    // A UTF-16 code unit takes three bytes at most.
    if (this.#at + HEAD + 3 * (first.length + second.length) + length > SIZE) return false;
    const begin = this.#at;
    let at = begin + HEAD;
    const firstLength = this.#bytes.write(first, at);
    at += firstLength;
    const secondLength = this.#bytes.write(second, at);
    at += secondLength;
    for (const piece of body) {
      this.#bytes.set(piece, at);
      at += piece.length;
    }
    this.#view.setUint32(begin, kindOf(request));
    this.#view.setUint32(begin + 4, firstLength);
    this.#view.setUint32(begin + 8, secondLength);
    this.#view.setUint32(begin + 12, length);
    this.#at = at;
    this.#count++;
    return true;
  }

  /** Gives the batch to the thread. */
  post(): void {
    this.#control[COUNT] = this.#count;
    this.#at = 0;
    this.#count = 0;
    Atomics.store(this.#control, TURN, THREAD);
    // To wake a thread takes longer than all the rest: it is done only where it is needed.
    if (Atomics.load(this.#control, ASLEEP) === 1) Atomics.notify(this.#control, TURN);
  }

  /** The answer to the request that was added at this place; undefined for one that failed. */
  answer(place: number): DiskAnswer | undefined {
    return ANSWERS[this.#bytes[place] ?? 0];
  }

  /** In the thread: blocks until there is a batch, and answers each of its requests. @returns what failed */
  serve(answer: (request: DiskRequest, body: Uint8Array) => DiskAnswer): DiskFailures {
    if (Atomics.load(this.#control, TURN) === MAIN) {
      Atomics.store(this.#control, ASLEEP, 1);
      // Returns at once when a batch has come meanwhile.
      Atomics.wait(this.#control, TURN, MAIN);
      Atomics.store(this.#control, ASLEEP, 0);
    }
    const failures: [number, DiskFailure][] = [];
    const count = this.#control[COUNT] ?? 0;
    for (let place = 0, at = 0; place < count; place++) {
      const second = at + HEAD + this.#view.getUint32(at + 4);
      const body = second + this.#view.getUint32(at + 8);
      const length = this.#view.getUint32(at + 12);
      const request = toRequest(
        this.#view.getUint32(at),
        this.#bytes.toString('utf8', at + HEAD, second),
        this.#bytes.toString('utf8', second, body),
        length,
      );
      const given = answer(request, this.#bytes.subarray(body, body + length));
      const failure = typeof given === 'object' ? given : null;
      if (failure !== null) failures.push([place, failure]);
      // A request takes many bytes and its answer one: this one lies where requests were that have been read.
      this.#bytes[place] = ANSWERS.indexOf(failure === null ? given : undefined);
      at = body + length;
    }
    Atomics.store(this.#control, TURN, MAIN);
    return failures;
  }
}

function kindOf(request: DiskRequest): number {
  if (request.kind === 'occupant') return OCCUPANT;
  return request.synced ? SAVE_SYNCED : SAVE;
}

function toRequest(kind: number, first: string, second: string, length: number): DiskRequest {
  if (kind !== OCCUPANT)
    return { kind: 'save', part: first, final: second, length, synced: kind === SAVE_SYNCED };
  return { kind: 'occupant', path: first, part: second === '' ? undefined : second };
}
