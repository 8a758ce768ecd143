import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRobots, productToken, ROBOTS_LIMIT } from '../../src/crawl/robots.js';

const HOST = 'https://example.org';

/** Whether a rule for everyone matches: a disallow of it refuses. */
const matches = (pattern: string, path: string): boolean =>
  !parseRobots(`User-agent: *\nDisallow: ${pattern}`).allows(HOST + path, 'bot');

describe('RFC 9309 2.2.2: paths are compared as octets', () => {
  it.each([
    ['/foo/bar?baz=quz', '/foo/bar?baz=quz'],
    ['/foo/bar?baz=https://foo.bar', '/foo/bar?baz=https%3A%2F%2Ffoo.bar'],
    ['/foo/bar?baz=https%3A%2F%2Ffoo.bar', '/foo/bar?baz=https://foo.bar'],
    ['/foo/bar/ツ', '/foo/bar/%E3%83%84'],
    ['/foo/bar/%E3%83%84', '/foo/bar/ツ'],
    ['/foo/bar/%e3%83%84', '/foo/bar/%E3%83%84'],
    ['/foo/bar/%62%61%7A', '/foo/bar/baz'],
    ['/foo/bar/baz', '/foo/bar/%62%61%7a'],
    ['/path/file-with-a-%2A.html', '/path/file-with-a-*.html'],
    ['/path/foo-%24', '/path/foo-$'],
    ['/a$b', '/a$b'],
    ['/a%7Eb', '/a~b'],
  ])('%s matches %s', (pattern, path) => {
    expect(matches(pattern, path)).toBe(true);
  });

  it.each([
    ['/path/file-with-a-%2A.html', '/path/file-with-a-x.html'],
    ['/path/foo-%24', '/path/foo-'],
    ['/a%2Fb', '/a/b'],
    ['/a/b', '/a%2Fb'],
    ['/a%3D', '/a='],
    ['/Foo', '/foo'],
  ])('%s does not match %s', (pattern, path) => {
    expect(matches(pattern, path)).toBe(false);
  });
});

describe('RFC 9309 2.2.3: * and $', () => {
  it.each([
    ['/', '/', true],
    ['/', '/any?x', true],
    ['/fish', '/fish.html', true],
    ['/fish', '/catfish', false],
    ['/fish', '/?id=fish', false],
    ['/fish*', '/fishheads/yummy.html', true],
    ['/fish/', '/fish', false],
    ['/fish/', '/fish/?id=anything', true],
    ['/*.php', '/folder/filename.php?parameters', true],
    ['/*.php', '/windows.PHP', false],
    ['/*.php', '/?php', false],
    ['/*.php$', '/filename.php', true],
    ['/*.php$', '/filename.php?parameters', false],
    ['/*.php$', '/filename.php5', false],
    ['/*.php$', '/a.php.php', true],
    ['/fish*.php', '/fishheads/catfish.php?parameters', true],
    ['/fish*.php', '/Fish.PHP', false],
    ['/$', '/', true],
    ['/$', '/a', false],
    ['/*', '/a', true],
    ['/a*$', '/ab', true],
    ['/**b', '/ab', true],
    ['/a*a$', '/a', false],
    ['/ab*b$', '/ab', false],
    ['*', '/a', true],
    ['*.pdf', '/a/b.pdf', true],
    ['*?x=', '/a?x=1', true],
    ['fish', '/fish', false],
  ])('%s and %s: %s', (pattern, path, expected) => {
    expect(matches(pattern, path)).toBe(expected);
  });

  it('is what the regular expression of the pattern says, whatever the two', () => {
    const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '/', '*'), maxLength: 10 });
    const path = fc.string({ unit: fc.constantFrom('a', 'b', '/'), maxLength: 14 });
    fc.assert(
      fc.property(pattern, fc.boolean(), path, (wild, anchored, rest) => {
        const source = wild.replaceAll('*', '.*') + (anchored ? '$' : '');
        const url = `/${rest}`;
        expect(matches(`/${wild}${anchored ? '$' : ''}`, url)).toBe(new RegExp(`^/${source}`).test(url));
      }),
      { numRuns: 3000 },
    );
  });

  it('takes no exponential time', () => {
    expect(matches(`/${'*a'.repeat(2000)}b`, `/${'a'.repeat(50_000)}`)).toBe(false);
  });
});

describe('groups', () => {
  const allowed = (text: string, userAgent: string, path = '/x'): boolean =>
    parseRobots(text).allows(HOST + path, userAgent);

  it.each<[string, string, string, boolean]>([
    ['nothing said', '', 'bot', true],
    ['everyone', 'User-agent: *\nDisallow: /', 'bot', false],
    ['empty disallow', 'User-agent: *\nDisallow:', 'bot', true],
    ['only others', 'User-agent: other\nDisallow: /', 'bot', true],
    ['ours before everyone', 'User-agent: *\nDisallow: /\nUser-agent: bot\nDisallow: /y', 'bot', true],
    ['ours without rules', 'User-agent: *\nDisallow: /\n\nUser-agent: bot', 'bot', true],
    ['any letter case', 'USER-AGENT: BOT\ndisALLOW: /', 'bOt', false],
    ['full user agent', 'User-agent: bot\nDisallow: /', 'Bot/1.2 (+https://host/)', false],
    ['a version in the file', 'User-agent: bot/2.1\nDisallow: /', 'bot', false],
    ['no prefix of a name', 'User-agent: bo\nDisallow: /', 'bot', true],
    ['no name with a prefix', 'User-agent: botter\nDisallow: /', 'bot', true],
    ['several names of a group', 'User-agent: a\nUser-agent: bot\nDisallow: /', 'bot', false],
    [
      'merged',
      'User-agent: bot\nDisallow: /y\n\nUser-agent: a\nAllow: /\n\nUser-agent: bot\nDisallow: /x',
      'bot',
      false,
    ],
    [
      'merged everyone',
      'User-agent: *\nDisallow: /y\nUser-agent: a\nAllow: /\nUser-agent: *\nDisallow: /x',
      'bot',
      false,
    ],
    ['a sitemap ends no group', 'User-agent: bot\nSitemap: https://h/s\nDisallow: /', 'bot', false],
    ['nor a delay', 'User-agent: bot\nCrawl-delay: 1\nUser-agent: a\nDisallow: /', 'bot', false],
    ['nor an unknown record', 'User-agent: bot\nFoo: bar\nUser-agent: a\nDisallow: /', 'bot', false],
    ['nor an empty line', 'User-agent: bot\n\n\nDisallow: /', 'bot', false],
    ['a rule before any group', 'Disallow: /\nUser-agent: a', 'bot', true],
    ['comments', 'User-agent: bot # us\n# Allow: /\nDisallow: / # all', 'bot', false],
    ['a comment that begins the path', 'User-agent: bot\nDisallow: #/', 'bot', true],
    ['CRLF', 'User-agent: bot\r\nDisallow: /\r\n', 'bot', false],
    ['CR', 'User-agent: bot\rDisallow: /\r', 'bot', false],
    ['a BOM', '\ufeffUser-agent: bot\nDisallow: /', 'bot', false],
    ['white space', ' \tUser-agent \t:\t bot \t\n Disallow : / ', 'bot', false],
    ['no colon', 'User-agent bot\nDisallow /', 'bot', false],
    ['HTML in its place', '<html><body>Disallow: /</body></html>', 'bot', true],
    ['a star and more', 'User-agent: * foo\nDisallow: /', 'bot', false],
    ['no name at all', 'User-agent:\nDisallow: /', 'bot', true],
  ])('%s', (_, text, userAgent, expected) => {
    expect(allowed(text, userAgent)).toBe(expected);
  });

  it.each([
    ['Allow: /p\nDisallow: /', '/page', true],
    ['Allow: /folder\nDisallow: /folder', '/folder/page', true],
    ['Disallow: /folder\nAllow: /folder', '/folder/page', true],
    ['Allow: /page\nDisallow: /*.htm', '/page.htm', false],
    ['Allow: /page\nDisallow: /*.ph', '/page.php5', true],
    ['Allow: /$\nDisallow: /', '/', true],
    ['Allow: /$\nDisallow: /', '/page.htm', false],
    ['Disallow: /x/\nAllow: /x/page.html', '/x/page.html', true],
    ['Disallow: /', '/robots.txt', true],
    ['Disallow: /robots.txt', '/robots.txt?x', true],
    ['Disallow: /', '/a/robots.txt', false],
  ])('%j, %s: the longest match decides: %s', (rules, path, expected) => {
    expect(allowed(`User-agent: *\n${rules}`, 'bot', path)).toBe(expected);
  });

  it('keeps the example of RFC 9309 5.1', () => {
    const robots = parseRobots(
      [
        'User-Agent: *\nDisallow: *.gif$\nDisallow: /example/\nAllow: /publications/\n',
        'User-Agent: foobot\nDisallow:/\nAllow:/example/page.html\nAllow:/example/allowed.gif\n',
        'User-Agent: barbot\nUser-Agent: bazbot\nDisallow: /example/page.html\n',
        'User-Agent: quxbot\n',
      ].join('\n'),
    );
    const may = (userAgent: string, path: string): boolean => robots.allows(HOST + path, userAgent);
    expect([may('foobot', '/example/page.html'), may('foobot', '/x')]).toEqual([true, false]);
    expect([may('barbot', '/example/page.html'), may('bazbot', '/example/x')]).toEqual([false, true]);
    expect([may('quxbot', '/example/'), may('quxbot', '/a.gif')]).toEqual([true, true]);
    expect([may('other', '/a.gif'), may('other', '/a.gif?x'), may('other', '/example/')]).toEqual([
      false,
      true,
      false,
    ]);
  });

  it('names the rule that decided', () => {
    const robots = parseRobots('# ours\nUser-agent: *\nDisallow: /a\nAllow: /a/*.html$');
    expect(robots.ruleFor(`${HOST}/a/b`, 'bot')).toEqual({ allow: false, path: '/a', line: 3 });
    expect(robots.ruleFor(`${HOST}/a/b.html`, 'bot')).toEqual({ allow: true, path: '/a/*.html$', line: 4 });
    expect(robots.ruleFor(`${HOST}/b`, 'bot')).toBeNull();
  });
});

describe('beside the RFC', () => {
  it.each([
    ['User-agent: *\nCrawl-delay: 2', 2000],
    ['User-agent: *\nCrawl-delay: 0.5', 500],
    ['User-agent: *\nCrawl-delay: 10\nUser-agent: bot\nDisallow:', 10_000],
    ['User-agent: *\nDisallow: /\nCrawl-delay: 10\nUser-agent: bot\nDisallow:', null],
    ['User-agent: bot\nCrawl-delay: 1\n\nUser-agent: bot\nCrawl-delay: 3', 3000],
    ['User-agent: *\nCrawl-delay: soon', null],
    ['User-agent: *\nCrawl-delay: -1', null],
    ['User-agent: *\nCrawl-delay: 1e9', null],
    ['User-agent: *\nCrawl-delay:', null],
    ['Crawl-delay: 5\nUser-agent: *', null],
  ])('%j asks for %s ms', (text, delay) => {
    expect(parseRobots(text).crawlDelay('bot')).toBe(delay);
  });

  it('reads Sitemap lines wherever they stand', () => {
    const text =
      'Sitemap: https://h/a.xml\nUser-agent: *\nsitemap:https://h/b.xml # two\nSitemap: /relative\nDisallow: /';
    expect(parseRobots(text).sitemaps).toEqual(['https://h/a.xml', 'https://h/b.xml']);
  });

  it.each([
    ['fetchall/1.0 (+https://host/)', 'fetchall'],
    ['Mozilla/5.0 (compatible; ExampleBot/2.1; +http://host)', 'examplebot'],
    ['Mozilla/5.0 (X11; Linux)', 'mozilla'],
    ['two_words-bot', 'two_words-bot'],
    ['', ''],
  ])('%s is %s', (userAgent, token) => {
    expect(productToken(userAgent)).toBe(token);
  });
});

describe('size', () => {
  const head = 'User-agent: *\n';

  it('reads 500 KiB, and no rule that is cut', () => {
    const filler = `${'#'.repeat(ROBOTS_LIMIT - head.length - 'Disallow: /a\n'.length - 1)}\n`;
    expect(parseRobots(`${head}${filler}Disallow: /a\nDisallow: /b`).allows(`${HOST}/a`, 'x')).toBe(false);
    expect(parseRobots(`${head}${filler}Disallow: /a\nDisallow: /b`).allows(`${HOST}/b`, 'x')).toBe(true);
    const cut = parseRobots(`${head}#${filler}Disallow: /ab\nDisallow: /b`);
    expect(cut.allows(`${HOST}/a`, 'x')).toBe(true);
  });

  it('counts bytes, of which strings have more than characters', () => {
    const text = `${head}${'#'.padEnd(ROBOTS_LIMIT / 2, 'é')}\nDisallow: /`;
    expect(parseRobots(text).allows(`${HOST}/a`, 'x')).toBe(true);
    expect(parseRobots(Buffer.from(text)).allows(`${HOST}/a`, 'x')).toBe(true);
  });

  it('takes bytes as it takes text, also what is no UTF-8', () => {
    expect(parseRobots(Buffer.from('\ufeffUser-agent: *\nDisallow: /é')).allows(`${HOST}/%C3%A9`, 'x')).toBe(
      false,
    );
    expect(parseRobots(Buffer.from(`${head}#\xff\nDisallow: /`, 'latin1')).allows(HOST, 'x')).toBe(false);
  });

  it('is not multiplied: many names above many rules', () => {
    const names = Array.from({ length: 14_000 }, (_, number) => `User-agent: a${number}\n`).join('');
    const robots = parseRobots(names + 'Disallow: /x\n'.repeat(18_000));
    expect([robots.allows(`${HOST}/x`, 'a7'), robots.allows(`${HOST}/x`, 'b')]).toEqual([false, true]);
  });

  it('answers whatever the text', () => {
    const word = fc.constantFrom(
      'User-agent',
      'Allow',
      'Disallow',
      ':',
      ' ',
      '*',
      '$',
      '%',
      '%zz',
      '/',
      '#',
      '\n',
      '\r',
      'bot',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(word, fc.string())), fc.webUrl(), (words, url) => {
        const robots = parseRobots(words.join(''));
        expect(robots.allows(url, 'bot')).toBe(robots.ruleFor(url, 'bot')?.allow ?? true);
      }),
    );
  });
});
