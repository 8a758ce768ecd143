// Who reads the answers of a run while they come: how a crawl learns what a page leads to.

import type { ResponseHead } from '../http/transport.js';
import type { Reason } from '../model/result.js';
import type { Ending, Task } from './task.js';

export interface Visitor {
  /**
   * The head of each response, whatever its status.
   *
   * @returns why its body is not wanted; null where it is
   * @throws FetchallError, which fails the try
   */
  onHead(task: Task, head: ResponseHead): Reason | null;
  /** What goes into the file. @param offset where; an earlier try's bytes stand before it */
  onBody(task: Task, bytes: Uint8Array, offset: number): void;
  /** All of a body has come, and its place is to be known. */
  onWhole(task: Task): void;
  /** The task has come to its end; one that had a slot still has it. @returns the end as the others see it */
  onEnd(ending: Ending): Promise<Ending>;
}
