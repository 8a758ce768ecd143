// One exchange on its way into the archive.

import type { IndexBuilder } from './cdxj.js';
import { Digest, digestOf } from './digest.js';
import { type ArchivedHead, mimeOf, responseHead } from './http-head.js';
import { isIndexed } from './index-line.js';
import type { Original, PayloadMemory } from './payload-memory.js';
import type { Spool } from './spool.js';
import {
  type Block,
  blockOf,
  IDENTICAL_PAYLOAD,
  newRecordId,
  presentFields,
  type RecordField,
  type Truncation,
  type WarcRecord,
} from './warc-record.js';
import type { Place, WarcWriter } from './warc-writer.js';

export interface RecordingOptions {
  readonly writer: WarcWriter;
  readonly payloads: PayloadMemory;
  readonly index: IndexBuilder;
  readonly spool: Spool;
  /** Without user, password and fragment. */
  readonly url: string;
  /** As in WARC-Date. */
  readonly date: string;
}

interface Request {
  readonly head: Uint8Array;
  readonly address: string | null;
}

/** What has come, when no more will. */
interface Taken {
  readonly head: ArchivedHead;
  readonly mime: string | null;
  readonly body: Block;
  readonly truncated: Truncation | null;
  readonly payloadDigest: string;
}

export class Recording {
  readonly #options: RecordingOptions;
  #request: Request | null = null;
  #head: ArchivedHead | null = null;
  #mime: string | null = null;
  /** Status line and fields; null where there is no HTTP to be kept. */
  #headBytes: Uint8Array | null = null;
  readonly #payload = new Digest();
  readonly #block = new Digest();

  constructor(options: RecordingOptions) {
    this.#options = options;
  }

  /**
   * @param head the bytes sent, without secrets
   * @param address who was asked, where that is known
   */
  onRequest(head: Uint8Array, address: string | null): void {
    this.#request = { head, address };
  }

  onHead(head: ArchivedHead, contentType: string | null): void {
    this.#head = head;
    this.#mime = mimeOf(contentType);
    if (this.#request === null) return;
    this.#headBytes = responseHead(head);
    this.#block.update(this.#headBytes);
  }

  /** @returns false when the disk is behind: the spool tells when it is not any more */
  write(bytes: Uint8Array): boolean {
    this.#payload.update(bytes);
    this.#block.update(bytes);
    return this.#options.spool.write(bytes);
  }

  /**
   * Writes the records; without a head there is nothing to write.
   *
   * @param truncated why the body is not whole, or null
   * @throws FetchallError ERR_DISK
   */
  async end(truncated: Truncation | null): Promise<void> {
    const { spool } = this.#options;
    try {
      if (this.#head === null) return;
      const payloadDigest = this.#payload.value();
      const taken = {
        head: this.#head,
        mime: this.#mime,
        body: await spool.content(),
        truncated,
        payloadDigest,
      };
      if (this.#request === null) await this.#writeResource(taken);
      else await this.#writeExchange(taken, this.#request, this.#headBytes ?? new Uint8Array());
    } finally {
      await spool.drop();
    }
  }

  /** Gives the exchange up: nothing of it is written. */
  drop(): Promise<void> {
    return this.#options.spool.drop();
  }

  async #writeExchange(taken: Taken, { head, address }: Request, headBytes: Uint8Array): Promise<void> {
    const { writer, url, date } = this.#options;
    const { body } = taken;
    const id = newRecordId();
    const block = { length: headBytes.length + body.length, pieces: joined(headBytes, body) };
    const whole = this.#block.value();
    let original: Original | null = null;
    await writer.append(
      (warcinfoId) => {
        original = this.#original(taken);
        const response = this.#response({ id, warcinfoId, address, taken, original });
        const content = original === null ? block : blockOf(headBytes);
        const digest = original === null ? whole : digestOf(headBytes);
        return [
          { fields: [...response, ['WARC-Block-Digest', digest]], block: content },
          requestRecord({ head, address, id, warcinfoId, url, date }),
        ];
      },
      ([place]) => this.#note(place, taken, { id, isRevisit: original !== null }),
    );
  }

  /** The record that has this very payload already; none for a payload that is empty or not whole. */
  #original({ body, truncated, payloadDigest }: Taken): Original | null {
    const { payloads, url, date } = this.#options;
    const original = body.length === 0 || truncated !== null ? null : payloads.find(payloadDigest);
    // By URL and date, which are all that some readers look for, it would refer to itself.
    return original !== null && original.url === url && original.date === date ? null : original;
  }

  #response(facts: {
    id: string;
    warcinfoId: string;
    address: string | null;
    taken: Taken;
    original: Original | null;
  }): RecordField[] {
    const { id, warcinfoId, address, taken, original } = facts;
    const { url, date } = this.#options;
    return presentFields([
      ['WARC-Type', original === null ? 'response' : 'revisit'],
      ['WARC-Record-ID', id],
      ['WARC-Date', date],
      ['WARC-Target-URI', url],
      ['WARC-IP-Address', address],
      ['WARC-Warcinfo-ID', warcinfoId],
      ['WARC-Profile', original && IDENTICAL_PAYLOAD],
      ['WARC-Refers-To', original?.id],
      ['WARC-Refers-To-Target-URI', original?.url],
      ['WARC-Refers-To-Date', original?.date],
      ['WARC-Truncated', taken.truncated],
      ['Content-Type', 'application/http; msgtype=response'],
      ['WARC-Payload-Digest', taken.payloadDigest],
    ]);
  }

  /** Where no HTTP is at hand (another's fetch), the thing itself is kept, if there is one. */
  async #writeResource(taken: Taken): Promise<void> {
    const { head, mime, body, truncated, payloadDigest } = taken;
    if (head.status < 200 || head.status > 299) return;
    const { writer, url, date } = this.#options;
    const id = newRecordId();
    const record = (warcinfoId: string): WarcRecord => ({
      fields: presentFields([
        ['WARC-Type', 'resource'],
        ['WARC-Record-ID', id],
        ['WARC-Date', date],
        ['WARC-Target-URI', url],
        ['WARC-Warcinfo-ID', warcinfoId],
        ['WARC-Truncated', truncated],
        ['Content-Type', mime ?? 'application/octet-stream'],
        ['WARC-Payload-Digest', payloadDigest],
        ['WARC-Block-Digest', payloadDigest],
      ]),
      block: body,
    });
    await writer.append(
      (warcinfoId) => [record(warcinfoId)],
      ([place]) => this.#note(place, taken, { id, isRevisit: false }),
    );
  }

  #note(
    place: Place | undefined,
    taken: Taken,
    { id, isRevisit }: { id: string; isRevisit: boolean },
  ): Promise<void> | undefined {
    const { url, date, payloads, index } = this.#options;
    const { head, payloadDigest: digest, truncated, body } = taken;
    if (place === undefined || !isIndexed(head.status, truncated)) return undefined;
    if (!isRevisit && truncated === null && body.length > 0) payloads.note(digest, { url, date, id });
    const status = this.#request === null ? null : head.status;
    return index.add({ url, date, mime: isRevisit ? 'warc/revisit' : taken.mime, status, digest, ...place });
  }
}

async function* joined(head: Uint8Array, { pieces }: Block): AsyncGenerator<Uint8Array> {
  yield head;
  yield* pieces;
}

function requestRecord(facts: {
  head: Uint8Array;
  address: string | null;
  /** Of the response. */
  id: string;
  warcinfoId: string;
  url: string;
  date: string;
}): WarcRecord {
  const { head, address, id, warcinfoId, url, date } = facts;
  return {
    fields: presentFields([
      ['WARC-Type', 'request'],
      ['WARC-Record-ID', newRecordId()],
      ['WARC-Date', date],
      ['WARC-Target-URI', url],
      ['WARC-IP-Address', address],
      ['WARC-Warcinfo-ID', warcinfoId],
      ['WARC-Concurrent-To', id],
      ['Content-Type', 'application/http; msgtype=request'],
      ['WARC-Block-Digest', digestOf(head)],
    ]),
    block: blockOf(head),
  };
}
