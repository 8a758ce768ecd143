// What is remembered of a complete file, so that a later run can ask whether it has changed.

export interface KnownFile {
  /** The validators, exactly as received; null where the response had none. */
  readonly etag: string | null;
  readonly lastModified: string | null;
  /** Bytes of the file when it was saved: of another size it is not what was saved, and is fetched anew. */
  readonly size: number | null;
}

/** Looks up what a run before has saved. */
export interface KnownFiles {
  /** What is known of this file, if it was saved from this URL; else null. */
  known(url: string, file: string): KnownFile | null;
}
