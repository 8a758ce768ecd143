/** What has links, by its syntax; `xml`: XHTML and SVG. */
export type DocumentType = 'html' | 'xml' | 'css';

const TYPES: Readonly<Record<string, DocumentType>> = {
  'text/html': 'html',
  'application/xhtml+xml': 'xml',
  'image/svg+xml': 'xml',
  'text/css': 'css',
};

/** @returns null for what has no links that are read */
export function documentTypeOf(mediaType: string): DocumentType | null {
  return Object.hasOwn(TYPES, mediaType) ? (TYPES[mediaType] ?? null) : null;
}
