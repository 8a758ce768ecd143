// One record as one gzip member, which is how a WARC file is compressed (WARC/1.1 annex D): each can be read by itself.

import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { createGzip, gzip } from 'node:zlib';
import { RECORD_END, recordHead, type WarcRecord } from './warc-record.js';

const compress = promisify(gzip);

/** A record up to this size is compressed at once. */
const AT_ONCE = 65_536;

/** The compressed bytes of a record, piece by piece. */
export async function* gzipMember(record: WarcRecord): AsyncGenerator<Uint8Array> {
  if (record.block.length <= AT_ONCE) {
    const pieces: Uint8Array[] = [];
    for await (const piece of plain(record)) pieces.push(piece);
    yield await compress(Buffer.concat(pieces));
    return;
  }
  const source = Readable.from(plain(record), { objectMode: false });
  const member = createGzip();
  source.on('error', (error) => member.destroy(error));
  try {
    yield* source.pipe(member) as AsyncIterable<Uint8Array>;
  } finally {
    source.destroy();
  }
}

async function* plain(record: WarcRecord): AsyncGenerator<Uint8Array> {
  yield recordHead(record);
  let length = 0;
  for await (const piece of record.block.pieces) {
    length += piece.length;
    if (piece.length > 0) yield piece;
  }
  if (length !== record.block.length)
    throw new Error(`a block of ${length} bytes, not ${record.block.length}`);
  yield RECORD_END;
}
