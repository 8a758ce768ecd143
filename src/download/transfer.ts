// One response on its way to disk: judged, cut, counted, throttled, hashed, written.

import { clock, type Scheduled } from '../coroutine/clock.js';
import { type Greenlet, getcurrent, Waiter } from '../coroutine/index.js';
import { type Digest, startDigest, verifyChecksum } from '../files/checksum.js';
import { PartFile, type PartFileEvents } from '../files/part-file.js';
import { Drain } from '../http/drain.js';
import type { FinalReceiver } from '../http/follow.js';
import { fieldValue } from '../http/header-fields.js';
import type { Exchange, ResponseHead } from '../http/transport.js';
import type { OnChunk } from '../model/chunk.js';
import { FetchallError, messageOf } from '../model/errors.js';
import type { Job } from '../model/job.js';
import type { ActiveTransfer } from '../model/progress.js';
import { Chunker, type TakeChunk } from './chunker.js';
import type { Context } from './context.js';
import { judge, tooLarge } from './judge.js';
import type { Task } from './task.js';

export class Transfer implements FinalReceiver, PartFileEvents, ActiveTransfer {
  readonly greenlet: number;
  readonly url: string;
  readonly file: string;
  received = 0;
  expected: number | null = null;

  readonly #task: Task;
  readonly #job: Job;
  readonly #context: Context;
  readonly #part: PartFile;
  readonly #chunker: Chunker;
  /** What the list expects the content to hash to. */
  readonly #checksum: Digest | null;
  /** What the run wants to know of every body. */
  readonly #digest: Digest | null;
  /** Wakes the greenlet when the body is complete, or cannot be. */
  readonly #end = new Waiter<void>();
  #exchange: Exchange | null = null;
  /** Takes the body of a response that was refused. */
  #drain: Drain | null = null;
  #over = false;
  #bodyEnded = false;
  /** Set while the rate limit holds the transfer back. */
  #throttle: Scheduled | null = null;
  #diskIsBehind = false;

  constructor(task: Task, context: Context) {
    const { job } = task;
    this.greenlet = task.greenlet;
    this.url = job.url;
    this.file = job.file;
    this.#task = task;
    this.#job = job;
    this.#context = context;
    this.#part = new PartFile(context.disk, context.folder, `${job.file}.part`, this);
    const { onChunk } = context;
    this.#chunker = new Chunker(job.policy.chunkSize, onChunk === null ? null : this.#hand(onChunk));
    this.#checksum = job.checksum === null ? null : startDigest(job.checksum.algorithm);
    this.#digest = context.hashed ? startDigest('sha256') : null;
  }

  /**
   * Parks the greenlet until the whole body has come, checks it and makes the file final.
   *
   * @throws FetchallError whatever went wrong; the part stays, unless its content is known to be wrong
   */
  async complete(exchange: Exchange): Promise<void> {
    this.#exchange = exchange;
    try {
      await this.#end.get();
      this.#verify();
      await this.#part.commit(this.#job.file);
    } catch (error) {
      this.#over = true;
      this.#throttle?.cancel();
      exchange.abort();
      await (error instanceof FetchallError && error.code === 'ERR_CHECKSUM'
        ? this.#part.discard()
        : this.#part.leave());
      throw error;
    }
    this.#task.size = this.received;
  }

  onHead(head: ResponseHead): void {
    const { headers } = head;
    this.#noteAnswer(head);
    this.expected = head.length;
    try {
      judge(head, this.#job.policy, clock.date());
    } catch (error) {
      if (this.#exchange === null) this.#fail(error);
      else this.#drain = new Drain(this.#exchange, () => this.#fail(error));
      return;
    }
    if (head.length !== null) this.#part.expect(head.length);
    this.#task.validator =
      `${fieldValue(headers, 'etag') ?? ''} ${fieldValue(headers, 'last-modified') ?? ''}`.trim();
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
    this.#checksum?.update(bytes);
    this.#digest?.update(bytes);
    this.#count(() => this.#chunker.push(bytes));
    if (this.#over) return;
    if (!this.#part.write(bytes)) this.#diskIsBehind = true;
    this.#throttleFor(bytes.length);
    if (this.#diskIsBehind || this.#throttle !== null) this.#exchange?.pause();
  }

  onEnd(): void {
    if (this.#over) return;
    if (this.#drain !== null) {
      this.#drain.onEnd();
      return;
    }
    if (this.expected !== null && this.expected !== this.received) {
      const says = `the body has ${this.received} bytes, Content-Length says ${this.expected}`;
      this.#fail(new FetchallError('ERR_TRUNCATED', says));
      return;
    }
    this.#count(() => this.#chunker.end());
    this.#bodyEnded = true;
    this.#goOn();
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

  drained(): void {
    this.#diskIsBehind = false;
    this.#goOn();
  }

  failed(error: FetchallError): void {
    this.#fail(error);
  }

  /** Nothing holds the transfer back any more: it reads on, or has come to its end. */
  #goOn(): void {
    if (this.#over || this.#diskIsBehind || this.#throttle !== null) return;
    if (!this.#bodyEnded) {
      this.#exchange?.resume();
      return;
    }
    this.#over = true;
    this.#end.switch();
  }

  #noteAnswer({ status, url }: ResponseHead): void {
    this.#task.status = status;
    this.#task.finalUrl = url.href;
  }

  #fail(error: unknown): void {
    if (this.#over) return;
    this.#over = true;
    this.#end.throw(error);
  }

  #throttleFor(bytes: number): void {
    const wait = this.#context.rateLimit?.book(bytes) ?? 0;
    if (wait === 0) return;
    this.#throttle?.cancel();
    this.#throttle = clock.schedule(wait, () => {
      this.#throttle = null;
      this.#goOn();
    });
  }

  /** Chunks are counted when they go to disk; an error out of the user's `onChunk` ends this transfer, not the run. */
  #count(cut: () => number): void {
    try {
      this.#task.chunks += cut();
    } catch (cause) {
      this.#fail(new FetchallError('ERR_CANCELLED', `onChunk threw: ${messageOf(cause)}`, { cause }));
    }
  }

  /** Sockets speak outside any greenlet: the user's function runs as the greenlet whose chunk it is. */
  #hand(onChunk: OnChunk): TakeChunk {
    const greenlet: Greenlet<unknown> | null = getcurrent();
    const hand: TakeChunk = (bytes, index, offset) =>
      onChunk(bytes, { greenlet: this.greenlet, index, offset });
    return greenlet === null
      ? hand
      : (bytes, index, offset) => greenlet.enter(() => hand(bytes, index, offset));
  }

  #verify(): void {
    const { checksum } = this.#job;
    if (checksum !== null && this.#checksum !== null) verifyChecksum(checksum, this.#checksum.hex());
    this.#task.digest = this.#digest?.hex() ?? null;
  }
}
