// Servers that close when their test ends.

import { onTestFinished } from 'vitest';
import { type FrameServer, startFrameServer } from './frame-server.js';
import { type RawScript, type RawServer, startRawServer } from './raw-server.js';
import { startTestServer, type TestServer } from './test-server.js';

export async function serve(...given: Parameters<typeof startTestServer>): Promise<TestServer> {
  const server = await startTestServer(...given);
  onTestFinished(() => server.close());
  return server;
}

export async function serveRaw(script: RawScript): Promise<RawServer> {
  const server = await startRawServer(script);
  onTestFinished(() => server.close());
  return server;
}

export async function serveFrames(...given: Parameters<typeof startFrameServer>): Promise<FrameServer> {
  const server = await startFrameServer(...given);
  onTestFinished(() => server.close());
  return server;
}
