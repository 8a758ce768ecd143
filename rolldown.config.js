// The command line in a few files, its packages included: a file that is not opened costs no time at the start. The library is
// not bundled. Whose code is in the bundle, and under which terms, is written beside it.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from 'rolldown';

const PACKAGE = /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/;

/** The licence texts of the packages whose modules these are. */
function licencesOf(modules) {
  const folders = new Set(modules.flatMap((id) => PACKAGE.exec(id) ?? []));
  return [...folders].sort().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each));
    const text = file === undefined ? '' : readFileSync(join(folder, file), 'utf8').trim();
    return `${name} ${version} (${license})\n\n${text}\n`;
  });
}

const licences = {
  name: 'licences',
  generateBundle() {
    const source = licencesOf([...this.getModuleIds()]).join('\n---\n\n');
    this.emitFile({ type: 'asset', fileName: 'LICENSES.txt', source });
  },
};

/** Of undici only what http/undici-transport.ts imports: all of it takes twice as long to load. */
const undici = {
  name: 'undici',
  resolveId: (id) => (id === 'undici' ? '\0undici' : null),
  load: (id) =>
    id === '\0undici'
      ? `export { default as Agent } from 'undici/lib/dispatcher/agent.js';
         export { default as buildConnector } from 'undici/lib/core/connect.js';`
      : null,
};

/**
 * How wide yargs takes a text for when it lays out the help, which is ASCII (a test holds that): the tables and the segmenter that the
 * package brings for all other letters take 40 ms.
 */
const stringWidth = {
  name: 'string-width',
  resolveId: (id, importer = '') =>
    id === 'string-width' && /node_modules.(?:yargs|cliui|wrap-ansi)\b/.test(importer)
      ? '\0string-width'
      : null,
  load: (id) => (id === '\0string-width' ? 'export default (text) => text.length;' : null),
};

// A thread finds its file beside the one that starts it.
const input = {
  main: 'dist/cli/main.js',
  'disk-worker': 'dist/files/disk-worker.js',
  'task-worker': 'dist/run/task-worker.js',
};
for (const file of Object.values(input))
  if (!existsSync(file)) throw new Error(`${file} is missing: npm run build makes it`);

export default defineConfig({
  input,
  platform: 'node',
  // It looks for its WebAssembly beside itself.
  external: ['node-sqlite3-wasm'],
  plugins: [undici, stringWidth, licences],
  output: { dir: 'dist/bundle', format: 'esm', cleanDir: true, chunkFileNames: '[name].js' },
});
