// Session ids in URLs: a page that is handed out under a new one to every visitor is one page.

export interface SessionId {
  readonly name: string;
  readonly value: string;
  /** The URL without it. */
  readonly rest: string;
  /** Its name is that of a server's own sessions, and no word that a site may use for something else. */
  readonly isCertain: boolean;
}

/** What servers call it: PHP, Java, ASP, ColdFusion (whose id without its token may be any), osCommerce, Zen Cart. */
const CERTAIN = String.raw`(?:php|j|asp\.?net_?)sess(?:ion)?_?(?:id)?|aspsessionid[a-z]{8}|cfid=[\w-]+[&;]cftoken|oscsid|zenid`;
/** A talk and a parliament have sessions too, and a story may have an sid. */
const PLAIN = 'sess(?:ion)?_?(?:id)?|s_?id|vsid';
/** Long enough that it is no number of a record. */
const VALUE = String.raw`[\w.,!-]{12,}|(?<=cftoken=)[\w-]{4,}`;
const IN_QUERY = new RegExp(`(?<=[?&;])(${CERTAIN}|${PLAIN})=(${VALUE})(?=[&;]|$)`, 'gi');
const IN_PATH = new RegExp(`;(${CERTAIN}|${PLAIN})=(${VALUE})(?=[/;?]|$)`, 'gi');
const IS_PLAIN = new RegExp(`^(?:${PLAIN})$`, 'i');
/** https://learn.microsoft.com/previous-versions/aspnet/aa479314(v=msdn.10): `/(S(24 characters))/` */
const COOKIELESS = /\/\(((?:[A-Z]\([\w-]{8,}\))+)\)(?=\/|$)/g;

/** Letters and digits of a token at least. */
const SHORTEST_TOKEN = 16;
/** Between letter and digit, or from a small letter to a capital one; those between words and their numbers are few. */
const SWITCH = /(?<=[a-z])(?=[A-Z\d])|(?<=[A-Z])(?=\d)|(?<=\d)(?=[A-Za-z])/g;
const FEWEST_SWITCHES = 5;
/** Characters of a token to a switch; by chance a hex digit has one every second time, a letter or digit of any case two of three. */
const PER_SWITCH = 4;

/** @returns null for a URL without one */
export function findSessionId({ href }: URL): SessionId | null {
  let name = '';
  let value = '';
  let isCertain = false;
  const take = (whole: string, found: string, text: string): string => {
    const isPlain = IS_PLAIN.test(found);
    if (isPlain && !isToken(text)) return whole;
    name ||= found.split('=', 1)[0] ?? '';
    value += text;
    isCertain ||= !isPlain;
    return '';
  };
  const [plain = ''] = href.split('#', 1);
  const rest = plain
    .replace(COOKIELESS, (found, text: string) => take(found, '(S())', text))
    .replace(IN_PATH, take)
    .replace(IN_QUERY, take);
  if (name === '') return null;
  return {
    name,
    value,
    rest: rest.replace(/(?<![?&;])[?&;]+$/, '').replace(/([?&;])[&;]+/g, '$1'),
    isCertain,
  };
}

/** Whether it was drawn, and not written: words, dates and numbers of records were written. */
function isToken(text: string): boolean {
  const { length } = text.replace(/[^A-Za-z\d]/g, '');
  const switches = text.match(SWITCH)?.length ?? 0;
  return length >= SHORTEST_TOKEN && switches >= Math.max(FEWEST_SWITCHES, length / PER_SWITCH);
}
