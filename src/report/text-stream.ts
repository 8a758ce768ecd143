// What the reporters need of a stream; `process.stdout` and `process.stderr` are such streams.

export interface TextStream {
  /** False when the stream holds more than it should; `drain` tells when it takes text again. */
  write(text: string): boolean;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
  readonly writableNeedDrain?: boolean | undefined;
  once?(event: 'drain' | 'close', listener: () => void): unknown;
}

/** Where a reporter puts whole lines. */
export interface LineWriter {
  write(lines: string): void;
}
