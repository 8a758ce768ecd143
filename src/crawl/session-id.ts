// Session ids in URLs: a page that is handed out under a new one to every visitor is one page.

export interface SessionId {
  readonly name: string;
  readonly value: string;
  /** The URL without it. */
  readonly rest: string;
}

/** What servers call it: PHP, Java, ASP, ColdFusion, osCommerce, Zen Cart, and the plain word. */
const NAME = String.raw`(?:php|j|asp\.?net_?)?sess(?:ion)?_?(?:id)?|s_?id|aspsessionid[a-z]{8}|cfid|cftoken|oscsid|zenid|vsid`;
/** Long enough that it is no number of a record. */
const VALUE = String.raw`[\w.,!-]{12,}|(?<=cf(?:id|token)=)[\w-]{4,}`;
const IN_QUERY = new RegExp(`(?<=[?&;])(${NAME})=(${VALUE})(?=[&;]|$)`, 'gi');
const IN_PATH = new RegExp(`;(${NAME})=(${VALUE})(?=[/;?]|$)`, 'gi');
/** https://learn.microsoft.com/previous-versions/aspnet/aa479314(v=msdn.10): `/(S(24 characters))/` */
const COOKIELESS = /\/\(((?:[A-Z]\([\w-]{8,}\))+)\)(?=\/|$)/g;

/** @returns null for a URL without one */
export function findSessionId({ href }: URL): SessionId | null {
  let name = '';
  let value = '';
  const take = (_: string, found: string, text: string): string => {
    name ||= found;
    value += text;
    return '';
  };
  const [plain = ''] = href.split('#', 1);
  const rest = plain
    .replace(COOKIELESS, (found, text: string) => take(found, '(S())', text))
    .replace(IN_PATH, take)
    .replace(IN_QUERY, take)
    .replace(/(?<![?&;])[?&;]+$/, '')
    .replace(/([?&;])[&;]+/g, '$1');
  return name === '' ? null : { name, value, rest };
}
