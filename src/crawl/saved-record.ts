import { clock } from '../coroutine/clock.js';
import type { Ending } from '../download/task.js';
import type { FileRecord } from '../model/file-record.js';

/** Saved files are on record like those of a list, so that `verify` knows them. What failed is the frontier's to remember. */
export function savedRecord({ result, task }: Ending): FileRecord | null {
  if (task === null || result.outcome !== 'saved' || result.file === null) return null;
  const { url, file, outcome, reason, status, attempts, seconds, bytes } = result;
  const { size, version, digest } = task;
  const { etag = null, lastModified = null } = version ?? {};
  const saved = { name: null, size: size ?? 0, etag, lastModified, sha256: digest, verified: null };
  const ended = clock.date().getTime();
  const about = { url, file, name: null, outcome, reason, status, attempts, seconds, bytes, ended };
  return { ...about, error: null, expected: null, saved };
}
