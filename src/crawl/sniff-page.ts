// Pages that do not say what they are: https://mimesniff.spec.whatwg.org/#identifying-a-resource-with-an-unknown-mime-type

/** Bytes that are looked at. */
export const SNIFFED_LENGTH = 512;

const UNKNOWN = new Set(['unknown/unknown', 'application/unknown', '*/*']);
const PAGE =
  /^(?:\xef\xbb\xbf)?[\t\n\f\r ]*<(?:!--|(?:!doctype html|html|head|script|iframe|h1|div|font|table|a|style|title|body|br|b|p)[ >])/i;

/** @param mediaType empty for none */
export function saysNothing(mediaType: string): boolean {
  return !/^[^/\s]+\/[^/\s]+$/.test(mediaType) || UNKNOWN.has(mediaType);
}

/** @param start the first bytes of a body, or all */
export function looksLikePage(start: Uint8Array): boolean {
  return PAGE.test(Buffer.from(start.subarray(0, SNIFFED_LENGTH)).toString('latin1'));
}
