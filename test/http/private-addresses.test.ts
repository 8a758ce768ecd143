// Which addresses are asked, over real sockets on loopback and a network of names that is made up.

import { describe, expect, it } from 'vitest';
import { follow } from '../../src/http/follow.js';
import type { ReachPolicy } from '../../src/http/reach.js';
import type { Transport } from '../../src/http/transport.js';
import { type FakeNetwork, fakeNetwork } from '../support/fake-network.js';
import { serve } from '../support/servers.js';
import { StubTransport } from '../support/stub-transport.js';
import { GUARD, get, got, openTransport, Recorder } from './recorder.js';

const PUBLIC = '93.184.216.34';
const DENY: ReachPolicy = { ...GUARD, denyPrivate: true };
const ALLOW: ReachPolicy = { ...GUARD, allowPrivateRedirects: true };

const names = {
  'public.example': [PUBLIC],
  'other.example': ['2606:2800:220:1::1'],
  'inside.example': ['10.0.0.1'],
  'beside.example': ['fd12::1', '192.168.0.7'],
  'both.example': ['10.0.0.1', PUBLIC, '127.0.0.1'],
};

async function ask(transport: Transport, url: string, guard = GUARD): Promise<Recorder> {
  const recorder = new Recorder();
  const policy = { maxRedirects: 20, allowDowngrade: true, ...guard };
  follow(
    transport,
    { url: new URL(url), header: [], userAgent: 'fetchall/1', credentials: null, policy },
    recorder,
  );
  return await recorder.over();
}

interface Site {
  readonly network: FakeNetwork;
  readonly transport: Transport;
  /** Asks for `host/path` and follows redirects. */
  go(host: string, path: string, guard?: ReachPolicy): Promise<Recorder>;
  /** Host and path of the requests that arrived. */
  readonly seen: () => string[];
  readonly connections: () => number;
}

/**
 * A server that stands behind every address. `/to/HOST/REST` redirects to `http://HOST:port/REST`, `/close/...` too and closes
 * its connection; all else is a file.
 */
async function site(given: Parameters<typeof fakeNetwork>[0] = names): Promise<Site> {
  const network = fakeNetwork(given);
  const transport = openTransport({}, network);
  const server = await serve((request) => {
    const [, how, host, rest] = /^\/(to|close)\/([^/]+)\/(.*)$/.exec(request.url) ?? [];
    const headers = how === 'close' ? { connection: 'close' } : {};
    if (host === undefined) return { body: 'here' };
    return { location: `http://${host}:${server.port}/${rest}`, headers, body: 'moved' };
  });
  return {
    network,
    transport,
    go: (host, path, guard) => ask(transport, `http://${host}:${server.port}/${path}`, guard),
    seen: () => server.requests.map(({ host, url }) => `${host.replace(/:\d+$/, '')}${url}`),
    connections: () => server.connections,
  };
}

describe('a redirect from a public address', () => {
  it.each([
    '169.254.169.254',
    '127.0.0.1',
    '127.1',
    '0x7f000001',
    '0',
    '10.0.0.1',
    '192.168.1.1',
    '100.100.100.200',
    'localhost',
    '[::1]',
    '[::ffff:169.254.169.254]',
    '[fd00:ec2::254]',
    '[fe80::1]',
    '[64:ff9b::7f00:1]',
    '[2002:a9fe:a9fe::]',
    'inside.example',
    'beside.example',
  ])('to %s is refused, before a connection is made', async (host) => {
    const { go, network, seen } = await site();
    const recorder = await go('public.example', `to/${host}/secret`);
    expect(recorder.calls).toEqual(['refused 302 ERR_BLOCKED']);
    expect(recorder.head?.url.hostname).toBe('public.example');
    expect(recorder.error?.message).toMatch(/: .*no public address.*--allow-private-redirects/);
    expect(network.dialled).toEqual([PUBLIC]);
    expect(seen()).toEqual([`public.example/to/${host}/secret`]);
  });

  it.each(['127.0.0.1', 'localhost', 'inside.example'])(
    'to %s is followed where that is allowed',
    async (host) => {
      const { go, seen } = await site({ ...names, localhost: ['::1'] });
      expect((await go('public.example', `to/${host}/a`, ALLOW)).body.toString()).toBe('here');
      expect(seen()).toEqual([`public.example/to/${host}/a`, `${host}/a`]);
    },
  );

  it('to a public one is followed, by name and by address', async () => {
    const { go, network } = await site();
    const recorder = await go('public.example', `to/other.example/to/8.8.8.8/to/public.example/a`);
    expect(recorder.calls).toEqual(['head 200', 'data 4', 'end']);
    expect(network.dialled).toEqual([PUBLIC, '2606:2800:220:1::1', '8.8.8.8']);
  });

  it('to the same origin goes over the same connection', async () => {
    const { go, connections, network } = await site();
    await go('public.example', 'to/public.example/to/public.example/a');
    expect(connections()).toBe(1);
    expect(network.lookups).toEqual(['public.example']);
  });

  it('is refused although an address in the URL answered it', async () => {
    const { go } = await site();
    expect((await go('8.8.8.8', 'to/10.0.0.1/a')).calls).toEqual(['refused 302 ERR_BLOCKED']);
  });

  it('to a name with both sorts of addresses uses the public ones', async () => {
    const { go, network } = await site();
    expect((await go('public.example', 'to/both.example/a')).isOver).toBe(true);
    expect(network.dialled).toEqual([PUBLIC, PUBLIC]);
  });
});

describe('a redirect from a private address', () => {
  it.each(['10.0.0.1', '127.0.0.1', 'localhost', 'inside.example', 'beside.example'])(
    'to %s is followed',
    async (host) => {
      const { go } = await site({ ...names, localhost: ['127.0.0.1'] });
      expect((await go('inside.example', `to/${host}/a`)).body.toString()).toBe('here');
      expect((await go('192.168.0.1', `to/${host}/a`)).body.toString()).toBe('here');
    },
  );

  it('to a public one is followed, and from there no longer to a private one', async () => {
    const { go, seen } = await site();
    const path = 'to/public.example/to/inside.example/a';
    expect((await go('inside.example', path)).calls).toEqual(['refused 302 ERR_BLOCKED']);
    expect(seen()).toHaveLength(2);
  });

  it('keeps what a public one has said, however many hops lie between', async () => {
    const { go } = await site();
    const path = 'to/public.example/to/other.example/to/8.8.8.8/to/127.0.0.1/a';
    expect((await go('inside.example', path)).head?.url.hostname).toBe('8.8.8.8');
  });
});

describe('--deny-private', () => {
  it.each(['10.0.0.1', '127.0.0.1', 'localhost', '[::1]', 'inside.example', 'beside.example'])(
    'refuses %s at once',
    async (host) => {
      const { go, network, seen } = await site({ ...names, localhost: ['127.0.0.1'] });
      const recorder = await go(host, 'a', DENY);
      expect(recorder.calls).toEqual(['error ERR_BLOCKED']);
      expect(recorder.error?.message).toMatch(/no public address.*--deny-private/);
      expect([network.dialled, seen()]).toEqual([[], []]);
    },
  );

  it('refuses a hop too, and outranks the permission to redirect', async () => {
    const { go, network } = await site();
    const recorder = await go('public.example', 'to/inside.example/a', { ...ALLOW, denyPrivate: true });
    expect(recorder.calls).toEqual(['refused 302 ERR_BLOCKED']);
    expect(recorder.error?.message).toContain('--deny-private');
    expect(network.dialled).toEqual([PUBLIC]);
  });

  it('asks public ones, those of a name that has both sorts', async () => {
    const { go, network } = await site();
    expect((await go('both.example', 'to/8.8.8.8/a', DENY)).body.toString()).toBe('here');
    expect(network.dialled).toEqual([PUBLIC, '8.8.8.8']);
  });

  it('says nothing after the request was given up', async () => {
    const recorder = new Recorder();
    const policy = { maxRedirects: 20, allowDowngrade: true, ...DENY };
    const question = { header: [], userAgent: 'fetchall/1', credentials: null, policy };
    follow(openTransport(), { url: new URL('http://127.0.0.1/'), ...question }, recorder).abort();
    await new Promise((resolve) => setImmediate(resolve));
    expect(recorder.calls).toEqual([]);
  });
});

describe('a name that changes', () => {
  const rebinding = (lookup: number): string[] => [lookup === 0 ? PUBLIC : '127.0.0.1'];

  it('from public to private is refused at the next connection', async () => {
    const { go, network } = await site({ 'evil.example': rebinding });
    const recorder = await go('evil.example', 'close/evil.example/a');
    expect(recorder.calls).toEqual(['refused 302 ERR_BLOCKED']);
    expect(network).toMatchObject({ lookups: ['evil.example', 'evil.example'], dialled: [PUBLIC] });
    const denied = await site({ 'evil.example': rebinding });
    expect((await denied.go('evil.example', 'close/evil.example/a', DENY)).code).toBe('ERR_BLOCKED');
  });

  it('cannot use a connection that was made to its private address', async () => {
    const { go, connections, seen } = await site();
    expect((await go('inside.example', 'to/inside.example/a')).calls.at(-1)).toBe('end');
    expect(connections()).toBe(1);
    expect((await go('public.example', 'to/inside.example/b')).calls).toEqual(['refused 302 ERR_BLOCKED']);
    expect((await go('inside.example', 'b', DENY)).calls).toEqual(['error ERR_BLOCKED']);
    expect(seen().filter((request) => request === 'inside.example/b')).toEqual([]);
  });

  it('from private to public is found again', async () => {
    const { go, network } = await site({ 'name.example': (lookup) => [lookup < 2 ? '10.0.0.1' : PUBLIC] });
    const recorder = await go('name.example', 'close/name.example/a');
    expect(recorder.calls).toEqual(['head 200', 'data 4', 'end']);
    expect(recorder.head?.isPublic).toBe(true);
    expect(network.dialled).toEqual(['10.0.0.1', PUBLIC]);
  });

  it('with every lookup is refused in the end', async () => {
    const { go, network } = await site({
      'odd.example': (lookup) => [lookup % 2 === 0 ? '10.0.0.1' : PUBLIC],
    });
    expect((await go('odd.example', 'a')).calls).toEqual(['error ERR_BLOCKED']);
    expect(network).toMatchObject({ lookups: ['odd.example', 'odd.example'], dialled: [] });
  });
});

describe('the transport', () => {
  it('says whether the address that answered is public', async () => {
    const { go } = await site();
    expect((await go('public.example', 'a')).head?.isPublic).toBe(true);
    expect((await go('8.8.8.8', 'a')).head?.isPublic).toBe(true);
    expect((await go('inside.example', 'a')).head?.isPublic).toBe(false);
    expect((await go('127.0.0.1', 'a')).head?.isPublic).toBe(false);
  });

  it('asks the name server once more for a private name, and then knows', async () => {
    const { go, network } = await site();
    await go('inside.example', 'close/inside.example/a');
    expect(network.lookups).toEqual(['inside.example', 'inside.example', 'inside.example']);
    expect(network.dialled).toEqual(['10.0.0.1', '10.0.0.1']);
  });

  it('heeds publicOnly whoever asks', async () => {
    const { transport, network } = await site();
    const recorder = new Recorder();
    transport.send({ url: new URL('http://10.0.0.1/'), headers: [], publicOnly: true }, recorder);
    expect(recorder.calls).toEqual([]);
    expect((await recorder.over()).calls).toEqual(['error ERR_BLOCKED']);
    expect(network.dialled).toEqual([]);
  });

  it('has an error for a name that does not exist', async () => {
    const { go } = await site();
    expect((await go('nowhere.example', 'a')).code).toBe('ERR_DNS');
    expect((await go('nowhere.example', 'a', DENY)).code).toBe('ERR_DNS');
    expect((await go('public.example', 'to/nowhere.example/a')).calls).toEqual(['error ERR_DNS']);
  });

  it('does not turn to the other side for a request that was given up', async () => {
    const { transport, network } = await site();
    const { exchange, recorder } = get(transport, 'http://inside.example/');
    exchange.abort();
    expect((await got(transport, 'http://nowhere.example/')).code).toBe('ERR_DNS');
    expect(recorder.calls).toEqual([]);
    expect(network.lookups).toEqual(['inside.example', 'nowhere.example']);
  });

  it('checks TLS connections too', async () => {
    const network = fakeNetwork(names);
    const server = await serve({ '/a': { body: 'here' } }, { tls: 'valid' });
    const transport = openTransport({ insecure: true }, network);
    expect((await ask(transport, `https://public.example:${server.port}/a`, DENY)).body.toString()).toBe(
      'here',
    );
    expect((await ask(transport, `https://inside.example:${server.port}/a`, DENY)).code).toBe('ERR_BLOCKED');
    expect((await ask(transport, `https://10.0.0.1:${server.port}/a`, DENY)).code).toBe('ERR_BLOCKED');
    expect(network.dialled).toEqual([PUBLIC]);
  });
});

describe('where no addresses are known', () => {
  const stub = (location: string): StubTransport =>
    new StubTransport(({ url }) => (url.pathname === '/' ? { status: 302, headers: { location } } : {}));

  it.each(['http://127.0.0.1/a', 'http://[::1]/a', 'http://localhost/a', 'http://169.254.169.254/a'])(
    'a name counts as public: no redirect to %s',
    async (location) => {
      expect((await ask(stub(location), 'http://name.example/')).calls).toEqual(['refused 302 ERR_BLOCKED']);
      expect((await ask(stub(location), 'http://name.example/', ALLOW)).calls).toEqual(['head 200', 'end']);
      expect((await ask(stub(location), 'http://localhost/')).calls).toEqual(['head 200', 'end']);
      expect((await ask(stub(location), 'http://10.0.0.1/')).calls).toEqual(['head 200', 'end']);
    },
  );

  it('--deny-private refuses addresses that stand in the URL, and lets names pass', async () => {
    const transport = stub('http://name.example/a');
    expect((await ask(transport, 'http://127.0.0.1/', DENY)).calls).toEqual(['error ERR_BLOCKED']);
    expect(transport.sent).toBe(0);
    expect((await ask(transport, 'http://name.example/', DENY)).calls).toEqual(['head 200', 'end']);
  });
});
