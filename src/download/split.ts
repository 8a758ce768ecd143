// A file in several ranges. The first request, the front, goes on as if it were alone; as long as there are slots to spare,
// others take half of the largest stretch that is left, and write to their places in the same part. What they have asked for is lent to
// them until they are answered: a front that comes to it before goes on into it, as if nobody had asked.

import { type ByteRange, merged, missingFrom, rangesText } from '../model/byte-range.js';
import { FetchallError } from '../model/errors.js';
import { Allotment, type Stretch } from './allotment.js';
import { Patience } from './patience.js';
import { isToWait, rangeRefused } from './range-refusal.js';
import { RangeStream, type RangeStreamEvents, type Whole } from './range-stream.js';
import type { SpareSlot } from './spare-slots.js';
import { SpreadRecord } from './spread-record.js';

/** A stretch is not cut below it, in bytes: a request of its own would gain nothing. */
const LEAST = 1_048_576;

export interface SplitEvents {
  came(bytes: number): void;
  /**
   * `saved`: all of the file is there, and written but for the front's. `restart`: the version is another now, or ranges are not to
   * be had any more, and the front is over: all has to be fetched anew.
   */
  finish(outcome: 'saved' | 'restart'): void;
  failed(error: unknown): void;
}

/** What the front's answer gives. */
export interface Front {
  /** What is there already, where an earlier try wrote at several places; else bytes from the first on. */
  readonly done: readonly ByteRange[];
  /** Where the answer ends; behind it nothing comes without another request. */
  readonly reach: number;
  /** Whether the part has been written at several places already. */
  readonly isSpread: boolean;
}

export class Split implements RangeStreamEvents {
  readonly #whole: Whole;
  readonly #events: SplitEvents;
  readonly #allotment: Allotment;
  readonly #done: readonly ByteRange[];
  readonly #reach: number;
  readonly #front: Stretch;
  readonly #frontStart: number;
  #frontIsOver = false;
  /** Those under way, each with its slot; null for the front's own, once it is free. */
  readonly #streams = new Map<RangeStream, SpareSlot | null>();
  /** Each that there has been. */
  readonly #all: RangeStream[] = [];
  /** Each makes it one fewer that there may be. */
  #failures = 0;
  /** Asked when nothing else was under way: nothing else can be why it fails. */
  #lonely: RangeStream | null = null;
  /** Only the front goes on. */
  #isAlone = false;
  readonly #wasSpread: boolean;
  #isSpread = false;
  #over = false;
  #unwatch: (() => void) | null = null;
  #patience: Patience | null = null;
  readonly #record: SpreadRecord;

  /** To be made before the part is appended to. */
  constructor(whole: Whole, { done, reach, isSpread }: Front, events: SplitEvents) {
    const { version, task } = whole;
    this.#whole = whole;
    this.#events = events;
    const align = task.job.policy.chunkSize;
    this.#allotment = new Allotment(version.total, done, {
      least: Math.min(LEAST, version.total / 8),
      align,
    });
    this.#front = this.#allotment.take() ?? { position: version.total, end: version.total };
    this.#frontStart = this.#front.position;
    this.#done = done;
    this.#reach = reach;
    if (isSpread) whole.part.share(version.total);
    this.#wasSpread = isSpread;
    this.#record = new SpreadRecord(
      whole,
      () => this.done(),
      (error) => events.failed(error),
    );
  }

  /** The front's body is about to come. */
  begin(): void {
    const { task, intake } = this.#whole;
    if (this.#wasSpread) this.#spread();
    if (this.#wasSpread || !task.job.policy.splitsWhenSlow) {
      this.#open();
      this.#watch();
    } else {
      this.#isAlone = true;
      this.#patience = new Patience(this.#front, intake, () => this.#joinFront());
    }
  }

  /** Bytes of the whole. */
  get size(): number {
    return this.#whole.version.total;
  }

  /** Whether the front has all that it shall fetch. */
  get frontIsThrough(): boolean {
    return this.#front.position >= this.#front.end;
  }

  /** Whether nothing more of the front's answer is wanted, and there is more of it. */
  frontIsCut = false;

  /** Takes note of what has come to the front. @returns what of it is wanted */
  admit(bytes: Uint8Array): Uint8Array {
    const front = this.#front;
    const end = front.position + bytes.length;
    while (front.end <= end && front.end < this.#reach && this.#extendFront());
    const wanted = end <= front.end ? bytes : bytes.subarray(0, Math.max(0, front.end - front.position));
    front.position += wanted.length;
    this.frontIsCut =
      front.position >= front.end && (front.end < this.#reach || wanted.length < bytes.length);
    return wanted;
  }

  /** The front's answer is over, all of it taken in. */
  endFront(): void {
    this.#frontIsOver = true;
    this.#allotment.release(this.#front);
    this.#next();
  }

  /** What is on disk. */
  done(): ByteRange[] {
    const front = { start: this.#frontStart, end: this.#whole.part.position };
    return merged([...this.#done, front, ...this.#all.map(({ written }) => written)]);
  }

  /** Gives all requests up but the front. Idempotent. */
  close(): void {
    this.#over = true;
    this.#unwatch?.();
    this.#patience?.end();
    this.#record.end();
    this.#closeStreams();
  }

  /** After `close`: resolves when nothing is written any more. Never throws. */
  async settled(): Promise<void> {
    await Promise.allSettled([this.#record.settled(), ...this.#all.map((stream) => stream.flush())]);
  }

  ready(): Promise<void> {
    return this.#record.ready();
  }

  came(bytes: number): void {
    this.#events.came(bytes);
  }

  ended(stream: RangeStream): void {
    this.#leave(stream, null);
    this.#next();
  }

  failed(stream: RangeStream, error: FetchallError): void {
    this.#failures++;
    const isLast = this.#frontIsOver && this.#streams.size === 1;
    const isOver = isLast && (stream === this.#lonely || isToWait(error));
    // Before its slot is free, which would be taken.
    this.#over ||= isOver;
    this.#leave(stream, error);
    if (isOver) this.#events.failed(rangeRefused(this.#whole.task, error));
    else this.#next();
  }

  isOther(stream: RangeStream): void {
    this.#leave(stream, null);
    if (this.#over || this.#isAlone) return;
    if (!this.#frontIsOver && !this.frontIsCut && this.#reach === this.size) this.#goAlone();
    else {
      this.#whole.task.mayBeSplit = false;
      this.#events.finish('restart');
    }
  }

  cannotWrite(error: unknown): void {
    this.#events.failed(error);
  }

  /** The front is slow. @returns false while there is no slot for others */
  #joinFront(): boolean {
    this.#isAlone = false;
    this.#open();
    this.#isAlone = !this.#isSpread;
    if (this.#isSpread) this.#watch();
    return this.#isSpread;
  }

  #watch(): void {
    this.#unwatch = this.#whole.context.spareSlots?.watch(() => this.#open()) ?? null;
  }

  /** The front goes on into what nobody has been given. @returns whether there is any */
  #extendFront(): boolean {
    const front = this.#front;
    if (this.#allotment.extend(front)) return true;
    const next = [...this.#streams.keys()].find(({ stretch }) => stretch.position === front.end);
    if (next === undefined || next.isAnswered) return false;
    // Who answers that late need not be asked again; and the stretch is the front's before its slot is free.
    this.#failures++;
    this.#allotment.join(front, next.stretch);
    next.close();
    this.#leave(next, null);
    return true;
  }

  /** The front fetches all behind it too: what others have written there is of the same version. */
  #goAlone(): void {
    this.#isAlone = true;
    this.#unwatch?.();
    this.#closeStreams();
    this.#front.end = this.#reach;
  }

  #closeStreams(): void {
    for (const stream of [...this.#streams.keys()]) {
      stream.close();
      this.#leave(stream, null);
    }
  }

  #leave(stream: RangeStream, error: FetchallError | null): void {
    const slot = this.#streams.get(stream);
    this.#streams.delete(stream);
    this.#allotment.release(stream.stretch);
    // Whoever waits for a slot goes first; it may be given to us again.
    slot?.end(error);
  }

  #next(): void {
    if (this.#over) return;
    this.#open();
    if (this.#frontIsOver && this.#streams.size === 0 && (this.#isAlone || this.#allotment.isComplete))
      void this.#complete();
  }

  async #complete(): Promise<void> {
    this.close();
    try {
      await Promise.all(this.#all.map((stream) => stream.flush()));
      await this.#record.settled();
      const front = { start: this.#frontStart, end: this.#front.position };
      const missing = missingFrom([...this.done(), front], this.size);
      if (missing.length > 0)
        throw new FetchallError('ERR_TRUNCATED', `missing: bytes ${rangesText(missing)}`);
      this.#events.finish('saved');
    } catch (error) {
      this.#events.failed(error);
    }
  }

  /** Sends as many requests as there are slots and work for. */
  #open(): void {
    while (!this.#over && !this.#isAlone && this.#hasRoom && this.#allotment.hasWork) {
      const { context, task } = this.#whole;
      const isOwn = this.#frontIsOver && ![...this.#streams.values()].includes(null);
      const slot = isOwn ? null : (context.spareSlots?.take(task) ?? null);
      if (slot === null && !isOwn) return;
      const stretch = this.#allotment.take();
      if (stretch === null) return;
      this.#spread();
      const stream = new RangeStream(this.#whole, stretch, this);
      if (isOwn && this.#streams.size === 0) this.#lonely = stream;
      this.#all.push(stream);
      this.#streams.set(stream, slot);
      stream.send();
    }
  }

  get #hasRoom(): boolean {
    const most = Math.max(1, this.#whole.task.job.policy.split - this.#failures);
    return this.#streams.size + (this.#frontIsOver ? 0 : 1) < most;
  }

  #spread(): void {
    if (this.#isSpread) return;
    this.#isSpread = true;
    const { part, keeper, check, intake, task, share } = this.#whole;
    part.share(this.size);
    keeper.spread(() => this.done());
    check.spread();
    intake.watchSpeed(task.job.policy, share);
    this.#record.begin();
  }
}
