// A transport that archives what goes through it: every hop of every try, on its way to whoever sent it.

import type { Archive } from '../archive/archive.js';
import type { Recording } from '../archive/recording.js';
import type { Truncation } from '../archive/warc-record.js';
import { fieldValue } from '../http/header-fields.js';
import { isSensitive } from '../http/request-headers.js';
import type { Exchange, HttpRequest, Receiver, ResponseHead, Transport } from '../http/transport.js';
import { FetchallError, messageOf } from '../model/errors.js';

/** A response that we gave up ourselves is kept as far as it had come, but nothing large, in bytes. */
const WORTH_KEEPING = 262_144;

/** A response has come to its end only when the archive has it: the one who sent it hears of the end after that. */
export function archivingTransport(transport: Transport, archive: Archive): Transport {
  return {
    ...(transport.tellsSending === true && { tellsSending: true }),
    send: (request, receiver) => new ArchivedExchange(request, receiver, archive).begin(transport),
    close: () => transport.close(),
  };
}

class ArchivedExchange implements Exchange, Receiver {
  readonly #request: HttpRequest;
  readonly #archive: Archive;
  readonly #recording: Recording;
  #receiver: Receiver | null;
  #exchange: Exchange | null = null;
  #length: number | null = null;
  #received = 0;
  /** Nothing more comes from the transport. */
  #isOver = false;
  #isHeld = false;
  #diskIsBehind = false;

  constructor(request: HttpRequest, receiver: Receiver, archive: Archive) {
    this.#request = request;
    this.#receiver = receiver;
    this.#archive = archive;
    this.#recording = archive.record(request.url.href, () => this.#drained());
  }

  begin(transport: Transport): this {
    this.#exchange = transport.send(this.#request, this);
    return this;
  }

  pause(): void {
    this.#isHeld = true;
    // The connection may be another's by now.
    if (!this.#isOver) this.#exchange?.pause();
  }

  resume(): void {
    this.#isHeld = false;
    this.#goOn();
  }

  abort(): void {
    this.#receiver = null;
    if (this.#isOver) return;
    this.#isOver = true;
    this.#exchange?.abort();
    const isKept = this.#received <= WORTH_KEEPING;
    this.#archive.leave(isKept ? this.#recording.end('unspecified') : this.#recording.drop());
  }

  onSent(): void {
    this.#receiver?.onSent?.();
  }

  onRequest(head: Uint8Array, address: string | null): void {
    this.#recording.onRequest(withoutSecrets(head), address);
    this.#receiver?.onRequest?.(head, address);
  }

  onHead(head: ResponseHead): void {
    const { status, reason = '', rawHeaders, headers, length } = head;
    this.#length = length;
    this.#recording.onHead({ status, reason, rawHeaders }, fieldValue(headers, 'content-type'));
    this.#receiver?.onHead(head);
  }

  onData(bytes: Uint8Array): void {
    if (this.#isOver) return;
    this.#received += bytes.length;
    if (!this.#recording.write(bytes)) {
      this.#diskIsBehind = true;
      this.#exchange?.pause();
    }
    this.#receiver?.onData(bytes);
  }

  onEnd(): void {
    const isShort = this.#length !== null && this.#received < this.#length;
    this.#end(isShort ? 'disconnect' : null, (receiver) => receiver.onEnd());
  }

  onError(error: FetchallError): void {
    const truncated = error.code === 'ERR_TIMEOUT' ? 'time' : 'disconnect';
    this.#end(truncated, (receiver) => receiver.onError(error));
  }

  #end(truncated: Truncation | null, tell: (receiver: Receiver) => void): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#archive.leave(
      this.#recording.end(truncated).then(
        () => this.#tell(tell),
        (error: unknown) => {
          if (this.#receiver === null) throw error;
          this.#tell((receiver) => receiver.onError(asOurs(error)));
        },
      ),
    );
  }

  #tell(tell: (receiver: Receiver) => void): void {
    const receiver = this.#receiver;
    this.#receiver = null;
    if (receiver !== null) tell(receiver);
  }

  #drained(): void {
    this.#diskIsBehind = false;
    this.#goOn();
  }

  #goOn(): void {
    if (!this.#isHeld && !this.#diskIsBehind && !this.#isOver) this.#exchange?.resume();
  }
}

/** An archive is made to be shown to others: fields that carry a secret keep their name only. */
function withoutSecrets(head: Uint8Array): Uint8Array {
  const lines = Buffer.from(head).toString('latin1').split('\r\n');
  const masked = lines.map((line) => {
    const name = line.slice(0, Math.max(0, line.indexOf(':')));
    return isSensitive(name) ? `${name}: ***` : line;
  });
  return Buffer.from(masked.join('\r\n'), 'latin1');
}

function asOurs(error: unknown): FetchallError {
  if (error instanceof FetchallError) return error;
  return new FetchallError('ERR_DISK', `cannot archive: ${messageOf(error)}`, { cause: error });
}
