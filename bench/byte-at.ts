/** What stands at a place of a file that is made up: put together wrongly, it is seen to be. */
export function byteAt(at: number): number {
  return (at + (at >>> 8) + (at >>> 16)) & 0xff;
}
