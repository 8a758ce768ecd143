// What the programs of web/ fetch.

import { fileURLToPath } from 'node:url';
import { startFixtureServer } from './fixture-server.js';

/** Seen from build/examples/. */
const folder = fileURLToPath(new URL('../../fixtures/site', import.meta.url));

/** Runs with the URLs of the command line or else with pages of fixtures/site, which is served on loopback meanwhile. */
export async function withUrls(
  paths: readonly string[],
  run: (urls: readonly string[]) => Promise<void>,
): Promise<void> {
  const given = process.argv.slice(2);
  if (given.length > 0) {
    await run(given);
    return;
  }
  const server = await startFixtureServer({ folder });
  try {
    await run(paths.map((path) => server.origin + path));
  } finally {
    await server.close();
  }
}
