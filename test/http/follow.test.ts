// What the hops of a redirect ask, over a transport without sockets.

import { describe, expect, it } from 'vitest';
import { follow, type Question } from '../../src/http/follow.js';
import type { HttpRequest } from '../../src/http/transport.js';
import { FetchallError } from '../../src/model/errors.js';
import { type StubAnswer, StubTransport } from '../support/stub-transport.js';
import { GUARD, Recorder } from './recorder.js';

interface Walk {
  readonly recorder: Recorder;
  readonly requests: readonly HttpRequest[];
  /** URL and Authorization of each request. */
  readonly authorizations: readonly string[];
}

type Site = Readonly<Record<string, string | StubAnswer>>;

/** Asks for `url` of a site in which a string is where the URL redirects to. */
async function walk(site: Site, url: string, question: Partial<Question> = {}): Promise<Walk> {
  const requests: HttpRequest[] = [];
  const transport = new StubTransport((request) => {
    requests.push(request);
    const answer = site[request.url.href] ?? { status: 404 };
    return typeof answer === 'string' ? { status: 302, headers: { location: answer } } : answer;
  });
  const recorder = new Recorder();
  const policy = { maxRedirects: 20, allowDowngrade: false, ...GUARD };
  const first = { header: [], userAgent: 'fetchall/1', credentials: null, policy, ...question };
  follow(transport, { url: new URL(url), ...first }, recorder);
  await recorder.over();
  expect(transport.inFlight).toBe(0);
  const authorizations = requests.map((request) =>
    `${request.url.href} ${field(request, 'authorization')}`.trim(),
  );
  return { recorder, requests, authorizations };
}

function field(request: HttpRequest, wanted: string): string {
  const index = request.headers.findIndex((name, at) => at % 2 === 0 && name.toLowerCase() === wanted);
  return index === -1 ? '' : (request.headers[index + 1] ?? '');
}

const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
const CREDENTIALS = { user: 'me', password: 'secret' };

describe('follow', () => {
  it('hands on the last response only, with the URL that answered', async () => {
    const { recorder } = await walk(
      {
        'http://host/a': { status: 301, headers: { location: 'dir/b' }, body: 'moved' },
        'http://host/dir/b': '//other/c#top',
        'http://other/c': { body: 'here' },
      },
      'http://host/a',
    );
    expect(recorder.calls).toEqual(['head 200', 'data 4', 'end']);
    expect(recorder.head?.url.href).toBe('http://other/c');
  });

  it.each([
    [0, 0],
    [1, 1],
    [20, 20],
  ])('with a limit of %i it follows %i', async (maxRedirects, length) => {
    const chain: Record<string, string | StubAnswer> = {};
    for (let hop = 0; hop < 30; hop++) chain[`http://host/${hop}`] = String(hop + 1);
    const policy = { maxRedirects, allowDowngrade: false, ...GUARD };
    const over = await walk(chain, 'http://host/0', { policy });
    expect(over.requests).toHaveLength(length + 1);
    expect(over.recorder.calls).toEqual(['refused 302 ERR_REDIRECT']);
    expect(over.recorder.head?.url.href).toBe(`http://host/${length}`);
    const exact = await walk({ ...chain, [`http://host/${length}`]: {} }, 'http://host/0', { policy });
    expect(exact.recorder.calls).toEqual(['head 200', 'end']);
  });

  it('ends a circle with an error, and gives its last response up', async () => {
    const two = await walk({ 'http://host/a': '/b', 'http://host/b': '/a' }, 'http://host/a');
    expect(two.recorder.calls).toEqual(['refused 302 ERR_REDIRECT']);
    expect(two.recorder.head?.url.href).toBe('http://host/b');
    expect(two.requests).toHaveLength(2);
    const endless = (function* () {
      for (;;) yield Buffer.alloc(1000);
    })();
    const one = await walk(
      { 'http://host/a': { status: 302, headers: { location: '/a' }, body: endless } },
      'http://host/a',
    );
    expect(one.recorder.calls).toEqual(['refused 302 ERR_REDIRECT']);
  });

  it.each([{}, { location: 'ftp://host/b' }, { location: 'http://' }])(
    'refuses a Location that leads nowhere: %o',
    async (headers) => {
      const { recorder } = await walk({ 'http://host/a': { status: 301, headers } }, 'http://host/a');
      expect(recorder.calls).toEqual(['refused 301 ERR_REDIRECT']);
      expect(recorder.head?.url.href).toBe('http://host/a');
    },
  );

  it('refuses to go from https to http', async () => {
    const site = { 'https://host/a': 'http://host/a', 'http://host/a': {} };
    expect((await walk(site, 'https://host/a')).recorder.calls).toEqual(['refused 302 ERR_BLOCKED']);
    const policy = { maxRedirects: 20, allowDowngrade: true, ...GUARD };
    const allowed = await walk(site, 'https://host/a', { policy });
    expect(allowed.recorder.calls).toEqual(['head 200', 'end']);
  });

  it('hands an error on, wherever it comes', async () => {
    const error = new FetchallError('ERR_CONNECT', 'refused');
    const site = { 'http://host/a': '/b', 'http://host/b': error, 'http://host/c': { body: 'x', error } };
    expect((await walk(site, 'http://host/a')).recorder.error).toBe(error);
    expect((await walk(site, 'http://host/c')).recorder.calls).toEqual([
      'head 200',
      'data 1',
      'error ERR_CONNECT',
    ]);
  });

  it('understands a redirect whose body breaks off', async () => {
    const error = new FetchallError('ERR_TRUNCATED', 'broken');
    const { recorder } = await walk(
      {
        'http://host/a': { status: 302, headers: { location: '/b' }, body: 'x', error },
        'http://host/b': {},
      },
      'http://host/a',
    );
    expect(recorder.calls).toEqual(['head 200', 'end']);
  });
});

describe('secrets', () => {
  it('go to their own origin only, and again when it is reached once more', async () => {
    const { recorder, authorizations } = await walk(
      {
        'http://host/a': '/b',
        'http://host/b': 'http://host:81/c',
        'http://host:81/c': 'https://host/d',
        'https://host/d': 'https://other/e',
        'https://other/e': 'http://host/f',
        'http://host/f': {},
      },
      'http://host/a',
      { credentials: CREDENTIALS, policy: { maxRedirects: 20, allowDowngrade: true, ...GUARD } },
    );
    expect(recorder.head?.status).toBe(200);
    expect(authorizations).toEqual([
      `http://host/a ${basic('me:secret')}`,
      `http://host/b ${basic('me:secret')}`,
      'http://host:81/c',
      'https://host/d',
      'https://other/e',
      `http://host/f ${basic('me:secret')}`,
    ]);
  });

  it('of a header are treated alike; other fields go everywhere', async () => {
    const { requests } = await walk(
      { 'http://host/a': 'http://other/b', 'http://other/b': 'http://host/c', 'http://host/c': {} },
      'http://host/a',
      {
        header: [
          ['Cookie', 'id=1'],
          ['X-Api-Key', 'key'],
          ['Accept-Language', 'de'],
        ],
      },
    );
    const seen = requests.map((request) =>
      ['cookie', 'x-api-key', 'accept-language'].map((name) => field(request, name)),
    );
    expect(seen).toEqual([
      ['id=1', 'key', 'de'],
      ['', '', 'de'],
      ['id=1', 'key', 'de'],
    ]);
  });

  it('of a Location go to the origin they stand for, and are shown nowhere', async () => {
    const { recorder, requests, authorizations } = await walk(
      {
        'http://host/a': 'http://you:p%40ss@other/b',
        'http://other/b': '/c',
        'http://other/c': 'http://third/d',
        'http://third/d': 'http://other/e',
        'http://other/e': 'http://host/f',
        'http://host/f': {},
      },
      'http://host/a',
      { credentials: CREDENTIALS },
    );
    expect(authorizations).toEqual([
      `http://host/a ${basic('me:secret')}`,
      `http://other/b ${basic('you:p@ss')}`,
      `http://other/c ${basic('you:p@ss')}`,
      'http://third/d',
      `http://other/e ${basic('you:p@ss')}`,
      `http://host/f ${basic('me:secret')}`,
    ]);
    expect(requests.some(({ url }) => url.username !== '' || url.password !== '')).toBe(false);
    expect(recorder.head?.url.href).toBe('http://host/f');
  });

  it('of a Location on the way home replace those that were given', async () => {
    const { authorizations } = await walk(
      { 'http://host/a': 'http://you@host/b', 'http://host/b': '/c', 'http://host/c': {} },
      'http://host/a',
      { credentials: CREDENTIALS },
    );
    expect(authorizations.slice(1)).toEqual([
      `http://host/b ${basic('you:')}`,
      `http://host/c ${basic('you:')}`,
    ]);
  });
});
