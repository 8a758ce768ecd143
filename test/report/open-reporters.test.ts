import { beforeEach, expect, test } from 'vitest';
import { resolveOptions } from '../../src/model/option.js';
import { Progress } from '../../src/model/progress.js';
import { chooseProgress, openReporters, type Reporting } from '../../src/report/open-reporters.js';
import { type ReportOptions, reportOptions } from '../../src/report/options.js';
import { combineReporters } from '../../src/report/reporter.js';
import { failed, finished, summary } from './finished.js';
import { pass, pendingAlarms, useManualClock } from './manual-clock.js';
import { MemoryStream } from './memory-stream.js';

beforeEach(useManualClock);

interface Scene {
  readonly stdout: MemoryStream;
  readonly stderr: MemoryStream;
  readonly reporting: Reporting;
}

function open(
  written: Partial<ReportOptions>,
  terminals = { out: false, err: false },
  environment = {},
): Scene {
  const stdout = new MemoryStream(terminals.out);
  const stderr = new MemoryStream(terminals.err);
  const options = resolveOptions(reportOptions, written);
  const progress = new Progress();
  const reporting = openReporters(options, { stdout, stderr, environment, progress, concurrency: 4 });
  return { stdout, stderr, reporting };
}

function run({ reporting }: Scene): void {
  reporting.event(finished());
  reporting.event(failed(), new Error('inner'));
  reporting.event(summary());
  reporting.close();
}

test.each([
  [{}, true, 'bars'],
  [{}, false, 'lines'],
  [{ progress: 'bars' }, false, 'lines'],
  [{ progress: 'lines' }, true, 'lines'],
  [{ progress: 'none' }, true, 'none'],
  [{ quiet: true }, true, 'none'],
  [{ quiet: true, progress: 'bars' }, true, 'bars'],
  [{ json: true }, true, 'bars'],
] as const)('with %j and a terminal %j progress is shown as %s', (written, terminal, style) => {
  expect(chooseProgress(resolveOptions(reportOptions, written), terminal)).toBe(style);
});

test('text goes to standard output, nothing to standard error', () => {
  const scene = open({});
  run(scene);
  expect(scene.stdout.text.split('\n')).toHaveLength(5);
  expect(scene.stderr.text).toBe('');
  expect(pendingAlarms()).toBe(0);
});

test('quiet leaves failures, on standard error', () => {
  const scene = open({ quiet: true });
  run(scene);
  expect(scene.stdout.text).toBe('');
  expect(scene.stderr.text).toMatch(/^greenlet-7 {2}404 .*\n$/);
});

test('json is the same whether quiet or verbose', () => {
  const texts = [{}, { quiet: true }, { verbose: true }].map((more) => {
    const scene = open({ json: true, ...more });
    run(scene);
    return scene.stdout.text;
  });
  expect(
    texts[0]
      ?.split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line).event),
  ).toEqual(['finished', 'finished', 'summary']);
  expect(new Set(texts).size).toBe(1);
});

test('verbose adds the causes on standard error', () => {
  const scene = open({ verbose: true });
  run(scene);
  expect(scene.stderr.text).toContain('Error: inner');
  expect(scene.stdout.text).not.toContain('inner');
});

test.each([
  [{}, {}, true],
  [{ color: false }, {}, false],
  [{}, { NO_COLOR: '1' }, false],
  [{}, { NO_COLOR: '' }, true],
  [{}, { TERM: 'dumb' }, false],
])('colour on a terminal with %j and %j: %j', (written, environment, coloured) => {
  const scene = open(written, { out: true, err: true }, environment);
  run(scene);
  expect(scene.stdout.text.includes('\x1b[3')).toBe(coloured);
});

test('no colour and no bars where there is no terminal', () => {
  const scene = open({ progress: 'bars' });
  pass(1000);
  run(scene);
  expect(scene.stdout.text + scene.stderr.text).not.toContain('\x1b');
});

test('a note is one safe line on standard error', () => {
  const scene = open({ json: true });
  scene.reporting.note('the list \x1b[2J is empty');
  pass(10);
  expect(scene.stderr.text).toBe('the list \\x1b[2J is empty\n');
  scene.reporting.close();
  scene.reporting.note('after');
  expect(scene.stderr.text).toContain('after\n');
});

test('a full standard output is told', async () => {
  const { stdout, reporting } = open({});
  stdout.full = true;
  reporting.event(finished());
  expect(reporting.drained()).toBeUndefined();
  pass(10);
  const drained = reporting.drained();
  expect(drained).toBeInstanceOf(Promise);
  stdout.drain();
  await drained;
  reporting.close();
});

test('a reporter that throws is left out and hurts no other', () => {
  const heard: string[] = [];
  let thrown = 0;
  const bad = {
    event(): void {
      thrown++;
      throw new Error('bad');
    },
    close(): void {
      throw new Error('bad');
    },
  };
  const good = { event: () => void heard.push('event'), close: () => void heard.push('close') };
  const all = combineReporters([bad, good]);
  all.event(finished());
  all.event(finished());
  all.close();
  expect(heard).toEqual(['event', 'event', 'close']);
  expect(thrown).toBe(1);
});
