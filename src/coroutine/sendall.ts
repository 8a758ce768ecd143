// Writing to a socket at the speed of its peer (gevent.socket.sendall).

import type { Writable } from 'node:stream';
import { expiryOf, type WaitOptions, waitWithin } from './timeout.js';
import { Waiter } from './waiter.js';

/**
 * Writes, and waits until the system has taken all of it.
 *
 * @throws the socket's error; Timeout, though what was written is still on its way
 */
export function sendall(
  socket: Writable,
  data: string | Uint8Array,
  options: WaitOptions = {},
): Promise<void> {
  const waiter = new Waiter<void>();
  socket.write(data, (error) => {
    if (error) waiter.throw(error);
    else waiter.switch();
  });
  const expired = () => {
    throw expiryOf(options.timeout);
  };
  return waitWithin(waiter, options.timeout, expired, options.signal);
}
