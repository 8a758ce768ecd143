/** Where a run keeps what it remembers, below the out folder. Reserved: no download ever gets this name. */
export const MEMORY_FOLDER = '.fetchall';
