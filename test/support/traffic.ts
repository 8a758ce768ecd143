// What a test server has seen: requests, and how many were in flight at once.

import type { IncomingHttpHeaders } from 'node:http';

export interface SeenRequest {
  readonly method: string;
  /** The request target as sent: path and query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** Name, value, name, value ... as sent. */
  readonly rawHeaders: readonly string[];
  /** The Host field. */
  readonly host: string;
  /** When it came, in ms of `performance.now()`. */
  readonly at: number;
  /** How many requests for the same target came before it. */
  readonly earlier: number;
}

interface Load {
  now: number;
  most: number;
}

/**
 * A request is in flight until the last piece of its answer is handed to the socket, or the client goes away. Waiting
 * for the write to be confirmed would count one too many: the client may have read it and asked for more by then.
 */
export class Traffic {
  readonly requests: SeenRequest[] = [];
  readonly #all: Load = { now: 0, most: 0 };
  readonly #byHost = new Map<string, Load>();
  readonly #byTarget = new Map<string, number>();
  readonly #waiting = new Set<{ readonly holds: () => boolean; readonly resolve: () => void }>();

  get inFlight(): number {
    return this.#all.now;
  }

  get maxInFlight(): number {
    return this.#all.most;
  }

  /** The most requests that were in flight with this Host field (`127.0.0.1:4711`). */
  maxInFlightOf(host: string): number {
    return this.#byHost.get(host)?.most ?? 0;
  }

  /** ms between the starts of successive requests; of one host only, where one is given. */
  gaps(host?: string): number[] {
    const starts = this.requests.filter((request) => host === undefined || request.host === host);
    return starts.slice(1).map((request, index) => request.at - (starts[index]?.at ?? request.at));
  }

  /** Resolves as soon as the condition holds; it is asked again after every request that begins or ends. */
  until(holds: () => boolean): Promise<void> {
    if (holds()) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.add({ holds, resolve }));
  }

  /** Notes a request; `end` may be called more than once. */
  begin(request: Omit<SeenRequest, 'earlier'>): { readonly seen: SeenRequest; end(): void } {
    const earlier = this.#byTarget.get(request.url) ?? 0;
    this.#byTarget.set(request.url, earlier + 1);
    const seen = { ...request, earlier };
    this.requests.push(seen);
    const ofHost = this.#byHost.get(request.host) ?? { now: 0, most: 0 };
    this.#byHost.set(request.host, ofHost);
    const loads = [this.#all, ofHost];
    for (const load of loads) load.most = Math.max(load.most, ++load.now);
    this.#changed();
    let ended = false;
    const end = (): void => {
      if (ended) return;
      ended = true;
      for (const load of loads) load.now--;
      this.#changed();
    };
    return { seen, end };
  }

  #changed(): void {
    for (const waiter of this.#waiting) {
      if (!waiter.holds()) continue;
      this.#waiting.delete(waiter);
      waiter.resolve();
    }
  }
}
