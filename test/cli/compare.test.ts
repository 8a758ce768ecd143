// Held against the sequential run: --compare, and the baseline on record.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fetchall } from '../support/command-line.js';
import { eventOf, eventsOf, folderWith, namesIn, serve } from './stage.js';

const echo = ({ url }: { url: string }) => ({ body: url });

describe('--compare', () => {
  test('both passes from standard input, one summary, every event with its mode', async () => {
    const server = await serve(echo);
    const stdin = `${server.url('/a')}\n${server.url('/b')} name=bee\n`;
    const cwd = await folderWith();
    const result = await fetchall(['-', '--compare', '--json', '-o', 'out', '-c', '16'], { cwd, stdin });
    expect(result).toMatchObject({ code: 0, stderr: '' });
    expect(eventOf(result, 'summary')).toEqual({
      event: 'summary',
      mode: 'compare',
      concurrency: 16,
      total: 2,
      saved: 2,
      skipped: 0,
      failed: 0,
      bytes: 4,
      chunks: 2,
      seconds: expect.any(Number),
      baseline: { seconds: expect.any(Number), source: 'measured' },
      speedup: expect.any(Number),
      identical: 2,
      different: 0,
    });
    expect(result.lines.at(-1)?.event).toBe('summary');
    const modes = ['sequential', 'sequential', 'concurrent', 'concurrent'];
    expect(eventsOf(result, 'started').map(({ mode }) => mode)).toEqual(modes);
    expect(eventsOf(result, 'finished').map(({ mode }) => mode)).toEqual(modes);
    expect(await namesIn(cwd, 'out')).toEqual(['a', 'bee']);
    expect(await namesIn(cwd, 'out/.fetchall')).toEqual([]);
  });

  test('what stands there already is overwritten, whatever --existing says', async () => {
    const server = await serve(echo);
    const cwd = await folderWith({ 'out/a': 'old' });
    const args = [server.url('/a'), '--compare', '--json', '-o', 'out', '--existing', 'fail'];
    const result = await fetchall(args, { cwd });
    expect(result.code).toBe(0);
    expect(eventOf(result, 'summary')).toMatchObject({ saved: 1, identical: 1 });
    expect(await readFile(join(cwd, 'out/a'), 'utf8')).toBe('/a');
  });

  test('a difference is named on standard error and exits 9; the second version stays', async () => {
    const server = await serve(({ url, earlier }) => ({ body: url === '/odd' ? `${earlier}` : url }));
    const cwd = await folderWith();
    const args = [server.url('/odd'), server.url('/even'), '--compare', '--json', '-o', 'out'];
    const result = await fetchall(args, { cwd });
    expect(result.code).toBe(9);
    expect(result.stderr).toMatch(new RegExp(`^fetchall: different: ${server.url('/odd')}[^\n]*\n$`));
    expect(eventOf(result, 'summary')).toMatchObject({ saved: 2, failed: 0, identical: 1, different: 1 });
    expect(await readFile(join(cwd, 'out/odd'), 'utf8')).toBe('1');
    expect(await namesIn(cwd, 'out/.fetchall')).toEqual([]);
  });

  test.each([
    ['ETag', '"0"', '"1"'],
    ['Last-Modified', 'Mon, 01 Jan 2024 00:00:00 GMT', 'Tue, 02 Jan 2024 00:00:00 GMT'],
  ])('a difference with another %s too is no fault', async (name, ...values) => {
    const server = await serve(({ earlier }) => ({
      body: `${earlier}`,
      headers: { [name]: values[earlier % 2] ?? '' },
    }));
    const cwd = await folderWith();
    const { code, stderr } = await fetchall([server.url('/a'), '--compare'], { cwd });
    expect(code).toBe(0);
    expect(stderr).toContain('changed: ');
    expect(stderr).not.toContain('different');
    const quiet = await fetchall([server.url('/a'), '--compare', '-q'], { cwd });
    expect(quiet).toMatchObject({ code: 0, stdout: '', stderr: '' });
  });

  test('the same validator on other bytes is a fault', async () => {
    const server = await serve(({ earlier }) => ({ body: `${earlier}`, headers: { ETag: '"same"' } }));
    expect((await fetchall([server.url('/a'), '--compare'], { cwd: await folderWith() })).code).toBe(9);
  });

  test('failures are those of the second pass, and the text names both passes', async () => {
    const server = await serve(({ url, earlier }) =>
      url === '/late' && earlier > 0
        ? { status: 404 }
        : url === '/early' && earlier === 0
          ? { status: 404 }
          : { body: 'x' },
    );
    const stdin = ['/late', '/early', '/good'].map((path) => server.url(path)).join('\n');
    const { code, stdout } = await fetchall(['-', '--compare'], { cwd: await folderWith(), stdin });
    expect(code).toBe(8);
    expect(stdout).toMatch(
      /^sequential pass\n(?:.*\n){3}concurrent pass\n(?:.*\n){3}2 saved, 0 skipped, 1 failed; .*\n/,
    );
    expect(stdout).toMatch(
      /by 3 greenlets\nboth passes: 1 file identical, 0 different\nelapsed .* \(measured\); .*x/,
    );
  });

  test('several chunks, retries and a bad line go through both passes', async () => {
    const server = await serve(({ earlier }) =>
      earlier % 2 === 0 ? { status: 503 } : { body: 'x'.repeat(3000) },
    );
    const stdin = `${server.url('/a')}\nbad\n`;
    const args = ['-', '--compare', '--json', '--retry-wait', '1ms'];
    const result = await fetchall(args, { cwd: await folderWith(), stdin });
    expect(result.code).toBe(10);
    expect(eventsOf(result, 'retry').map(({ mode }) => mode)).toEqual(['sequential', 'concurrent']);
    expect(eventOf(result, 'summary')).toMatchObject({
      total: 2,
      saved: 1,
      failed: 1,
      chunks: 3,
      identical: 1,
    });
  });

  test('an empty list', async () => {
    const result = await fetchall(['-', '--compare', '--json'], { cwd: await folderWith(), stdin: '' });
    expect(result.code).toBe(0);
    expect(eventOf(result, 'summary')).toMatchObject({
      total: 0,
      identical: 0,
      different: 0,
      baseline: null,
    });
  });
});

describe('the baseline', () => {
  const paths = ['/a', '/b', '/c'];

  async function site() {
    const server = await serve(echo);
    const cwd = await folderWith({ 'urls.txt': paths.map((path) => server.url(path)).join('\n') });
    const run = (...args: readonly string[]) => fetchall(['--json', ...args], { cwd });
    return {
      server,
      cwd,
      run,
      sourceOf: async (...args: readonly string[]) => eventOf(await run(...args), 'summary').baseline?.source,
    };
  }

  test('a sequential run is its own, and goes on record', async () => {
    const { run, sourceOf } = await site();
    const { baseline, seconds, speedup } = eventOf(await run('--sequential'), 'summary');
    expect({ baseline, speedup }).toEqual({ baseline: { seconds, source: 'measured' }, speedup: 1 });
    expect(await sourceOf('--existing', 'overwrite')).toBe('measured');
  });

  test('measured: the same list, all of it fetched', async () => {
    const { run, sourceOf, cwd } = await site();
    expect(await sourceOf()).toBe('estimated');
    const sequential = eventOf(await run('--sequential', '--existing', 'overwrite'), 'summary');
    const result = await run('--existing', 'overwrite');
    const { baseline, seconds, speedup } = eventOf(result, 'summary');
    expect(baseline).toEqual({ seconds: sequential.seconds, source: 'measured' });
    expect(speedup).toBeCloseTo((baseline?.seconds ?? 0) / seconds, 6);
    const text = await fetchall(['--existing', 'overwrite'], { cwd });
    expect(text.stdout).toMatch(
      /^elapsed .*; sequential baseline [^;]* \(measured\); [\d.]+x (?:faster|as fast)$/m,
    );
    expect(text.stdout).not.toContain('at most');
  });

  test('estimated: another list, another order, another name, or something skipped', async () => {
    const { server, cwd, run, sourceOf } = await site();
    await run('--sequential');
    const more = ['--existing', 'overwrite'];
    expect(await sourceOf(...more)).toBe('measured');
    expect(await sourceOf(...more, 'urls.txt', server.url('/d'))).toBe('estimated');
    const [a, b, c] = paths.map((path) => server.url(path));
    for (const list of [`${b}\n${a}\n${c}`, `${a} name=x\n${b}\n${c}`]) {
      const result = await fetchall(['-', '--json', ...more], { cwd, stdin: list });
      expect(eventOf(result, 'summary').baseline?.source).toBe('estimated');
    }
    const skipping = await fetchall([a ?? '', server.url('/new'), '--json'], { cwd });
    expect(eventOf(skipping, 'summary').baseline?.source).toBe('estimated');
    const text = await fetchall(['-'], { cwd, stdin: server.url('/newer') });
    expect(text.stdout).toMatch(
      /^elapsed .*; sequential baseline at most [^;]* \(estimated\); at most [\d.]+x/m,
    );
  });

  test('a sequential run that skipped or failed is not on record', async () => {
    const { run, sourceOf, server } = await site();
    await run('-o', 'out', server.url('/a'));
    await run('-o', 'out', '--sequential', 'urls.txt');
    expect(await sourceOf('-o', 'out', '--existing', 'overwrite')).toBe('estimated');
  });

  test('none when nothing was fetched', async () => {
    const { run } = await site();
    await run();
    expect(eventOf(await run(), 'summary')).toMatchObject({ skipped: 3, baseline: null, speedup: null });
    expect(eventOf(await run('--sequential'), 'summary')).toMatchObject({ baseline: null, speedup: null });
  });
});
