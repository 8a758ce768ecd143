// What undici has written as the head of a request: it tells a diagnostics channel, while it writes and only then, right
// after the handler's onRequestStart (https://undici.nodejs.org/#/docs/api/DiagnosticsChannel).

import { subscribe } from 'node:diagnostics_channel';
import { Socket } from 'node:net';

const CHANNEL = 'undici:client:sendHeaders';

type TakeHead = (head: Uint8Array, address: string | null) => void;

/** Who asked for the head that is written next. */
let next: TakeHead | null = null;
let isSubscribed = false;

/**
 * To be called from within onRequestStart: the head comes before that write is over, or never. Nobody pays who does not
 * ask; from the first call on, undici tells of every head in this process.
 */
export function takeSentHead(take: TakeHead): void {
  if (!isSubscribed) subscribe(CHANNEL, hear);
  isSubscribed = true;
  next = take;
  // A write that was given up is not followed by another's head.
  queueMicrotask(() => {
    if (next === take) next = null;
  });
}

function hear(message: unknown): void {
  const take = next;
  next = null;
  if (take === null || typeof message !== 'object' || message === null || !('headers' in message)) return;
  const { headers } = message;
  const address =
    'socket' in message && message.socket instanceof Socket ? message.socket.remoteAddress : null;
  if (typeof headers === 'string') take(Buffer.from(`${headers}\r\n`, 'latin1'), address ?? null);
}
