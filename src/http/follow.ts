// One request with its redirects, seen from above as one response.

import { clock } from '../coroutine/clock.js';
import { FetchallError, messageOf } from '../model/errors.js';
import type { Credentials } from '../model/job.js';
import { Drain } from './drain.js';
import type { HeaderOption } from './options.js';
import { Reach, type ReachPolicy } from './reach.js';
import { type RedirectPolicy, redirectTarget } from './redirect.js';
import { requestHeaders, takeCredentials } from './request-headers.js';
import type { Exchange, Receiver, ResponseHead, Transport } from './transport.js';

/** What is asked for, before it is cut into hops. */
export interface Question {
  /** Without user, password and fragment. */
  readonly url: URL;
  readonly header: readonly HeaderOption[];
  readonly userAgent: string;
  readonly credentials: Credentials | null;
  /** Ours beyond the usual ones: Range, If-None-Match ... */
  readonly fields?: readonly HeaderOption[];
  /** What is said of content codings; `identity` where nothing is. */
  readonly acceptEncoding?: string;
  readonly policy: RedirectPolicy & ReachPolicy;
}

/** Sees the last response only. */
export interface FinalReceiver extends Receiver {
  /** Called for each request to the host of the question, redirects included; where the transport does not tell, at `send`. */
  onSent?(): void;
  /** Called at the head of each response, redirects included, before all others. */
  onAnswer(): void;
  /** Called instead of all others: the last response is a redirect that is not followed; nothing more of it comes. */
  onRefusal(head: ResponseHead, error: FetchallError): void;
}

/** Sends the question. */
export function follow(transport: Transport, question: Question, receiver: FinalReceiver): Exchange {
  return new Journey(transport, question, receiver).begin();
}

class Journey implements Receiver, Exchange {
  readonly #visited: string[] = [];
  readonly #transport: Transport;
  readonly #question: Question;
  readonly #receiver: FinalReceiver;
  #url: URL;
  readonly #reach: Reach;
  #hop: Exchange | null = null;
  /** The redirect that led to the present hop. */
  #redirect: ResponseHead | null = null;
  /** Takes the body of a redirect. */
  #drain: Drain | null = null;
  #over = false;
  /** By the origin that they were given for, in the question or in a Location. */
  #credentials: Map<string, Credentials> | null = null;

  constructor(transport: Transport, question: Question, receiver: FinalReceiver) {
    this.#transport = transport;
    this.#question = question;
    this.#receiver = receiver;
    this.#url = question.url;
    this.#reach = new Reach(question.policy);
    if (question.credentials !== null) this.#give(question.url, question.credentials);
  }

  begin(): Exchange {
    const { url } = this.#question;
    const refusal = this.#reach.refusal(url);
    if (refusal === null) this.#send(url);
    else queueMicrotask(() => this.#fail(refusal));
    return this;
  }

  #give({ origin }: URL, credentials: Credentials): void {
    this.#credentials ??= new Map();
    this.#credentials.set(origin, credentials);
  }

  #send(url: URL): void {
    const { header, userAgent, acceptEncoding, fields = [], url: first } = this.#question;
    this.#visited.push(url.href);
    const credentials = this.#credentials?.get(url.origin) ?? null;
    const { origin } = first;
    const headers = requestHeaders(url, { header, userAgent, acceptEncoding, fields, credentials, origin });
    const { publicOnly } = this.#reach;
    this.#url = url;
    this.#hop = this.#transport.send(publicOnly ? { url, headers, publicOnly } : { url, headers }, this);
    if (this.#transport.tellsSending !== true) this.onSent();
  }

  onSent(): void {
    if (this.#url.host === this.#question.url.host) this.#receiver.onSent?.();
  }

  onHead(head: ResponseHead): void {
    this.#receiver.onAnswer();
    let target: URL | null;
    try {
      target = this.#next(head);
    } catch (error) {
      this.abort();
      const refusal =
        error instanceof FetchallError ? error : new FetchallError('ERR_REDIRECT', messageOf(error));
      this.#receiver.onRefusal(head, refusal);
      return;
    }
    if (target === null || this.#hop === null) {
      this.#receiver.onHead(head);
      return;
    }
    this.#redirect = head;
    this.#drain = new Drain(this.#hop, this.#goOn.bind(this, target));
  }

  /** @throws FetchallError ERR_REDIRECT, ERR_BLOCKED */
  #next(head: ResponseHead): URL | null {
    const target = redirectTarget(head, this.#visited, this.#question.policy);
    if (target === null) return null;
    this.#reach.noteAnswer(head);
    const refusal = this.#reach.refusal(target);
    if (refusal !== null) throw refusal;
    return target;
  }

  onData(bytes: Uint8Array): void {
    (this.#drain ?? this.#receiver).onData(bytes);
  }

  onEnd(): void {
    (this.#drain ?? this.#receiver).onEnd();
  }

  onError(error: FetchallError): void {
    // A redirect whose body breaks off has been understood all the same.
    if (this.#drain !== null) this.#drain.onError();
    else this.#fail(this.#reach.explained(error));
  }

  #fail(error: FetchallError): void {
    if (this.#over) return;
    // Refused when the connection was made, but refused as all the others.
    if (error.code === 'ERR_BLOCKED' && this.#redirect !== null)
      this.#receiver.onRefusal(this.#redirect, error);
    else this.#receiver.onError(error);
  }

  pause(): void {
    this.#hop?.pause();
  }

  resume(): void {
    this.#hop?.resume();
  }

  abort(): void {
    this.#over = true;
    this.#hop?.abort();
  }

  #goOn(target: URL): void {
    const credentials = takeCredentials(target);
    if (credentials !== null) this.#give(target, credentials);
    // undici frees a connection a turn of the loop after the end of its response: asked at once, it would open another.
    queueMicrotask(() => clock.soon(() => this.#leave(target)));
  }

  #leave(target: URL): void {
    if (this.#over) return;
    this.#drain = null;
    this.#send(target);
  }
}
