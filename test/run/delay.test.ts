// The delay between two requests to a host, seen from the server while names and connections take their time.

import { expect, onTestFinished, test } from 'vitest';
import type { Network } from '../../src/http/connector.js';
import { undiciTransport } from '../../src/http/undici-transport.js';
import { downloadAll } from '../../src/run/download-all.js';
import { resolveSettings } from '../../src/run/options.js';
import { fakeNetwork } from '../support/fake-network.js';
import { watchTurns } from '../support/loop-turns.js';
import { serve } from '../support/servers.js';
import { temporaryFolder } from '../support/temp-folder.js';

const DELAY = 200;
/** Every other connection takes longer than the delay. */
const SLOW = 300;

/** No connection is used twice. */
function slowNetwork(): Network {
  const network = fakeNetwork({ 'slow.test': ['93.184.216.34'] });
  let lookups = 0;
  return {
    ...network,
    lookup(...given) {
      if (lookups++ % 2 === 0) setTimeout(() => network.lookup(...given), SLOW);
      else network.lookup(...given);
    },
  };
}

test('it is counted from when a request goes out', async () => {
  const notBefore = watchTurns();
  const came: number[] = [];
  const server = await serve(() => {
    came.push(notBefore());
    return { headers: { Connection: 'close' }, body: 'x' };
  });
  const transport = undiciTransport(resolveSettings({}), slowNetwork());
  onTestFinished(() => transport.close());
  const { port } = new URL(server.url('/'));
  const urls = [0, 1, 2, 3].map((at) => `http://slow.test:${port}/${at}`);
  await downloadAll(urls, { transport, delay: DELAY, out: await temporaryFolder() });
  expect(came).toHaveLength(urls.length);
  const gaps = server.requests.slice(1).map(({ at }, index) => at - (came[index] ?? 0));
  expect(Math.min(...gaps)).toBeGreaterThan(DELAY - 3);
});
