// The server of the dead half, in a process of its own: all loopback addresses on one port; it accepts, and never answers.

import { type AddressInfo, createServer } from 'node:net';

const server = createServer((socket) => {
  socket.on('error', () => socket.destroy());
  socket.resume();
});

server.listen(0, '0.0.0.0', 1024, () => process.send?.((server.address() as AddressInfo).port));
process.on('disconnect', () => process.exit());
