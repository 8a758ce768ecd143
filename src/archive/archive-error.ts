import { FetchallError, messageOf } from '../model/errors.js';

/** @param what what was tried, such as `cannot write a.warc.gz` */
export function archiveError(thrown: unknown, what: string): FetchallError {
  if (thrown instanceof FetchallError) return thrown;
  return new FetchallError('ERR_DISK', `${what}: ${messageOf(thrown)}`, { cause: thrown });
}
