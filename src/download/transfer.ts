// One response on its way to disk: its head is judged, its body counted and taken in, the file checked and made final.

import { clock } from '../coroutine/clock.js';
import { Waiter } from '../coroutine/index.js';
import { PartFile, type PartFileEvents, SMALL } from '../files/part-file.js';
import { codingOf, wasDecoded } from '../http/content-coding.js';
import { Drain } from '../http/drain.js';
import { type FinalReceiver, follow, type Question } from '../http/follow.js';
import type { Exchange, ResponseHead } from '../http/transport.js';
import { validatorsOf } from '../http/validators.js';
import type { ActiveTransfer } from '../model/active-transfers.js';
import { FetchallError } from '../model/errors.js';
import type { Job } from '../model/job.js';
import { BodyCheck } from './body-check.js';
import type { Context } from './context.js';
import { Destination, type DestinationEvents, serverName } from './destination.js';
import { FileBody } from './file-body.js';
import { Intake, type IntakeEvents } from './intake.js';
import { type Asked, judge, tooLarge } from './judge.js';
import { PartKeeper } from './part-keeper.js';
import type { PartPlan } from './part-plan.js';
import type { Task } from './task.js';

/**
 * `kept`: what stands at the file's name is not to be replaced. `refused`: the visitor does not want it.
 * `restart`: the response is of no use with the part; the file has to be asked for again, without Range.
 */
export type TransferOutcome = 'saved' | 'unchanged' | 'kept' | 'refused' | 'restart';

export class Transfer
  implements FinalReceiver, PartFileEvents, DestinationEvents, IntakeEvents, ActiveTransfer
{
  readonly greenlet: number;
  readonly url: string;
  readonly file: string;
  /** As sent; an earlier try's bytes too. */
  received = 0;
  expected: number | null = null;

  readonly #task: Task;
  readonly #job: Job;
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
    this.#job = job;
    this.#context = context;
    this.#plan = plan;
    this.#part = new PartFile(context.disk, context.folder, `${job.file}.part`, this, job.policy.fsync);
    this.#keeper = new PartKeeper(task, context);
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
    progress.active.add(this);
    // It has come while the part was looked at.
    if (progress.cancelled !== null) this.#fail(progress.cancelled);
    return this.#complete(exchange);
  }

  /**
   * Parks the greenlet until the whole body has come, checks it and makes the file final.
   *
   * @throws FetchallError whatever went wrong; the part stays, unless its content is known to be wrong
   */
  async #complete(exchange: Exchange): Promise<TransferOutcome> {
    this.#exchange = exchange;
    this.#intake.exchange = exchange;
    try {
      const outcome = await this.#end.get();
      if (outcome !== 'saved' && outcome !== 'kept') return outcome;
      if (this.#job.takesName && (await this.#destination.givesWay())) return 'kept';
      if (this.#check.isDue)
        this.#task.digest = await this.#check.verify((take) => this.#part.readBack(take));
      await this.#destination.commit();
    } catch (error) {
      this.#over = true;
      this.#intake.close();
      exchange.abort();
      await this.#destination.abandon(error);
      throw error;
    } finally {
      this.#context.progress.active.delete(this);
      const open = this.#plan?.open;
      if (open !== undefined) await this.#context.disk.close(open.descriptor).catch(() => {});
    }
    this.#task.size = this.#body.size;
    return 'saved';
  }

  onAnswer(): void {
    if (this.#task.isAnswered) return;
    this.#task.isAnswered = true;
    this.#context.onAnswer(this.#task);
  }

  onHead(head: ResponseHead): void {
    this.#noteAnswer(head);
    this.expected = head.length;
    const asked: Asked = { part: this.#plan, conditional: this.#task.known !== null };
    try {
      if (this.#isRefused(head)) return;
      const verdict = judge(head, asked, this.#job.policy, clock.date());
      if (verdict.kind === 'whole') this.#begin(head);
      else if (verdict.kind === 'append') this.#append(head, verdict.total);
      else if (verdict.kind === 'complete') this.#takeForWhole(head);
      else this.#drainThen(this.#finish.bind(this, verdict.kind));
    } catch (error) {
      this.#drainThen(() => this.#fail(error));
    }
  }

  #isRefused(head: ResponseHead): boolean {
    this.#task.refusal = this.#context.visitor?.onHead(this.#task, head) ?? null;
    if (this.#task.refusal !== null) this.#drainThen(this.#finish.bind(this, 'refused'));
    return this.#task.refusal !== null;
  }

  onData(bytes: Uint8Array): void {
    if (this.#over) return;
    if (this.#drain !== null) {
      this.#drain.onData(bytes);
      return;
    }
    this.received += bytes.length;
    this.#task.bytes += bytes.length;
    this.#context.progress.bytes += bytes.length;
    const { maxSize } = this.#job.policy;
    if (maxSize !== null && this.received > maxSize) {
      this.#fail(tooLarge(maxSize));
      return;
    }
    this.#intake.take(bytes);
  }

  onEnd(): void {
    if (this.#over) return;
    if (this.#drain !== null) {
      this.#drain.onEnd();
      return;
    }
    if (this.expected !== null && this.expected !== this.received) {
      const says = `${this.received} bytes have come of ${this.expected}`;
      this.#fail(new FetchallError('ERR_TRUNCATED', says));
    } else this.#intake.end();
  }

  onError(error: FetchallError): void {
    if (this.#drain !== null) this.#drain.onError();
    else this.#fail(error);
  }

  onRefusal(head: ResponseHead, error: FetchallError): void {
    this.#noteAnswer(head);
    this.#fail(error);
  }

  cancel(error: FetchallError): void {
    this.#fail(error);
  }

  willWrite(end: number): Promise<void> | undefined {
    return this.#keeper.willWrite(end);
  }

  synced(position: number): Promise<void> | undefined {
    return this.#keeper.synced(position);
  }

  drained(): void {
    this.#intake.diskCaughtUp();
  }

  failed(error: unknown): void {
    this.#fail(error);
  }

  tookAll(): void {
    this.#finish('saved');
  }

  /** The body is the file, from its first byte. */
  #begin(head: ResponseHead): void {
    const { headers, length } = head;
    const isUndone = (this.#job.policy.decode && this.#intake.undoCoding(head)) || wasDecoded(head);
    this.#task.resumed = false;
    this.#task.lengthKnown = head.isEndMarked ?? (length === null ? null : true);
    const name = serverName(this.#job, head);
    const { etag, lastModified, date } = validatorsOf(headers);
    // Field by field: V8 makes a new hidden class each time an object is spread into another.
    const version = { name, etag, lastModified, date, coding: codingOf(head), total: length, synced: null };
    this.#task.version = version;
    if (isUndone) this.#keeper.beginDecoded(name);
    else this.#keeper.begin(version, length === null || length > SMALL);
    this.#destination.decide(name, this);
    if (length !== null && !isUndone && !this.#keeper.isHaunted) this.#part.expect(length);
    this.#check.onHead(head, false, isUndone);
    this.#intake.watchSpeed(this.#job.policy);
  }

  /** The body goes on where the part ends. */
  #append(head: ResponseHead, total: number): void {
    this.#goOnWithPart(head, total);
    this.#check.onHead(head, true);
    this.#intake.watchSpeed(this.#job.policy);
  }

  /** Nothing is missing from the part. */
  #takeForWhole(head: ResponseHead): void {
    this.#goOnWithPart(head, this.#plan?.offset ?? 0);
    this.#check.onHead({ ...head, headers: {} }, true);
    this.#drainThen(this.#finish.bind(this, 'saved'));
  }

  #goOnWithPart(head: ResponseHead, total: number): void {
    const plan = this.#plan;
    if (plan === null) return;
    this.#plan = null;
    this.#part.append(plan.open, plan.offset);
    // A response to Range need not say all that the first one said (RFC 9110 15.3.7).
    const record = { ...plan.record, name: serverName(this.#job, head) ?? plan.record.name };
    this.#keeper.append(record, total);
    this.#body.goOn(plan.offset);
    this.received = plan.offset;
    this.expected = total;
    this.#task.resumed = true;
    this.#task.lengthKnown = true;
    this.#task.version = record;
    this.#destination.decide(record.name, this);
  }

  gaveWay(): void {
    if (this.#intake.hasEnded) this.#finish('kept');
    else if (!this.#over) {
      this.#drainThen(this.#finish.bind(this, 'kept'));
      this.#exchange?.resume();
    }
  }

  /** The response's own body is of no interest. */
  #drainThen(then: () => void): void {
    this.#intake.close();
    if (this.#exchange === null) then();
    else this.#drain = new Drain(this.#exchange, then);
  }

  #finish(outcome: TransferOutcome): void {
    if (this.#over) return;
    this.#over = true;
    this.#intake.close();
    this.#end.switch(outcome);
  }

  #noteAnswer({ status, url }: ResponseHead): void {
    this.#task.status = status;
    this.#task.finalUrl = url.href;
  }

  #fail(error: unknown): void {
    if (this.#over) return;
    this.#over = true;
    this.#intake.close();
    this.#end.throw(error);
  }
}
