// A crawl over names that are made up: real sockets, every name ends up on loopback.

import { gzipSync } from 'node:zlib';
import { onTestFinished } from 'vitest';
import { type CrawlOptions, crawl } from '../../src/crawl/crawl.js';
import { whyUrl } from '../../src/crawl/why.js';
import { undiciTransport } from '../../src/http/undici-transport.js';
import type { Result } from '../../src/model/result.js';
import { resolveSettings } from '../../src/run/options.js';
import type { Answer } from './answer.js';
import { fakeNetwork } from './fake-network.js';
import { serve } from './servers.js';
import { temporaryFolder } from './temp-folder.js';
import type { SeenRequest } from './traffic.js';

export interface Crawled {
  /** `host/path` of each request in its order, robots.txt left out. */
  readonly asked: readonly string[];
  /** Requests for robots.txt, by host. */
  readonly robots: readonly string[];
  /** All requests as the server saw them. */
  readonly requests: readonly SeenRequest[];
  readonly results: readonly Result[];
  readonly out: string;
  readonly notes: readonly string[];
  /** State, reason and detail of what is on record; null for what was not met. */
  why(place: string): Promise<string | null>;
  /** Another crawl of the same server into the same folder; what it asked for is its own. */
  again(seeds: readonly string[], options?: CrawlOptions): Promise<Crawled>;
}

/** A page is written as its HTML, or decided on for each request; what is not there is a 404. */
export type Pages = Readonly<Record<string, Page | string | ((request: SeenRequest) => Page)>>;

interface Page extends Answer {
  readonly gzip?: boolean;
}

export const ADDRESS = '93.184.216.34';

/** @param pages by `host/path` @param seeds `host/path`, too */
export async function crawled(
  pages: Pages,
  seeds: readonly string[],
  { again, ...options }: CrawlOptions & { again?: string } = {},
): Promise<Crawled> {
  const server = await serve((request) => {
    const { url, headers } = request;
    const page = pages[`${headers.host?.split(':')[0]}${url}`];
    return answerOf(typeof page === 'function' ? page(request) : page, headers.host ?? '');
  });
  const { port } = new URL(server.url('/'));
  const withPort = (place: string): string => `http://${place.replace(/^[^/]+/, `$&:${port}`)}`;
  const hosts = Object.keys(pages).map((place) => place.slice(0, place.indexOf('/')));
  const transport = undiciTransport(
    resolveSettings({}),
    fakeNetwork(Object.fromEntries(hosts.map((host) => [host, [ADDRESS]]))),
  );
  onTestFinished(() => transport.close());
  const run = async (places: readonly string[], { out = '', ...given }: CrawlOptions): Promise<Crawled> => {
    const before = server.requests.length;
    const notes: string[] = [];
    const results: Result[] = [];
    const note = (text: string): number => notes.push(text);
    const all = { delay: 0, retries: 0, out, transport, note, ...given };
    for await (const result of crawl(places.map(withPort), all)) results.push(result);
    const requests = server.requests
      .slice(before)
      .map(({ headers, url }) => `${headers.host?.split(':')[0]}${url}`);
    const isRobots = (place: string): boolean => place.endsWith('/robots.txt');
    return {
      asked: requests.filter((place) => !isRobots(place)),
      requests: server.requests.slice(before),
      robots: requests.filter(isRobots).map((place) => place.slice(0, place.indexOf('/'))),
      results,
      out,
      notes,
      async why(place) {
        const { found } = await whyUrl(out, withPort(place));
        if (found === null) return null;
        return [found.state, found.reason, found.detail].filter((part) => part !== null).join(' ');
      },
      again: (others, changed = {}) => run(others, { ...changed, out }),
    };
  };
  return await run(seeds, { out: again ?? (await temporaryFolder()), ...options });
}

/** `//host/` in a page leads to the port of the server, which serves all hosts. */
function answerOf(page: Page | string | undefined, host: string): Answer {
  if (page === undefined) return { status: 404 };
  const answer = typeof page === 'string' ? { headers: { 'Content-Type': 'text/html' }, body: page } : page;
  const { body, location, gzip } = answer as Page;
  const port = host.slice(host.indexOf(':'));
  const ported = (text: string): string => text.replace(/\/\/([a-z.-]+)(?=[/"])/g, `//$1${port}`);
  return {
    ...answer,
    ...(typeof body === 'string' && { body: gzip === true ? gzipSync(ported(body)) : ported(body) }),
    ...(location !== undefined && { location: ported(location) }),
  };
}
