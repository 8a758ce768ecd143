// fetchall against the naive way, and the default chunk size against a large one.

import { fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { downloadAll } from 'fetchall';
import { type Contender, measure, pairedRatio } from './measure.js';

interface Work {
  readonly name: string;
  readonly files: number;
  readonly size: number;
  readonly concurrency: number;
  readonly rounds: number;
}

const KIB = 1024;
const MIB = KIB * KIB;

const WORKS: readonly Work[] = [
  { name: 'small', files: 20_000, size: 4 * KIB, concurrency: 16, rounds: 5 },
  { name: 'middle', files: 200, size: MIB, concurrency: 16, rounds: 5 },
  { name: 'large', files: 4, size: 512 * MIB, concurrency: 4, rounds: 5 },
];

/** Compiled to build/bench. */
const HERE = fileURLToPath(new URL('.', import.meta.url));
const COMMAND_LINE = join(HERE, '../../bin/fetchall.js');
const NAIVE = join(HERE, 'naive.js');

/** @param wants whether a work is asked for */
export async function benchDownloads(wants: (name: string) => boolean): Promise<void> {
  // In memory where there is a file system for that, so that no disk is measured.
  const folder = await mkdtemp(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'fetchall-bench-'));
  const server = fork(join(HERE, 'server.js'));
  try {
    const port = await new Promise<number>((resolve) =>
      server.once('message', (message) => resolve(Number(message))),
    );
    for (const work of WORKS.filter(({ name }) => wants(name))) await benchWork(work, port, folder);
    if (wants('latency')) await benchLatency(port, folder);
  } finally {
    server.disconnect();
    await rm(folder, { recursive: true, force: true });
  }
}

/** How close a run comes to what the latency allows, by its own `seconds`; and what --compare says of it. */
async function benchLatency(port: number, folder: string): Promise<void> {
  const [files, concurrency, latency] = [200, 16, 0.1];
  const urls = Array.from(
    { length: files },
    (_, n) => `http://127.0.0.1:${port}/4096/${latency * 1000}/file-${n}.bin`,
  );
  const out = join(folder, 'latency');
  const { seconds } = await downloadAll(urls, { out, concurrency, existing: 'overwrite' });
  const ideal = Math.ceil(files / concurrency) * latency;
  const { speedup } = await downloadAll(urls, { out, concurrency, compare: true });
  console.log(`latency: ${files} files at ${latency} s, ${concurrency} at a time`);
  console.log(
    `  ${seconds.toFixed(3)} s, ${(seconds / ideal).toFixed(3)}x the ideal; --compare says ${speedup?.toFixed(1)}x`,
  );
}

async function benchWork(work: Work, port: number, folder: string): Promise<void> {
  const list = join(folder, 'urls.txt');
  const urls = Array.from(
    { length: work.files },
    (_, n) => `http://127.0.0.1:${port}/${work.size}/0/file-${n}.bin`,
  );
  await writeFile(list, `${urls.join('\n')}\n`);
  const out = join(folder, 'out');
  const fetchall = (name: string, ...more: readonly string[]): Contender => ({
    name,
    argv: [COMMAND_LINE, list, '-o', out, '-c', String(work.concurrency), '--progress', 'none', ...more],
  });
  const contenders = [
    fetchall('fetchall'),
    { name: 'naive', argv: [NAIVE, list, out, String(work.concurrency)] },
  ];
  if (work.name === 'large') contenders.push(fetchall('fetchall --chunk-size 64k', '--chunk-size', '64k'));
  const measurements = await measure(contenders, work.rounds, out);
  const [ours] = measurements;
  console.log(
    `${work.name}: ${work.files} x ${work.size} bytes, ${work.concurrency} at a time, ${work.rounds} rounds`,
  );
  for (const other of measurements) {
    const ratio =
      ours === undefined || other === ours ? '' : `  ${(1 / pairedRatio(ours, other)).toFixed(2)}x ours`;
    const { name, seconds, fastest, slowest } = other;
    console.log(
      `  ${name.padEnd(28)} ${seconds.toFixed(2)} s  (${fastest.toFixed(2)} to ${slowest.toFixed(2)})${ratio}`,
    );
  }
}
