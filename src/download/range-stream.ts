// One request for a stretch of a file: its answer is written to its place in the part, as far as the stretch goes.

import { clock } from '../coroutine/clock.js';
import type { PartFile } from '../files/part-file.js';
import type { WriteBehind } from '../files/write-behind.js';
import { type FinalReceiver, follow, type Question } from '../http/follow.js';
import type { Exchange, ResponseHead } from '../http/transport.js';
import { strongValidator } from '../http/validators.js';
import type { ByteRange } from '../model/byte-range.js';
import { FetchallError } from '../model/errors.js';
import type { PartRecord } from '../model/part-record.js';
import type { Stretch } from './allotment.js';
import { BodyCheck } from './body-check.js';
import type { Context } from './context.js';
import { FileBody } from './file-body.js';
import { Intake } from './intake.js';
import { judge } from './judge.js';
import type { PartKeeper } from './part-keeper.js';
import type { Task } from './task.js';

/** What all ranges of a file have in common. */
export interface Whole {
  readonly task: Task;
  readonly context: Context;
  readonly part: PartFile;
  readonly question: Question;
  /** The front's, until there is more than that. */
  readonly keeper: PartKeeper;
  readonly check: BodyCheck;
  readonly intake: Intake;
  /** The one version. */
  readonly version: PartRecord & { readonly total: number };
  /** Of the least speed that is asked for. */
  readonly share: number;
}

export interface RangeStreamEvents {
  /** The part is there, and its record says that it is written at several places; waited for. */
  ready(): Promise<void>;
  came(bytes: number): void;
  /** The stretch has been fetched to its end. */
  ended(stream: RangeStream): void;
  /** The request has failed; another may not. */
  failed(stream: RangeStream, error: FetchallError): void;
  /** The answer is not of this range in this version, and none will be. */
  isOther(stream: RangeStream): void;
  /** Nothing can be written any more. */
  cannotWrite(error: unknown): void;
}

export class RangeStream implements FinalReceiver {
  readonly stretch: Stretch;
  readonly #whole: Whole;
  readonly #events: RangeStreamEvents;
  readonly #start: number;
  /** Where the answer ends, as asked for. */
  readonly #reach: number;
  readonly #writer: WriteBehind;
  readonly #intake: Intake;
  #exchange: Exchange | null = null;
  /** Whether the server has said that it will send the stretch. */
  isAnswered = false;
  #over = false;

  constructor(whole: Whole, stretch: Stretch, events: RangeStreamEvents) {
    const { task, context, part } = whole;
    this.stretch = stretch;
    this.#whole = whole;
    this.#events = events;
    this.#start = stretch.position;
    this.#reach = stretch.end;
    this.#writer = part.writerAt(stretch.position, {
      willWrite: () => events.ready(),
      drained: () => this.#intake.diskCaughtUp(),
      failed: (error) => events.cannotWrite(error),
    });
    const check = new BodyCheck(null, false);
    const body = new FileBody(task, context, this.#writer, check);
    body.goOn(stretch.position);
    this.#intake = new Intake(body, check, context.rateLimit, {
      tookAll: () => this.#end(() => events.ended(this)),
      failed: (error) => this.#fail(error),
    });
  }

  /** What is on disk of it. */
  get written(): ByteRange {
    return { start: this.#start, end: this.#writer.position };
  }

  send(): void {
    const { question, context, version } = this.#whole;
    const { position, end } = this.stretch;
    const validator = strongValidator(version) ?? '';
    const fields = [
      ['range', `bytes=${position}-${end - 1}`],
      ['if-range', validator],
    ] as const;
    this.#exchange = follow(context.transport, { ...question, acceptEncoding: 'identity', fields }, this);
    this.#intake.exchange = this.#exchange;
  }

  /** Gives the request up. What has come is written all the same. */
  close(): void {
    this.#end(() => {});
    this.#exchange?.abort();
  }

  /** @throws FetchallError ERR_DISK */
  flush(): Promise<void> {
    this.#writer.calm();
    return this.#writer.flush();
  }

  onAnswer(): void {}

  onHead(head: ResponseHead): void {
    const { task, version, share } = this.#whole;
    const { policy } = task.job;
    try {
      const asked = { part: { offset: this.#start, record: version }, conditional: false };
      const verdict = judge(head, asked, policy, clock.date());
      if (verdict.kind !== 'append' || verdict.total !== version.total) this.#beOther();
      else {
        this.isAnswered = true;
        this.#intake.watchSpeed(policy, share);
      }
    } catch (error) {
      this.#fail(error);
    }
  }

  onData(bytes: Uint8Array): void {
    if (this.#over || !this.isAnswered) return;
    const { stretch } = this;
    const wanted = bytes.subarray(0, Math.max(0, stretch.end - stretch.position));
    stretch.position += wanted.length;
    this.#events.came(wanted.length);
    this.#intake.take(wanted);
    // What is behind has become another's, or was not asked for.
    const isCut = stretch.end < this.#reach || wanted.length < bytes.length;
    if (isCut && stretch.position >= stretch.end) this.#stop();
  }

  onEnd(): void {
    if (this.#over || this.#intake.hasEnded) return;
    const { position, end } = this.stretch;
    if (position >= end) this.#intake.end();
    else this.#fail(new FetchallError('ERR_TRUNCATED', `bytes ${position} to ${end} have not come`));
  }

  onRefusal(_head: ResponseHead, error: FetchallError): void {
    this.#fail(error);
  }

  onError(error: FetchallError): void {
    this.#fail(error);
  }

  #stop(): void {
    this.#exchange?.abort();
    if (!this.#intake.hasEnded) this.#intake.end();
  }

  #beOther(): void {
    this.#end(() => this.#events.isOther(this));
    this.#exchange?.abort();
  }

  #fail(thrown: unknown): void {
    const error =
      thrown instanceof FetchallError ? thrown : new FetchallError('ERR_PROTOCOL', String(thrown));
    this.#end(() => this.#events.failed(this, error));
    this.#exchange?.abort();
  }

  #end(tell: () => void): void {
    if (this.#over) return;
    this.#over = true;
    this.#intake.close();
    tell();
  }
}
