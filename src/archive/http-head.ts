// The heads of HTTP messages as an archive keeps them.

/** What is known of a response before its body. */
export interface ArchivedHead {
  readonly status: number;
  /** The reason phrase; empty where there was none. */
  readonly reason: string;
  /** Name, value, name, value ... as received. */
  readonly rawHeaders: readonly Uint8Array[];
}

/**
 * Status line and fields, the empty line included. The body comes without its transfer coding, so that this field may not
 * stand as it is: its name becomes X-Archive-Orig-Transfer-Encoding, as in other archives.
 */
export function responseHead({ status, reason, rawHeaders }: ArchivedHead): Buffer {
  const lines = [`HTTP/1.1 ${status} ${oneLine(reason)}\r\n`];
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = oneLine(latin1(rawHeaders[at]));
    const kept = /^transfer-encoding$/i.test(name) ? `X-Archive-Orig-${name}` : name;
    lines.push(`${kept}: ${oneLine(latin1(rawHeaders[at + 1]))}\r\n`);
  }
  return Buffer.from(`${lines.join('')}\r\n`, 'latin1');
}

/** `text/html; charset=utf-8` without parameters; null for none. */
export function mimeOf(contentType: string | null): string | null {
  const mime = (contentType ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  return /^[\x21-\x7e]+$/.test(mime) ? mime : null;
}

/** A line that was folded (RFC 9112 5.2). */
function oneLine(text: string): string {
  return text.replace(/[\r\n]+/g, ' ');
}

function latin1(bytes: Uint8Array | undefined): string {
  return Buffer.from(bytes ?? []).toString('latin1');
}
