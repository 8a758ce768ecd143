// The option tables of the README, made from the rooms' own tables. `npm run build:tools && node
// build/test/support/option-table.js` prints it.

import { fileURLToPath } from 'node:url';
import { crawlOptions } from '../../src/crawl/options.js';
import { flagName, type Option, type OptionTable } from '../../src/model/option.js';
import { reportOptions } from '../../src/report/options.js';
import { downloadOptions } from '../../src/run/options.js';

function row(key: string, option: Option<unknown, unknown>): string {
  const flag = option.default === true ? flagName(key).replace('--', '--no-') : flagName(key);
  const alias = option.alias === undefined ? '' : `\`-${option.alias}\`, `;
  const value = option.value === undefined ? '' : ` ${option.value.replaceAll('|', '\\|')}`;
  const shown = option.defaultText ?? (option.value === undefined ? '' : String(option.default));
  return `| ${alias}\`${flag}${value}\` | ${shown} | ${option.default === true ? 'no ' : ''}${option.help} |`;
}

export function optionTable(table: OptionTable = { ...downloadOptions, ...reportOptions }): string {
  const options = Object.entries(table);
  return [
    '| option | default | meaning |',
    '| --- | --- | --- |',
    ...options.map(([key, option]) => row(key, option)),
  ].join('\n');
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  console.log(`${optionTable()}\n\n${optionTable(crawlOptions)}`);
