// Peak memory of a run over a million lines: 999,000 answered 404 and 1,000 with 100 bytes by a stub transport.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { downloadEach, type Receiver, type Transport } from 'fetchall';

const BODY = Buffer.alloc(100, 'x');

/** Answers without a socket: 200 for every thousandth URL. */
const stub: Transport = {
  send({ url }, receiver: Receiver) {
    let over = false;
    queueMicrotask(() => {
      if (over) return;
      const found = url.pathname.endsWith('000.bin');
      const headers = { 'content-length': found ? '100' : '0' };
      receiver.onHead({ url, status: found ? 200 : 404, headers, rawHeaders: [], length: found ? 100 : 0 });
      if (found) receiver.onData(BODY);
      receiver.onEnd();
    });
    return {
      pause() {},
      resume() {},
      abort() {
        over = true;
      },
    };
  },
  async close() {},
};

function* lines(count: number): Generator<string> {
  for (let n = 0; n < count; n++) yield `http://127.0.0.1:1/${String(n).padStart(7, '0')}.bin`;
}

export async function benchMemory(): Promise<void> {
  const out = await mkdtemp(join(tmpdir(), 'fetchall-memory-'));
  const began = performance.now();
  let ended = 0;
  let saved = 0;
  try {
    for await (const result of downloadEach(lines(1_000_000), { out, transport: stub })) {
      ended++;
      if (result.outcome === 'saved') saved++;
    }
  } finally {
    await rm(out, { recursive: true, force: true });
  }
  const peak = process.resourceUsage().maxRSS / 1024;
  const seconds = (performance.now() - began) / 1000;
  console.log(`memory: ${ended} lines, ${saved} saved, ${seconds.toFixed(1)} s, peak ${peak.toFixed(0)} MB`);
}
