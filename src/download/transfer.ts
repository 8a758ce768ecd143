// One response on its way to disk: its head is judged, its body counted and taken in, the file checked and made final.

import { clock } from '../coroutine/clock.js';
import { Waiter } from '../coroutine/index.js';
import { PartFile, type PartFileEvents, SMALL } from '../files/part-file.js';
import { wasDecoded } from '../http/content-coding.js';
import { Drain } from '../http/drain.js';
import { type FinalReceiver, follow, type Question } from '../http/follow.js';
import type { Exchange, ResponseHead } from '../http/transport.js';
import type { ActiveTransfer } from '../model/active-transfers.js';
import { sizeOf } from '../model/byte-range.js';
import { FetchallError } from '../model/errors.js';
import type { PartRecord } from '../model/part-record.js';
import { BodyCheck } from './body-check.js';
import type { Context } from './context.js';
import { Destination, type DestinationEvents, serverName } from './destination.js';
import { FileBody } from './file-body.js';
import { Intake, type IntakeEvents } from './intake.js';
import { judge, tooLarge } from './judge.js';
import { PartKeeper } from './part-keeper.js';
import type { PartPlan } from './part-plan.js';
import { shareOut } from './share-out.js';
import type { Split, SplitEvents } from './split.js';
import { noteAnswer, noteVersion, type Task } from './task.js';
import { versionOf } from './version-of.js';

/**
 * `kept`: what stands at the file's name is not to be replaced. `refused`: the visitor does not want it.
 * `restart`: the response is of no use with the part; the file has to be asked for again, without Range.
 */
export type TransferOutcome = 'saved' | 'unchanged' | 'kept' | 'refused' | 'restart';

const REFUSED = { kind: 'refused' } as const;

export class Transfer
  implements FinalReceiver, PartFileEvents, DestinationEvents, IntakeEvents, SplitEvents, ActiveTransfer
{
  readonly greenlet: number;
  readonly url: string;
  readonly file: string;
  /** As sent; an earlier try's bytes too. */
  received = 0;
  expected: number | null = null;

  readonly #task: Task;
  readonly #context: Context;
  /** What an earlier try has left; null once it is of no use. */
  #plan: PartPlan | null;
  readonly #part: PartFile;
  readonly #keeper: PartKeeper;
  readonly #check: BodyCheck;
  readonly #body: FileBody;
  readonly #intake: Intake;
  readonly #destination: Destination;
  /** Wakes the greenlet when the body is complete, or cannot be. */
  readonly #end = new Waiter<TransferOutcome>();
  #exchange: Exchange | null = null;
  #question: Question | null = null;
  /** Set where others may fetch parts of the file too. */
  #split: Split | null = null;
  /** Takes the body of a response that is not written. */
  #drain: Drain | null = null;
  #over = false;

  /** @param plan the part that was asked to be gone on with; the transfer closes it */
  constructor(task: Task, context: Context, plan: PartPlan | null = null) {
    const { job } = task;
    this.greenlet = task.greenlet;
    this.url = job.url;
    this.file = job.file;
    this.#task = task;
    this.#context = context;
    this.#plan = plan;
    this.#keeper = new PartKeeper(task, context);
    const { disk, folder } = context;
    this.#part = new PartFile(disk, folder, `${job.file}.part`, this, job.policy.fsync, this.#keeper);
    this.#destination = new Destination(task, context, this.#part, this.#keeper);
    this.#check = new BodyCheck(job.checksum, context.hashed);
    this.#body = new FileBody(task, context, this.#part, this.#check);
    this.#intake = new Intake(this.#body, this.#check, context.rateLimit, this);
  }

  /**
   * Sends the question and takes the answer in.
   *
   * @throws FetchallError whatever went wrong; the part stays, unless its content is known to be wrong
   */
  run(question: Question): Promise<TransferOutcome> {
    const { transport, progress } = this.#context;
    const exchange = follow(transport, question, this);
    this.#question = question;
    progress.active.add(this);
    // It has come while the part was looked at.
    if (progress.cancelled !== null) this.failed(progress.cancelled);
    return this.#complete(exchange);
  }

  /** Parks the greenlet until the whole body has come, checks it and makes the file final. @throws as {@link run} */
  async #complete(exchange: Exchange): Promise<TransferOutcome> {
    this.#exchange = exchange;
    this.#intake.exchange = exchange;
    try {
      const outcome = await this.#end.get();
      await this.#split?.settled();
      if (outcome === 'restart' && this.#split !== null) {
        exchange.abort();
        await this.#destination.remove();
      }
      if (outcome !== 'saved' && outcome !== 'kept') return outcome;
      this.#context.visitor?.onWhole(this.#task);
      if (this.#task.job.takesName && (await this.#destination.givesWay())) return 'kept';
      if (this.#check.isDue)
        this.#task.digest = await this.#check.verify((take) => this.#part.readBack(take));
      await this.#destination.commit();
    } catch (error) {
      this.#close();
      exchange.abort();
      await this.#split?.settled();
      await this.#destination.abandon(error);
      throw error;
    } finally {
      this.#context.progress.active.delete(this);
      const open = this.#plan?.open;
      if (open !== undefined) await this.#context.disk.close(open.descriptor).catch(() => {});
    }
    this.#task.size = this.#split?.size ?? this.#body.size;
    return 'saved';
  }

  onSent(): void {
    this.#context.onSent(this.#task);
  }

  onAnswer(): void {
    if (this.#task.isAnswered) return;
    this.#task.isAnswered = true;
    this.#context.onAnswer(this.#task);
  }

  onHead(head: ResponseHead): void {
    noteAnswer(this.#task, head);
    this.expected = head.length;
    try {
      this.#task.refusal = this.#context.visitor?.onHead(this.#task, head) ?? null;
      const { refusal, job, known } = this.#task;
      const asked = { part: this.#plan, conditional: known !== null };
      const verdict = refusal === null ? judge(head, asked, job.policy, clock.date()) : REFUSED;
      if (verdict.kind === 'whole') this.#begin(head);
      else if (verdict.kind === 'append') this.#append(head, verdict.total);
      else if (verdict.kind === 'complete') this.#takeForWhole(head);
      else this.#drainThen(this.finish.bind(this, verdict.kind));
    } catch (error) {
      this.#drainThen(() => this.failed(error));
    }
  }

  onData(bytes: Uint8Array): void {
    if (this.#over) return;
    if (this.#drain !== null) {
      this.#drain.onData(bytes);
      return;
    }
    const wanted = this.#split?.admit(bytes) ?? bytes;
    this.came(wanted.length);
    const { maxSize } = this.#task.job.policy;
    const isTooLarge = maxSize !== null && this.received > maxSize && this.#split === null;
    if (isTooLarge) this.failed(tooLarge(maxSize));
    else this.#intake.take(wanted);
    if (this.#split?.frontIsCut !== true || this.#over) return;
    this.#exchange?.abort();
    this.#intake.end();
  }

  came(bytes: number): void {
    this.received += bytes;
    this.#task.bytes += bytes;
    this.#context.progress.bytes += bytes;
  }

  onEnd(): void {
    if (this.#over) return;
    const { received, expected } = this;
    if (this.#drain !== null) this.#drain.onEnd();
    else if (this.#split?.frontIsThrough ?? (expected ?? received) === received) this.#intake.end();
    else this.failed(new FetchallError('ERR_TRUNCATED', `${received} bytes have come of ${expected}`));
  }

  onError(error: FetchallError): void {
    if (this.#drain !== null) this.#drain.onError();
    else this.failed(error);
  }

  onRefusal(head: ResponseHead, error: FetchallError): void {
    noteAnswer(this.#task, head);
    this.failed(error);
  }

  cancel(error: FetchallError): void {
    this.failed(error);
  }

  drained(): void {
    this.#intake.diskCaughtUp();
  }

  tookAll(): void {
    if (this.#split === null) this.finish('saved');
    else this.#split.endFront();
  }

  /** The body is the file, from its first byte. */
  #begin(head: ResponseHead): void {
    const { length } = head;
    const isUndone = (this.#task.job.policy.decode && this.#intake.undoCoding(head)) || wasDecoded(head);
    const name = serverName(this.#task.job, head);
    const version = versionOf(head, name);
    noteVersion(this.#task, version, false, head.isEndMarked ?? (length === null ? null : true));
    if (isUndone) this.#keeper.beginDecoded(name);
    else this.#keeper.begin(version, length === null || length > SMALL);
    this.#destination.decide(name, this);
    if (length !== null && !isUndone && !this.#keeper.isHaunted) this.#part.expect(length);
    this.#check.onHead(head, false, isUndone);
    this.#intake.watchSpeed(this.#task.job.policy);
    if (!isUndone) this.#shareOut(head, version);
    this.#split?.begin();
  }

  /** The body goes on where the part ends. */
  #append(head: ResponseHead, total: number): void {
    if (this.#plan !== null) this.#shareOut(head, { ...this.#plan.record, total }, this.#plan);
    this.#goOnWithPart(head, total);
    this.#check.onHead(head, true);
    this.#intake.watchSpeed(this.#task.job.policy);
    this.#split?.begin();
  }

  /** Nothing is missing from the part. */
  #takeForWhole(head: ResponseHead): void {
    this.#goOnWithPart(head, this.#plan?.offset ?? 0);
    this.#check.onHead({ ...head, headers: {} }, true);
    this.#drainThen(this.finish.bind(this, 'saved'));
  }

  #goOnWithPart(head: ResponseHead, total: number): void {
    const plan = this.#plan;
    if (plan === null) return;
    this.#plan = null;
    this.#part.append(plan.open, plan.offset);
    // A response to Range need not say all that the first one said (RFC 9110 15.3.7).
    const record = { ...plan.record, name: serverName(this.#task.job, head) ?? plan.record.name };
    this.#keeper.append(record, total, plan.done !== null);
    this.#body.goOn(plan.offset);
    this.received = plan.done === null ? plan.offset : sizeOf(plan.done);
    this.expected = total;
    noteVersion(this.#task, record, true, true);
    this.#destination.decide(record.name, this);
  }

  #shareOut(head: ResponseHead, version: PartRecord, plan: PartPlan | null = null): void {
    if (this.#question === null) return;
    const front = { part: this.#part, keeper: this.#keeper, check: this.#check, intake: this.#intake };
    const about = { task: this.#task, context: this.#context, question: this.#question, ...front };
    this.#split = shareOut(about, head, version, plan, this);
  }

  gaveWay(): void {
    if (this.#intake.hasEnded) this.finish('kept');
    else if (!this.#over) {
      this.#drainThen(this.finish.bind(this, 'kept'));
      this.#exchange?.resume();
    }
  }

  /** The response's own body is of no interest. */
  #drainThen(then: () => void): void {
    this.#intake.close();
    if (this.#exchange === null) then();
    else this.#drain = new Drain(this.#exchange, then);
  }

  finish(outcome: TransferOutcome): void {
    if (this.#close()) this.#end.switch(outcome);
  }

  failed(error: unknown): void {
    if (this.#close()) this.#end.throw(error);
  }

  /** Nothing more is taken in. @returns false when that is known already */
  #close(): boolean {
    if (this.#over) return false;
    this.#over = true;
    this.#split?.close();
    this.#intake.close();
    return true;
  }
}
