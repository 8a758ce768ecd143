// What is remembered of a complete file, so that a later run can tell whether it still is, and ask whether it has changed.

export interface KnownFile {
  /** The file's name, where the server has given another than the URL asks for. */
  readonly name: string | null;
  /** The validators, exactly as received; null where the response had none. */
  readonly etag: string | null;
  readonly lastModified: string | null;
  /** Bytes of the file when it was saved: of another size it is not what was saved, and is fetched anew. */
  readonly size: number;
  /** SHA-256 in hex, where the run hashed it. */
  readonly sha256: string | null;
  /** The checksum that it was verified against, as it stands in a list (`sha256=HEX`), or null. */
  readonly verified: string | null;
}

/** Looks up what a run before has saved. */
export interface KnownFiles {
  /** What is known of the file planned under this name, if it was saved from this URL; else null. */
  known(url: string, file: string): KnownFile | null;
  /** The name that the server has given this URL's file, saved or not; null where it gave none. */
  nameOf(url: string, file: string): string | null;
  /** Whether the file of this name was saved from another URL. */
  isAnothers(url: string, name: string): boolean;
}
