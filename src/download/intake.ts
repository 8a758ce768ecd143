// Takes in the body of one response: watches its speed, undoes its coding, holds it back while the disk or the rate limit
// does, and hands it to the file.

import { clock } from '../coroutine/clock.js';
import { inflatersFor } from '../http/content-coding.js';
import { ContentDecoder, type DecoderEvents } from '../http/content-decoder.js';
import type { Exchange, ResponseHead } from '../http/transport.js';
import type { Policy } from '../model/job.js';
import type { BodyCheck } from './body-check.js';
import { Brake } from './brake.js';
import type { FileBody } from './file-body.js';
import type { RateLimit } from './rate-limit.js';
import { SpeedFloor } from './speed-floor.js';

export interface IntakeEvents {
  /** All of the body has been taken in, and nothing holds it back. */
  tookAll(): void;
  failed(error: unknown): void;
}

export class Intake implements DecoderEvents {
  /** Where the body comes from. */
  exchange: Exchange | null = null;
  /** Whether the file has all of it. */
  hasEnded = false;
  readonly #body: FileBody;
  readonly #check: BodyCheck;
  readonly #events: IntakeEvents;
  readonly #brake: Brake;
  #speedFloor: SpeedFloor | null = null;
  /** Set where the body is coded, and that shall be undone. */
  #decoder: ContentDecoder | null = null;
  /** Whether no more comes; some of it may still be coded. */
  #hasAll = false;
  #over = false;
  #heldBack = 0;
  /** Since when; null while it is not. */
  #heldSince: number | null = null;

  constructor(body: FileBody, check: BodyCheck, rateLimit: RateLimit | null, events: IntakeEvents) {
    this.#body = body;
    this.#check = check;
    this.#events = events;
    this.#brake = new Brake(rateLimit, () => this.#goOn());
  }

  /**
   * Makes ready to undo the coding of the body to come.
   *
   * @returns whether there is one
   * @throws FetchallError ERR_PROTOCOL
   */
  undoCoding(head: ResponseHead): boolean {
    const inflaters = inflatersFor(head);
    if (inflaters.length > 0) this.#decoder = new ContentDecoder(inflaters, this);
    return this.#decoder !== null;
  }

  /** @param share of the speed that is asked for, where others fetch the same file */
  watchSpeed({ minSpeed, speedTime }: Policy, share = 1): void {
    if (minSpeed === null) return;
    this.#speedFloor?.stop();
    this.#speedFloor = new SpeedFloor(minSpeed * share, speedTime, (error) => this.failed(error));
    this.#speedFloor.start();
  }

  /** How long the body was held back so far, in ms. */
  get heldBack(): number {
    return this.#heldBack + (this.#heldSince === null ? 0 : clock.now() - this.#heldSince);
  }

  take(bytes: Uint8Array): void {
    this.#speedFloor?.take(bytes.length);
    this.#check.onReceived(bytes);
    if (this.#decoder === null) this.#write(bytes);
    else if (!this.#decoder.write(bytes)) this.#brake.decoderIsBehind = true;
    if (this.#over) return;
    this.#brake.book(bytes.length);
    if (!this.#brake.isOn) return;
    this.#speedFloor?.stop();
    this.#heldSince ??= clock.now();
    this.exchange?.pause();
  }

  end(): void {
    this.#hasAll = true;
    this.#speedFloor?.stop();
    if (this.#decoder === null) this.decodedAll();
    else this.#decoder.end();
  }

  diskCaughtUp(): void {
    this.#brake.diskIsBehind = false;
    this.#decoder?.resume();
    this.#goOn();
  }

  /** Nothing more is taken, and nothing more is told. Idempotent. */
  close(): void {
    this.#over = true;
    this.#speedFloor?.stop();
    this.#brake.cancel();
    this.#decoder?.close();
  }

  decoded(bytes: Uint8Array): boolean {
    this.#write(bytes);
    return !this.#over && !this.#brake.diskIsBehind;
  }

  decodedAll(): void {
    // A stream that has been told of its end says no more that it has drained.
    this.#brake.decoderIsBehind = false;
    try {
      this.#body.end();
      this.hasEnded = true;
      this.#goOn();
    } catch (error) {
      this.failed(error);
    }
  }

  hungry(): void {
    this.#brake.decoderIsBehind = false;
    this.#goOn();
  }

  failed(error: unknown): void {
    if (this.#over) return;
    this.close();
    this.#events.failed(error);
  }

  #write(bytes: Uint8Array): void {
    try {
      if (!this.#body.take(bytes)) this.#brake.diskIsBehind = true;
    } catch (error) {
      this.failed(error);
    }
  }

  /** Nothing holds the body back any more: it is read on, or has come to its end. */
  #goOn(): void {
    if (this.#over || this.#brake.isOn) return;
    if (this.hasEnded) this.#events.tookAll();
    if (this.#hasAll) return;
    this.#heldBack = this.heldBack;
    this.#heldSince = null;
    this.#speedFloor?.start();
    this.exchange?.resume();
  }
}
