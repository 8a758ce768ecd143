// Which socket a response is read from: undici does not tell, and one of its habits needs mending. A socket that ends while its
// response is paused fails an assertion there, out of everybody's reach; so a pause ends with the socket. Nothing more can come then.

import type { Socket } from 'node:net';

/** undici parses what has come within this event, and calls its handlers from there. */
let reading: Socket | null = null;

const atEnd = new WeakMap<Socket, () => void>();

/** To be called before undici gets the socket: its listeners come after ours. */
export function watchReading(socket: Socket): void {
  socket.on('readable', () => {
    reading = socket;
  });
  socket.on('end', () => atEnd.get(socket)?.());
}

/** To be called while the head of a response is handed on. @param then called when its socket ends, unless another has followed */
export function atEndOfReading(then: () => void): void {
  if (reading !== null) atEnd.set(reading, then);
}
