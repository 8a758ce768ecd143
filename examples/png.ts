// Draws a PNG without compression, byte for byte the same on every version of zlib.

/** Red, green and blue of a point, 0 to 255 each. */
export type Colour = readonly [red: number, green: number, blue: number];

/** The most that a stored block of deflate can hold (RFC 1951 3.2.4). */
const LARGEST_BLOCK = 65_535;

export function drawPng(
  width: number,
  height: number,
  colourAt: (x: number, y: number) => Colour,
): Uint8Array {
  const rows: number[] = [];
  for (let y = 0; y < height; y++) {
    // Filter type 0: the row as it is.
    rows.push(0);
    for (let x = 0; x < width; x++) rows.push(...colourAt(x, y));
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  // 8 bits a channel, true colour.
  header.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('IDAT', store(Buffer.from(rows))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Uint8Array): Buffer {
  const typed = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  return Buffer.concat([uint32(data.length), typed, uint32(crc32(typed))]);
}

/** A zlib stream (RFC 1950) of stored blocks. */
function store(data: Buffer): Buffer {
  const parts: Uint8Array[] = [Buffer.from([0x78, 0x01])];
  for (let offset = 0; offset < data.length; offset += LARGEST_BLOCK) {
    const block = data.subarray(offset, offset + LARGEST_BLOCK);
    const head = Buffer.alloc(5);
    head.writeUInt8(offset + LARGEST_BLOCK >= data.length ? 1 : 0, 0);
    head.writeUInt16LE(block.length, 1);
    head.writeUInt16LE(0xffff - block.length, 3);
    parts.push(head, block);
  }
  return Buffer.concat([...parts, uint32(adler32(data))]);
}

function adler32(data: Uint8Array): number {
  let low = 1;
  let high = 0;
  for (const byte of data) {
    low = (low + byte) % 65_521;
    high = (high + low) % 65_521;
  }
  return high * 65_536 + low;
}

function crc32(data: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of data) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
