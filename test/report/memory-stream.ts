// A stream that keeps what is written to it, and can play a slow pipe or a terminal.

import { EventEmitter } from 'node:events';
import type { TextStream } from '../../src/report/text-stream.js';

export class MemoryStream extends EventEmitter implements TextStream {
  readonly isTTY: boolean;
  columns = 80;
  rows = 24;
  text = '';
  writes = 0;
  /** While true every write says that the stream holds too much. */
  full = false;

  constructor(isTTY = false) {
    super();
    this.isTTY = isTTY;
  }

  get writableNeedDrain(): boolean {
    return this.full;
  }

  write(text: string): boolean {
    this.text += text;
    this.writes++;
    return !this.full;
  }

  drain(): void {
    this.full = false;
    this.emit('drain');
  }
}
