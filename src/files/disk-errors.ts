// What the operating system says of files, in our words.

import { FetchallError, messageOf } from '../model/errors.js';

const SAYS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'the file is larger than the file system allows',
  EROFS: 'the file system is read-only',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  ENOTDIR: 'a part of the path is a file, not a folder',
  EEXIST: 'a file stands where a folder should be',
  EISDIR: 'a folder stands where the file or its part should be',
  ENOENT: 'no such folder',
  ENAMETOOLONG: 'the path is too long for the file system',
  EMFILE: 'too many open files; a lower --concurrency or a higher ulimit -n helps',
  ENFILE: 'the system has too many open files',
  EIO: 'the disk reported an error',
};

/** System codes that mean there is no room left. */
const FULL = new Set(['ENOSPC', 'EDQUOT']);

export function isDiskFull(error: FetchallError): boolean {
  return error.code === 'ERR_DISK' && FULL.has(error.systemCode ?? '');
}

/** @param what what was tried, such as `cannot write a.bin` */
export function diskError(thrown: unknown, what: string): FetchallError {
  if (thrown instanceof FetchallError) return thrown;
  const error = new FetchallError('ERR_DISK', what, { cause: thrown });
  const code = error.systemCode;
  const says = (code === undefined ? undefined : SAYS[code]) ?? messageOf(thrown);
  return new FetchallError('ERR_DISK', `${what}: ${says}${code === undefined ? '' : ` (${code})`}`, {
    cause: thrown,
  });
}

export function hasSystemCode(thrown: unknown, ...codes: readonly string[]): boolean {
  return (
    thrown instanceof Error &&
    'code' in thrown &&
    typeof thrown.code === 'string' &&
    codes.includes(thrown.code)
  );
}
