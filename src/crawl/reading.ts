// One answer that is read while it comes: its links.

import { fieldValue } from '../http/header-fields.js';
import { isOfPublic } from '../http/reach.js';
import type { HeaderFields, ResponseHead } from '../http/transport.js';
import type { Lease } from './frontier.js';
import { LinkExtractor, type PageLinks } from './link-extractor.js';
import { isPageType, mediaTypeOf } from './media-types.js';

export class Reading {
  readonly lease: Lease;
  readonly url: URL;
  readonly status: number;
  readonly headers: HeaderFields;
  readonly contentType: string | null;
  readonly head: ResponseHead;
  /** Why the file is not kept, only read; null where it is kept. */
  refusal: string | null = null;
  /** Where a redirect leads. */
  target: string | null = null;
  /** The beginning is missing here: the file has to be read again. */
  isTorn = false;
  readonly #extractor: LinkExtractor | null;
  #position = 0;

  constructor(lease: Lease, head: ResponseHead) {
    this.lease = lease;
    this.head = head;
    this.url = head.url;
    this.status = head.status;
    this.headers = head.headers;
    this.contentType = fieldValue(head.headers, 'content-type');
    this.#extractor = this.isRead ? this.newExtractor() : null;
  }

  /** Whether it may lead on. */
  get isRead(): boolean {
    const { row } = this.lease;
    if (row === null || row.kind === 'sitemap' || this.status < 200 || this.status > 299) return false;
    const type = mediaTypeOf(this.contentType);
    return isPageType(type) || type === 'text/css';
  }

  /** Whether what it leads to may be on public addresses only. */
  get leadsToPublic(): boolean {
    return this.lease.guarded || isOfPublic(this.head);
  }

  newExtractor(): LinkExtractor {
    return new LinkExtractor({ baseUrl: this.url, contentType: this.contentType });
  }

  take(bytes: Uint8Array, offset: number): void {
    if (offset !== this.#position) this.isTorn = true;
    this.#position = offset + bytes.length;
    if (!this.isTorn) this.#extractor?.write(bytes);
  }

  links(): PageLinks {
    return this.#extractor?.end() ?? { links: [], metas: [] };
  }
}
