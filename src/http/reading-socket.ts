// Which socket a response is read from: undici does not tell, and one of its habits needs mending. A socket that ends while its
// response is paused fails an assertion there, out of everybody's reach; so a pause ends with the socket. Nothing more can come then.
// Another habit is libuv's: what is reset just after its last bytes came seems to have ended in good order.

import type { Socket } from 'node:net';

/** What is to be called when a socket has come to its end. */
interface Reading {
  atEnd: AtEnd | null;
}

/** undici parses what has come within this event, and calls its handlers from there. */
let reading: Reading | null = null;

/** @param isReset whether the connection is gone, in place of having no more to say: half a body may pass for whole */
type AtEnd = (isReset: boolean) => void;

/** To be called before undici gets the socket: its listeners come after ours. */
export function watchReading(socket: Socket): void {
  const own: Reading = { atEnd: null };
  socket.on('readable', () => {
    reading = own;
  });
  // The address of a peer is known until the connection is gone, or once it has been asked for.
  socket.on('end', () => own.atEnd?.(socket.remoteAddress === undefined));
}

/** To be called while the head of a response is handed on. @param then called when its socket ends, unless another has followed */
export function atEndOfReading(then: AtEnd): void {
  if (reading !== null) reading.atEnd = then;
}
