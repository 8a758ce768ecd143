// One answer that is read while it comes: its links.

import { fieldValue } from '../http/header-fields.js';
import { isOfPublic } from '../http/reach.js';
import type { HeaderFields, ResponseHead } from '../http/transport.js';
import { messageOf } from '../model/errors.js';
import { documentTypeOf } from './document-type.js';
import type { Lease } from './frontier.js';
import { LinkExtractor, type PageLinks } from './link-extractor.js';
import { mediaTypeOf } from './media-types.js';
import { refuseType } from './scope.js';
import { looksLikePage, SNIFFED_LENGTH, saysNothing } from './sniff-page.js';

/** What a request for the rest of a complete file is answered with (RFC 9110 15.5.17). */
const NOTHING_LEFT = 416;
const NO_LINKS: PageLinks = { links: [], metas: [], omitted: null };

export class Reading {
  readonly lease: Lease;
  readonly url: URL;
  readonly status: number;
  readonly headers: HeaderFields;
  readonly head: ResponseHead;
  /** Where a redirect leads. */
  target: string | null = null;
  /** The beginning is missing here: the file has to be read again. */
  isTorn: boolean;
  /** Fulfilled when the type is known: with the head, the first bytes or, at the latest, `end`. */
  readonly typed: Promise<void>;
  readonly #accept: readonly string[];
  #tellType: () => void = () => {};
  #contentType: string | null;
  #extractor: LinkExtractor | null = null;
  /** First bytes of what does not say its type; null where that is known. */
  #start: Uint8Array[] | null = null;
  #startLength = 0;
  #fault: string | null = null;
  #position = 0;

  /** @param accept media types that are kept */
  constructor(lease: Lease, head: ResponseHead, accept: readonly string[] = []) {
    this.lease = lease;
    this.head = head;
    this.url = head.url;
    this.status = head.status;
    this.headers = head.headers;
    this.#accept = accept;
    // Nothing was missing from the file: this head is not of what it holds.
    this.isTorn = head.status === NOTHING_LEFT;
    this.#contentType = this.isTorn ? null : fieldValue(head.headers, 'content-type');
    this.#begin();
    this.typed =
      this.#start === null ? Promise.resolve() : new Promise((resolve) => (this.#tellType = resolve));
  }

  /** As the answer says it, or, where it does not, what its first bytes show. */
  get contentType(): string | null {
    return this.#contentType;
  }

  /** Why the file is not kept, only read; null where it is kept. */
  get refusal(): string | null {
    return refuseType(this.contentType, this.#accept)?.detail ?? null;
  }

  /** Whether it leads on. */
  get isRead(): boolean {
    return this.#extractor !== null || this.#fault !== null;
  }

  /** Whether what it leads to may be on public addresses only. */
  get leadsToPublic(): boolean {
    return this.lease.guarded || isOfPublic(this.head);
  }

  /** To be asked of a mere head: whether the body is to come. Pages and style sheets are read in any case. */
  get isWanted(): boolean {
    const isPicture = mediaTypeOf(this.#contentType).startsWith('image/');
    return this.#start !== null || (this.#extractor !== null && !isPicture) || this.refusal === null;
  }

  take(bytes: Uint8Array, offset: number): void {
    if (offset !== this.#position) this.isTorn = true;
    this.#position = offset + bytes.length;
    if (this.isTorn) {
      this.end();
      return;
    }
    if (this.#start === null) this.#read(bytes);
    else {
      this.#start.push(bytes.slice());
      this.#startLength += bytes.length;
      if (this.#startLength >= SNIFFED_LENGTH) this.end();
    }
  }

  /** No more comes that would say what it is: what is there decides. */
  end(): void {
    if (this.#start === null) return;
    const start = Buffer.concat(this.#start);
    this.#start = null;
    if (!this.isTorn && looksLikePage(start)) {
      this.#contentType = 'text/html';
      this.#open();
      this.#read(start);
    }
    this.#tellType();
  }

  /** Reads the whole file in place of what came. @throws what `pieces` throws */
  async readAgain(pieces: AsyncIterable<Uint8Array>): Promise<void> {
    const named = this.#contentType;
    this.#begin();
    this.isTorn = false;
    this.#position = 0;
    for await (const piece of pieces) this.take(piece, this.#position);
    this.end();
    // It has its name, and its type with it.
    this.#contentType = named;
  }

  links(): PageLinks {
    let found: PageLinks | null = null;
    this.#attempt((extractor) => {
      found = extractor.end();
    });
    return found ?? { ...NO_LINKS, omitted: this.#fault === null ? null : `reading failed: ${this.#fault}` };
  }

  #begin(): void {
    const { row } = this.lease;
    this.#extractor = null;
    this.#fault = null;
    const hasFile = (this.status >= 200 && this.status <= 299) || this.status === NOTHING_LEFT;
    if (row === null || row.kind === 'sitemap' || !hasFile) return;
    this.#startLength = 0;
    if (saysNothing(mediaTypeOf(this.#contentType))) this.#start = [];
    else this.#open();
  }

  #open(): void {
    const type = documentTypeOf(mediaTypeOf(this.#contentType));
    if (type !== null)
      this.#extractor = new LinkExtractor({ baseUrl: this.url, contentType: this.#contentType });
  }

  #read(bytes: Uint8Array): void {
    this.#attempt((extractor) => extractor.write(bytes));
  }

  /** What the reader fails at costs links, not the page. */
  #attempt(read: (extractor: LinkExtractor) => void): void {
    if (this.#extractor === null) return;
    try {
      read(this.#extractor);
    } catch (error) {
      this.#fault = messageOf(error);
      this.#extractor = null;
    }
  }
}
