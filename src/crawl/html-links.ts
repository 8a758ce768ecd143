// Which attributes of HTML lead somewhere, and where in their values the URLs stand:
// https://html.spec.whatwg.org/multipage/indices.html#attributes-3 and https://svgwg.org/svg2-draft/linking.html
//
// Forms are left alone, with `formaction` and what a click sends (`ping`): to submit is not to read.

import { cssPlaces } from './css-links.js';
import { kindOfRelations, type LinkKind, relations } from './link.js';
import type { Attribute, Tag } from './markup.js';
import { refreshPlace } from './meta-refresh.js';
import type { Place } from './place.js';
import { srcsetPlaces } from './srcset.js';

/** How the value of an attribute holds URLs; `document`: it is a page itself. */
export type ReferenceForm = 'url' | 'srcset' | 'style' | 'refresh' | 'document';

export interface Reference {
  readonly attribute: Attribute;
  readonly form: ReferenceForm;
  readonly kind: LinkKind;
}

type Row = Readonly<Record<string, readonly [ReferenceForm, LinkKind]>>;

const PAGE = ['url', 'page'] as const;
const PART = ['url', 'requisite'] as const;
const PARTS = ['srcset', 'requisite'] as const;
const SVG_PART: Row = { href: PART, 'xlink:href': PART };
const CITED: Row = { cite: PAGE };
const BACKGROUND: Row = { background: PART };

const ROWS: Readonly<Record<string, Row>> = {
  a: { href: PAGE, 'xlink:href': PAGE },
  area: { href: PAGE },
  img: { src: PART, srcset: PARTS, lowsrc: PART, longdesc: PAGE },
  source: { src: PART, srcset: PARTS },
  video: { src: PART, poster: PART },
  audio: { src: PART },
  track: { src: PART },
  iframe: { src: PART, srcdoc: ['document', 'requisite'], longdesc: PAGE },
  frame: { src: PART, longdesc: PAGE },
  embed: { src: PART },
  object: { data: PART },
  script: { src: PART, href: PART, 'xlink:href': PART },
  input: { src: PART },
  body: BACKGROUND,
  table: BACKGROUND,
  thead: BACKGROUND,
  tbody: BACKGROUND,
  tfoot: BACKGROUND,
  tr: BACKGROUND,
  td: BACKGROUND,
  th: BACKGROUND,
  blockquote: CITED,
  q: CITED,
  ins: CITED,
  del: CITED,
  image: SVG_PART,
  use: SVG_PART,
  feimage: SVG_PART,
  pattern: SVG_PART,
  lineargradient: SVG_PART,
  radialgradient: SVG_PART,
  textpath: SVG_PART,
  mpath: SVG_PART,
};

const STYLE = ['style', 'requisite'] as const;
/** Attributes of svg that are properties of CSS: https://www.w3.org/TR/SVG2/styling.html#PresentationAttributes */
const PRESENTATION = new Set([
  'fill',
  'stroke',
  'filter',
  'mask',
  'clip-path',
  'cursor',
  'marker-start',
  'marker-mid',
  'marker-end',
]);

/** In no order that means something. A `base` has none: it says what the others mean. */
export function referencesOf(tag: Tag): Reference[] {
  if (tag.attributes.size === 0) return [];
  const name = tag.name.toLowerCase();
  if (name === 'link') return ofLink(tag);
  if (name === 'meta') return ofMeta(tag);
  const row = Object.hasOwn(ROWS, name) ? ROWS[name] : undefined;
  const references: Reference[] = [];
  for (const attribute of tag.attributes.values()) {
    const own = row !== undefined && Object.hasOwn(row, attribute.name) ? row[attribute.name] : undefined;
    const isStyle = attribute.name === 'style' || (tag.isForeign && PRESENTATION.has(attribute.name));
    const found = isStyle ? STYLE : own;
    if (found !== undefined) references.push({ attribute, form: found[0], kind: found[1] });
  }
  return references;
}

/** The URLs of a value, but for `document`. */
export function placesIn(value: string, form: ReferenceForm): readonly Place[] {
  switch (form) {
    case 'url':
      return [{ url: value, start: 0, end: value.length }];
    case 'srcset':
      return srcsetPlaces(value);
    case 'style':
      // A mere fragment is of this document, whatever its base: https://drafts.csswg.org/css-values-4/#local-urls
      return value.includes('(') ? cssPlaces(value).filter(({ url }) => !url.startsWith('#')) : [];
    case 'refresh':
      return [refreshPlace(value) ?? []].flat();
    case 'document':
      return [];
  }
}

/** Whether the page asks robots not to follow this element. */
export function isNofollow(tag: Tag): boolean {
  return relations(tag.attributes.get('rel')?.value ?? '').includes('nofollow');
}

function ofLink({ attributes }: Tag): Reference[] {
  const kind = kindOfRelations(relations(attributes.get('rel')?.value ?? ''));
  const references: Reference[] = [];
  for (const attribute of attributes.values()) {
    if (attribute.name === 'href' && kind !== null) references.push({ attribute, form: 'url', kind });
    if (attribute.name === 'imagesrcset') references.push({ attribute, form: 'srcset', kind: 'requisite' });
  }
  return references;
}

function ofMeta({ attributes }: Tag): Reference[] {
  const attribute = attributes.get('content');
  if (attributes.get('http-equiv')?.value.toLowerCase() !== 'refresh' || attribute === undefined) return [];
  return [{ attribute, form: 'refresh', kind: 'page' }];
}
