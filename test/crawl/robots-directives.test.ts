import { describe, expect, it } from 'vitest';
import { headerDirectives, metaDirectives } from '../../src/crawl/robots-directives.js';

describe('X-Robots-Tag', () => {
  it.each<[readonly string[], boolean, boolean]>([
    [[], false, false],
    [[''], false, false],
    [['noindex'], false, true],
    [['NoFollow'], true, false],
    [['none'], true, true],
    [['noarchive, nofollow'], true, false],
    [['noarchive', 'nofollow'], true, false],
    [['all'], false, false],
    [['bot: nofollow'], true, false],
    [['BOT:nofollow,noindex'], true, true],
    [['other: nofollow, noindex'], false, false],
    [['other: nofollow', 'noindex'], false, true],
    [['other: nofollow, bot: noindex'], false, true],
    [['unavailable_after: 25 Jun 2010 15:00:00 PST, nofollow'], true, false],
    [['max-snippet:20, nofollow'], true, false],
    [['other: max-snippet:20, nofollow'], false, false],
    [['noindex nofollow'], true, true],
    [['bot: noindex nofollow'], true, true],
    [['nofollowed'], false, false],
  ])('%j: nofollow %s, noindex %s', (values, nofollow, noindex) => {
    expect(headerDirectives(values, 'Bot/1.0')).toEqual({ nofollow, noindex });
  });
});

describe('meta robots', () => {
  it.each<[string, string, boolean, boolean]>([
    ['robots', 'noindex, nofollow', true, true],
    ['ROBOTS', ' None ', true, true],
    ['bot', 'nofollow', true, false],
    ['other', 'nofollow', false, false],
    ['description', 'nofollow', false, false],
    ['robots', 'noindex nofollow', true, true],
    ['robots', 'index,follow', false, false],
    ['robots', '', false, false],
  ])('%s: %s: nofollow %s, noindex %s', (name, content, nofollow, noindex) => {
    expect(metaDirectives([{ name, content }], 'bot')).toEqual({ nofollow, noindex });
  });
});
