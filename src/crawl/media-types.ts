// Which extensions of file names belong to which media types, as far as crawling asks. Facts of the IANA registry and of servers' tables.

/** The first of a type is the one to give. */
const EXTENSIONS: Readonly<Record<string, readonly string[]>> = {
  'text/html': ['html', 'htm', 'shtml'],
  'application/xhtml+xml': ['xhtml', 'html', 'htm', 'xht'],
  'text/css': ['css'],
  'text/javascript': ['js', 'mjs', 'cjs'],
  'application/javascript': ['js', 'mjs', 'cjs'],
  'application/json': ['json', 'map'],
  'application/manifest+json': ['webmanifest', 'json'],
  'application/ld+json': ['jsonld', 'json'],
  'text/plain': ['txt', 'text', 'md', 'log', 'csv', 'ini', 'conf'],
  'text/csv': ['csv'],
  'text/xml': ['xml', 'rss', 'atom', 'xsl', 'rdf'],
  'application/xml': ['xml', 'rss', 'atom', 'xsl', 'rdf'],
  'application/rss+xml': ['rss', 'xml'],
  'application/atom+xml': ['atom', 'xml'],
  'image/svg+xml': ['svg', 'svgz'],
  'image/png': ['png'],
  'image/jpeg': ['jpg', 'jpeg', 'jpe', 'jfif'],
  'image/gif': ['gif'],
  'image/webp': ['webp'],
  'image/avif': ['avif'],
  'image/bmp': ['bmp'],
  'image/tiff': ['tif', 'tiff'],
  'image/x-icon': ['ico'],
  'image/vnd.microsoft.icon': ['ico'],
  'font/woff': ['woff'],
  'font/woff2': ['woff2'],
  'font/ttf': ['ttf'],
  'font/otf': ['otf'],
  'application/vnd.ms-fontobject': ['eot'],
  'audio/mpeg': ['mp3'],
  'audio/ogg': ['ogg', 'oga', 'opus'],
  'audio/wav': ['wav'],
  'audio/mp4': ['m4a'],
  'video/mp4': ['mp4', 'm4v'],
  'video/webm': ['webm'],
  'video/ogg': ['ogv'],
  'text/vtt': ['vtt'],
  'application/pdf': ['pdf'],
  'application/zip': ['zip'],
  'application/gzip': ['gz', 'tgz'],
  'application/wasm': ['wasm'],
  'application/epub+zip': ['epub'],
  'application/msword': ['doc'],
  'application/vnd.ms-excel': ['xls'],
  'application/vnd.ms-powerpoint': ['ppt'],
};

const TYPES = new Map<string, string>();
for (const [type, extensions] of Object.entries(EXTENSIONS)) {
  for (const extension of extensions) if (!TYPES.has(extension)) TYPES.set(extension, type);
}

/** `text/html` of `Text/HTML; charset=utf-8`; empty for none. */
export function mediaTypeOf(contentType: string | null): string {
  return (contentType ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

/** Extensions of a media type, without dot; none for a type that is not known. */
export function extensionsOf(mediaType: string): readonly string[] {
  return Object.hasOwn(EXTENSIONS, mediaType) ? (EXTENSIONS[mediaType] ?? []) : [];
}

/** The extension of a name, in lower case and without dot; empty for none. */
export function extensionOf(name: string): string {
  return /[^/]\.([a-z\d]{1,11})$/i.exec(name)?.[1]?.toLowerCase() ?? '';
}

/** The media type that an extension stands for; null for one that is not known, or that says nothing (`php`). */
export function typeOfExtension(extension: string): string | null {
  return TYPES.get(extension) ?? null;
}

/** What may be a sitemap. */
export function isXml(contentType: string | null): boolean {
  return ['application/xml', 'text/xml'].includes(mediaTypeOf(contentType));
}

export function isPageType(mediaType: string): boolean {
  return mediaType === 'text/html' || mediaType === 'application/xhtml+xml';
}
