// Three stages that hand on what they have through queues: one talks, one formats, one saves. Each works at its own speed,
// and the second sentence is spoken while the first is still being saved. Who has no more to hand on shuts down his queue.

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { joinall, Queue, sleep, spawn } from '../../src/index.js';

/** One second of the story, in ms. */
const SECOND = 50;

const sentences = ['greenlets are cheap', 'queues join them', 'nobody blocks the others'];
const spoken = new Queue<string>(1);
const formatted = new Queue<string>(1);

async function talk(): Promise<void> {
  for (const sentence of sentences) {
    await sleep(SECOND);
    console.log(`talk: ${sentence}`);
    await spoken.put(sentence);
  }
  spoken.shutdown();
}

async function format(): Promise<void> {
  for await (const text of spoken) {
    const line = `${text.toUpperCase()}!`;
    console.log(`format: ${line}`);
    await formatted.put(line);
  }
  formatted.shutdown();
}

async function save(file: string): Promise<void> {
  for await (const line of formatted) {
    await sleep(1.5 * SECOND);
    await writeFile(file, `${line}\n`, { flag: 'a' });
    console.log(`save: ${line}`);
  }
}

const folder = await mkdtemp(join(tmpdir(), 'pipeline-'));
try {
  const file = join(folder, 'talk.txt');
  await joinall([spawn(talk), spawn(format), spawn(save, file)], { raiseError: true });
  console.log(`the file holds:\n${(await readFile(file, 'utf8')).trimEnd()}`);
} finally {
  await rm(folder, { recursive: true });
}
