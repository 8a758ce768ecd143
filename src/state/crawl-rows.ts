// The tables of a crawl: `frontier`, each URL once with its place in the crawl and what became of it; `origins`, what their robots.txt
// said; `traps`, what the rules against them remember; `crawl`, the rest by name.

import type { Database, Statement } from './database.js';
import { number, text } from './file-rows.js';
import {
  type FrontierEnd,
  type FrontierPlace,
  type FrontierRow,
  type FrontierState,
  type NewFrontierRow,
  toFrontierRow,
} from './frontier-row.js';
import { type FrontierCounts, FrontierTally } from './frontier-tally.js';

export interface RobotsRecord {
  readonly robots: string | null;
  /** `ok`, `none` or what went wrong. */
  readonly status: string;
  /** In ms since 1970. */
  readonly asked: number;
}

const PAGE = 1000;
const LEASED = -1;
const OPEN = 'due IS NOT NULL';

export class CrawlRows {
  readonly #database: Database;
  readonly #prepared = new Map<string, Statement>();
  /** Kept up from {@link beginCounting} on. */
  #tally: FrontierTally | null = null;

  constructor(database: Database) {
    this.#database = database;
  }

  /** More pages of the file in memory than a list needs: what a page leads to lies all over it. */
  keepInMemory(kibibytes: number): void {
    this.#database.exec(`PRAGMA cache_size=-${kibibytes}`);
  }

  find(url: string): FrontierRow | null {
    const row = this.#sql('SELECT * FROM frontier WHERE url = ?').get([url]);
    return row === null ? null : toFrontierRow(row);
  }

  byId(id: number): FrontierRow | null {
    const row = this.#sql('SELECT * FROM frontier WHERE id = ?').get([id]);
    return row === null ? null : toFrontierRow(row);
  }

  /** @returns false for a URL that is there already */
  insert(row: NewFrontierRow): boolean {
    const { url, origin, depth, kind, requisiteDepth, redirects, guarded, parent, refusal } = row;
    const insert = this.#sql(
      `INSERT OR IGNORE INTO frontier (url, origin, depth, kind, requisite_depth, redirects, guarded, parent, due, state, reason, detail)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    const values = [
      url,
      origin,
      depth,
      kind,
      requisiteDepth,
      redirects,
      Number(guarded),
      parent,
      refusal === null ? depth : null,
      refusal === null ? 'open' : 'refused',
      refusal?.reason ?? null,
      refusal?.detail ?? null,
    ];
    const isNew = insert.run(values) > 0;
    if (isNew) this.#tally?.add(refusal === null ? 'open' : 'refused', refusal?.reason ?? null, 1);
    return isNew;
  }

  /** A URL that has not been asked for has a better place, or is wanted after all. */
  open(id: number, { depth, kind, requisiteDepth, redirects, guarded }: FrontierPlace): void {
    const before = this.#tally === null ? null : this.byId(id);
    if (before !== null) this.#tally?.add(before.state, before.reason, -1);
    this.#tally?.add('open', null, 1);
    this.#sql(
      `UPDATE frontier SET depth = ?, kind = ?, requisite_depth = ?, redirects = ?, guarded = ?, due = ?, state = 'open',
       reason = NULL, detail = NULL WHERE id = ?`,
    ).run([depth, kind, requisiteDepth, redirects, Number(guarded), depth, id]);
  }

  end(id: number, end: FrontierEnd): void {
    const { state, reason, detail, status, type, file, size, sha256, target, ended } = end;
    this.#tally?.add('leased', null, -1);
    this.#tally?.add(state, reason, 1);
    this.#sql(
      `UPDATE frontier SET due = NULL, state = ?, reason = ?, detail = ?, status = ?, type = ?, file = ?, size = ?, sha256 = ?,
       target = ?, ended = ? WHERE id = ?`,
    ).run([
      state,
      reason,
      detail,
      status,
      type ?? null,
      file ?? null,
      size ?? null,
      sha256 ?? null,
      target ?? null,
      ended,
      id,
    ]);
  }

  /** The least depth of what is open; null when nothing is. */
  leastDue(): number | null {
    return number(
      this.#sql(`SELECT min(due) AS due FROM frontier WHERE ${OPEN} AND due >= 0`).get([])?.['due'],
    );
  }

  /** The first origin after another one that has something open at this depth; null for none. */
  nextOrigin(depth: number, after: string): string | null {
    const row = this.#sql(
      `SELECT origin FROM frontier WHERE ${OPEN} AND due = ? AND origin > ? ORDER BY origin LIMIT 1`,
    ).get([depth, after]);
    return text(row?.['origin']);
  }

  /** Takes open URLs of an origin in the order in which they were found. */
  lease(origin: string, depth: number, most: number): FrontierRow[] {
    const rows = this.#sql(
      `UPDATE frontier SET due = ${LEASED}, state = 'leased' WHERE id IN
       (SELECT id FROM frontier WHERE ${OPEN} AND due = ? AND origin = ? ORDER BY id LIMIT ?) RETURNING *`,
    ).all([depth, origin, most]);
    this.#lease(rows.length);
    return rows.map(toFrontierRow).sort((one, other) => one.id - other.id);
  }

  /** What {@link lease} would take first. */
  peek(origin: string, depth: number): FrontierRow | null {
    const row = this.#sql(
      `SELECT * FROM frontier WHERE ${OPEN} AND due = ? AND origin = ? ORDER BY id LIMIT 1`,
    ).get([depth, origin]);
    return row === null ? null : toFrontierRow(row);
  }

  /** What a run that goes on looks at again: what robots forbade, and what failed for a reason that may have passed. */
  reopen(): void {
    this.#sql(
      `UPDATE frontier SET due = depth, state = 'open', reason = NULL, detail = NULL WHERE
       (state = 'skipped' AND reason = 'robots') OR (state = 'failed' AND
       (reason IN ('ERR_CONNECT', 'ERR_TIMEOUT', 'ERR_TRUNCATED', 'ERR_DNS', 'ERR_TLS', 'ERR_DISK', 'ERR_CHECKSUM') OR
       (reason = 'ERR_STATUS' AND (status >= 500 OR status IN (408, 425, 429)))))`,
    ).run([]);
    this.#sql("UPDATE origins SET asked = 0 WHERE status NOT IN ('ok', 'none')").run([]);
  }

  /** What a killed run had taken is open again; so is one of this run that was not asked for. */
  giveBack(id: number | null = null): void {
    const which = id === null ? '' : 'AND id = ?';
    const back = this.#sql(
      `UPDATE frontier SET due = depth, state = 'open' WHERE ${OPEN} AND due = ${LEASED} ${which}`,
    ).run(id === null ? [] : [id]);
    this.#lease(-back);
  }

  #lease(urls: number): void {
    this.#tally?.add('open', null, -urls);
    this.#tally?.add('leased', null, urls);
  }

  /** Every URL of a state, a page of rows at a time. */
  *all(state: FrontierState): Generator<FrontierRow> {
    const statement = this.#sql(
      `SELECT * FROM frontier WHERE id > ? AND state = ? ORDER BY id LIMIT ${PAGE}`,
    );
    for (let last = 0; ; ) {
      const page = statement.all([last, state]).map(toFrontierRow);
      yield* page;
      last = page.at(-1)?.id ?? last;
      if (page.length < PAGE) return;
    }
  }

  saved(): { readonly files: number; readonly bytes: number } {
    const row = this.#sql(
      "SELECT count(*) AS files, total(size) AS bytes FROM frontier WHERE state = 'saved'",
    ).get([]);
    return { files: number(row?.['files']) ?? 0, bytes: number(row?.['bytes']) ?? 0 };
  }

  counts(): FrontierCounts {
    return this.#count().counts();
  }

  /** From now on the counts are kept up, for {@link counted}: to look at all rows each second would take too long. */
  beginCounting(): void {
    this.#tally = this.#count();
  }

  /** null where nobody has begun to count. */
  get counted(): FrontierCounts | null {
    return this.#tally?.counts() ?? null;
  }

  #count(): FrontierTally {
    const tally = new FrontierTally();
    const rows = this.#sql('SELECT state, reason, count(*) AS urls FROM frontier GROUP BY state, reason').all(
      [],
    );
    for (const row of rows)
      tally.add(text(row['state']) ?? '', text(row['reason']), number(row['urls']) ?? 0);
    return tally;
  }

  robots(origin: string): RobotsRecord | null {
    const row = this.#sql('SELECT * FROM origins WHERE origin = ?').get([origin]);
    if (row === null) return null;
    return {
      robots: text(row['robots']),
      status: text(row['status']) ?? '',
      asked: number(row['asked']) ?? 0,
    };
  }

  putRobots(origin: string, { robots, status, asked }: RobotsRecord): void {
    this.#sql('INSERT OR REPLACE INTO origins (origin, robots, status, asked) VALUES (?, ?, ?, ?)').run([
      origin,
      robots,
      status,
      asked,
    ]);
  }

  hasTrapMember(cluster: number, member: number): boolean {
    return this.#sql('SELECT 1 FROM traps WHERE cluster = ? AND member = ?').get([cluster, member]) !== null;
  }

  trapMembers(cluster: number): number {
    return (
      number(this.#sql('SELECT count(*) AS count FROM traps WHERE cluster = ?').get([cluster])?.['count']) ??
      0
    );
  }

  addTrapMember(cluster: number, member: number): void {
    this.#sql('INSERT OR IGNORE INTO traps (cluster, member) VALUES (?, ?)').run([cluster, member]);
  }

  value(key: string): string | null {
    return text(this.#sql('SELECT value FROM crawl WHERE key = ?').get([key])?.['value']);
  }

  putValue(key: string, value: string): void {
    this.#sql('INSERT OR REPLACE INTO crawl (key, value) VALUES (?, ?)').run([key, value]);
  }

  /** Made when it is first used: a run of a list uses none. */
  #sql(sql: string): Statement {
    const known = this.#prepared.get(sql);
    if (known !== undefined) return known;
    const statement = this.#database.prepare(sql);
    this.#prepared.set(sql, statement);
    return statement;
  }
}
