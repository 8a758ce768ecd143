// The naive way, as most scripts do it: p-limit, fetch, pipeline to a write stream. Run as a process: LIST OUT CONCURRENCY

import { createWriteStream } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import pLimit from 'p-limit';

const [list = '', out = '', concurrency = '16'] = process.argv.slice(2);
const limit = pLimit(Number(concurrency));
await mkdir(out, { recursive: true });
const urls = (await readFile(list, 'utf8')).split('\n').filter((line) => line !== '');
await Promise.all(
  urls.map((url) =>
    limit(async () => {
      const response = await fetch(url);
      if (!response.ok || response.body === null) throw new Error(`${url}: ${response.status}`);
      const body = Readable.fromWeb(response.body as ReadableStream<Uint8Array>);
      await pipeline(
        body,
        createWriteStream(join(out, new URL(url).pathname.split('/').at(-1) ?? 'index.html')),
      );
    }),
  ),
);
