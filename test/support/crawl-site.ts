// A site of any size on five loopback addresses, the same for the same size: what a crawl must find on it, and what it must leave.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { SITE_PARTS } from './crawl-site-traps.js';

const HOSTS = 5;
const CHILDREN = 4;
/** Pages of a site that has the parts without an end, too: they are some 3,000 more. */
const FEWEST_WITH_PARTS = 100;

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** What the server has seen of one request. */
export interface SeenRequest {
  readonly url: string;
  readonly host: string;
  /** When it came, in ms, and how many were under way to its host then, itself included. */
  readonly at: number;
  readonly inFlight: number;
  readonly userAgent: string;
}

export interface CrawlSite {
  readonly seeds: readonly string[];
  /** URLs that must be asked for, robots.txt and sitemaps left out. */
  readonly expected: ReadonlySet<string>;
  /** Every request since the last call of `forget`. */
  readonly seen: SeenRequest[];
  /** Called when a request has come. */
  onRequest: () => void;
  close(): Promise<void>;
}

/** What is in flight at a time to each host. */
type InFlight = Map<string, number>;

/** @param pages of the tree; about twice as many other URLs lie around it, and 3,000 from 100 pages on @param hold ms that an answer takes */
export async function serveCrawlSite(
  pages: number,
  hold = 0,
  crawlDelay: number | null = null,
): Promise<CrawlSite> {
  const servers: Server[] = [];
  const seen: SeenRequest[] = [];
  const inFlight: InFlight = new Map();
  let builder: SiteBuilder | null = null;
  const site = { seen, onRequest: () => {} };
  const listen = (at: number, port: number): Promise<number> =>
    new Promise((resolve, reject) => {
      const server = createServer((request, response) => {
        // Not what the field says: some leave the port out of it.
        const host = `${request.socket.localAddress}:${request.socket.localPort}`;
        const now = inFlight.get(host) ?? 0;
        inFlight.set(host, now + 1);
        response.on('close', () => inFlight.set(host, (inFlight.get(host) ?? 1) - 1));
        const url = `http://${host}${request.url ?? ''}`;
        const userAgent = request.headers['user-agent'] ?? '';
        seen.push({ url, host, at: performance.now(), inFlight: now + 1, userAgent });
        site.onRequest();
        setTimeout(() => answer(builder, url, request, response), hold);
      });
      server.on('error', reject);
      server.listen(port, `127.0.0.${at + 1}`, () => {
        servers.push(server);
        resolve((server.address() as AddressInfo).port);
      });
    });
  const port = await listen(0, 0);
  for (let at = 1; at < HOSTS; at++) await listen(at, port);
  builder = new SiteBuilder(port, pages, crawlDelay);
  return Object.assign(site, {
    seeds: builder.seeds,
    expected: builder.expected,
    async close() {
      await Promise.all(
        servers.map((server) => {
          server.closeAllConnections();
          return new Promise((resolve) => server.close(resolve));
        }),
      );
    },
  });
}

function answer(
  builder: SiteBuilder | null,
  url: string,
  _: IncomingMessage,
  response: ServerResponse,
): void {
  const found = builder?.answers.get(url);
  if (found === undefined) {
    response.writeHead(404, { 'content-type': 'text/html' });
    response.end('<a href="/from-an-error-page">not there</a>');
    return;
  }
  response.writeHead(found.status, { ...found.headers, 'content-length': found.body.length });
  response.end(found.body);
}

class SiteBuilder {
  readonly answers = new Map<string, Answer>();
  readonly expected = new Set<string>();
  readonly seeds: string[] = [];
  readonly #port: number;

  constructor(port: number, pages: number, crawlDelay: number | null) {
    this.#port = port;
    for (let at = 0; at < HOSTS; at++) {
      this.seeds.push(this.#page(at));
      this.#addRobots(at, crawlDelay);
    }
    for (let at = 0; at < pages; at++) this.#addPage(at, pages);
  }

  #host(at: number): string {
    return `http://127.0.0.${(at % HOSTS) + 1}:${this.#port}`;
  }

  #page(at: number): string {
    if (at < HOSTS) return `${this.#host(at)}/`;
    return at % 6 === 0
      ? `${this.#host(at)}/list.php?page=${at}`
      : `${this.#host(at)}/pages/${at % 40}/p${at}.html`;
  }

  #answer(
    url: string,
    type: string,
    body: string | Buffer,
    headers: Readonly<Record<string, string>> = {},
  ): string {
    const all = { 'content-type': type, ...headers };
    this.answers.set(url, { status: 200, headers: all, body: Buffer.from(body) });
    return url;
  }

  #wanted(
    url: string,
    type: string,
    body: string | Buffer,
    headers?: Readonly<Record<string, string>>,
  ): string {
    this.expected.add(url);
    return this.#answer(url, type, body, headers);
  }

  /** There, but never to be asked for. */
  #forbidden(url: string): string {
    return this.#answer(url, 'text/html', `never ${url}`);
  }

  #redirect(url: string, target: string): string {
    this.expected.add(url);
    this.answers.set(url, { status: 302, headers: { location: target }, body: Buffer.from('moved') });
    return url;
  }

  #addRobots(at: number, crawlDelay: number | null): void {
    const host = this.#host(at);
    const delay = crawlDelay === null ? '' : `Crawl-delay: ${crawlDelay}\n`;
    const rules = `User-agent: *\n${delay}Disallow: /private/\nAllow: /private/open\nDisallow: /*.cgi$\n`;
    this.#answer(`${host}/robots.txt`, 'text/plain', `${rules}\nSitemap: ${host}/index-of-maps.xml\n`);
    const map = `<sitemapindex><sitemap><loc>${host}/map.xml.gz</loc></sitemap></sitemapindex>`;
    this.#answer(`${host}/index-of-maps.xml`, 'application/xml', map);
    const orphan = this.#wanted(`${host}/orphan.html`, 'text/html', 'only the sitemap knows me');
    const urls = `<urlset><url><loc>${orphan}</loc></url><url><loc>${host}/private/of-map</loc></url></urlset>`;
    this.#answer(`${host}/map.xml.gz`, 'application/gzip', gzipSync(urls));
    this.#forbidden(`${host}/private/of-map`);
  }

  #addPage(at: number, pages: number): void {
    const url = this.#page(at);
    const links: string[] = [];
    for (
      let child = at * CHILDREN + HOSTS;
      child < Math.min(pages, at * CHILDREN + HOSTS + CHILDREN);
      child++
    ) {
      const target = this.#page(child);
      links.push(
        `<a href="${child % 5 === 1 ? this.#redirect(`${this.#host(child)}/go/${child}`, target) : target}#top">c</a>`,
      );
    }
    // Cycles, and the same page written in other ways.
    const [other, odd] = [this.#page((at * 7) % pages), this.#page((at * 13) % pages)];
    links.push(
      `<a href=${other}>x</a>`,
      `<area href='${odd.replace('http:', 'HTTP:').replace('/pages/', '/./pages/x/../')}'>`,
    );
    const extra = EXTRAS[at % EXTRAS.length];
    const { html, head = '', headers = {}, encoding = 'utf8' } = extra?.call(this, at) ?? { html: '' };
    const part = at < HOSTS && pages >= FEWEST_WITH_PARTS ? this.#addPart(at) : '';
    const body = `<!doctype html><title>${at}</title>${head}${links.join('\n')}${html}${part}`;
    this.#wanted(
      url,
      encoding === 'latin1' ? 'text/html; charset=windows-1252' : 'text/html',
      Buffer.from(body, encoding),
      headers,
    );
  }

  /** A trap that has no end, or what only looks like one. */
  #addPart(at: number): string {
    const part = SITE_PARTS[at]?.();
    if (part === undefined) return '';
    const host = this.#host(at);
    for (const [path, { body, isWanted }] of part.pages) {
      if (isWanted) this.#wanted(`${host}${path}`, 'text/html', body);
      else this.#answer(`${host}${path}`, 'text/html', body);
    }
    return `<a href="${part.path}">more</a>`;
  }

  missing(at: number): Extra {
    const url = `${this.#host(at)}/missing/${at}`;
    this.expected.add(url);
    return { html: `<a href="/missing/${at}">404</a>` };
  }

  robots(at: number): Extra {
    const host = this.#host(at);
    this.#forbidden(`${host}/private/${at}`);
    this.#forbidden(`${host}/run/${at}.cgi`);
    this.#wanted(`${host}/private/open${at}`, 'text/html', 'allowed');
    return {
      html: `<a href=/private/${at}>a</a><a href=/run/${at}.cgi>b</a><a href="/pr%69vate/open${at}">c</a>`.replace(
        '%69',
        'i',
      ),
    };
  }

  loop(at: number): Extra {
    const host = this.#host(at);
    // Four alike in a row are a trap; it would go on for ever.
    for (let times = 1; times <= 6; times++) {
      const url = `${host}/loop${at}/${'x/'.repeat(times)}`;
      if (times <= 3) this.#wanted(url, 'text/html', `${url} <a href="x/">deeper</a>`);
      else this.#forbidden(url);
    }
    return { html: `<a href="/loop${at}/x/">in</a>` };
  }

  images(at: number): Extra {
    const host = this.#host(at);
    for (const name of [`a${at}.png`, `b${at},1.png`, `p${at}.jpg`, `s${at}.svg`])
      this.#wanted(`${host}/img/${name}`, 'image/png', name);
    return {
      html: `<img srcset="/img/a${at}.png 1x, /img/b${at},1.png 2x"><video poster="/img/p${at}.jpg"></video>
        <svg><image xlink:href="/img/s${at}.svg"/></svg>`,
    };
  }

  css(at: number): Extra {
    const host = this.#host(at);
    const css = `@import "more${at}.css"; b{background:image-set(url('../img/c${at}.png') 1x)} i{content:"url(no${at}.png)"}`;
    this.#wanted(`${host}/css/${at}.css`, 'text/css', css);
    this.#wanted(`${host}/css/more${at}.css`, 'text/css', '/* url(/no.png) */');
    this.#wanted(`${host}/img/c${at}.png`, 'image/png', 'c');
    this.#wanted(`${host}/img/d${at}.png`, 'image/png', 'd');
    return {
      html: `<p style="background:url(/img/d${at}.png)">`,
      head: `<link rel="stylesheet" href="/css/${at}.css">`,
    };
  }

  base(at: number): Extra {
    this.#wanted(`${this.#host(at)}/based/${at}/leaf.html`, 'text/html', 'a leaf');
    return { html: `<a href="leaf.html">l</a>`, head: `<base href="/based/${at}/">` };
  }

  encoding(at: number): Extra {
    this.#wanted(`${this.#host(at)}/caf%C3%A9/${at}?q=%E9t%E9`, 'text/html', 'in two encodings');
    return { html: `<a href="/caf\u00e9/${at}?q=\u00e9t\u00e9">e</a>`, encoding: 'latin1' };
  }

  nofollow(at: number): Extra {
    const host = this.#host(at);
    this.#forbidden(`${host}/unfollowed/${at}`);
    this.#wanted(`${host}/quiet/${at}`, 'text/html', `<a href="/unfollowed/${at}">x</a>`, {
      'x-robots-tag': 'nofollow',
    });
    this.#wanted(
      `${host}/none/${at}`,
      'text/html',
      `<meta name=robots content="noindex, none"><a href="/unfollowed/${at}">x</a>`,
    );
    return {
      html: `<a rel="nofollow" href="/unfollowed/${at}">n</a><a href=/quiet/${at}>q</a><a href=/none/${at}>o</a>`,
    };
  }

  notLinks(at: number): Extra {
    this.#forbidden(`${this.#host(at)}/hidden/${at}`);
    const elsewhere = `http://127.0.0.9:${this.#port}/`;
    return {
      html: `<!-- <a href="/hidden/${at}"> --><script>"<a href='/hidden/${at}'>"</script><form action="/hidden/${at}"><input></form>
        <a href="mailto:a@b">m</a><a href="javascript:void 0">j</a><a href="${elsewhere}">away</a><textarea><a href=/hidden/${at}></textarea>`,
    };
  }

  circle(at: number): Extra {
    const host = this.#host(at);
    this.#redirect(`${host}/circle/${at}/a`, `../../circle/${at}/b`);
    this.#redirect(`${host}/circle/${at}/b`, `/circle/${at}/a`);
    this.#wanted(`${host}/fresh/${at}`, 'text/html', 'refreshed');
    this.#wanted(`${host}/linked/${at}`, 'text/html', 'by a field');
    return {
      html: `<a href="/circle/${at}/a">round</a>`,
      head: `<meta http-equiv=refresh content="5; url=/fresh/${at}">`,
      headers: { link: `</linked/${at}>; rel="next"` },
    };
  }
}

interface Extra {
  readonly html: string;
  readonly head?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly encoding?: BufferEncoding;
}

const { prototype } = SiteBuilder;
const EXTRAS = [
  prototype.missing,
  prototype.robots,
  prototype.loop,
  prototype.images,
  prototype.css,
  prototype.base,
  prototype.encoding,
  prototype.nofollow,
  prototype.notLinks,
  prototype.circle,
  null,
] as const;
