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

/** CommonJS starts sooner; files named .js are modules in this package unless their folder says otherwise. */
const commonJs = {
  name: 'commonjs',
  generateBundle() {
    this.emitFile({ type: 'asset', fileName: 'package.json', source: '{ "type": "commonjs" }\n' });
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

/**
 * Functions of Node that not every run needs, by the module that is loaded when one of them is called first: a run of one file
 * begins 15 ms sooner.
 */
const CALLED_LATE = {
  'node:crypto': ['createHash', 'randomUUID'],
  'node:dns': ['lookup'],
  'node:http2': ['connect'],
  'node:readline': ['createInterface'],
};

const calledLate = {
  name: 'called-late',
  resolveId: (id, importer = '') =>
    id in CALLED_LATE && !importer.includes('node_modules') ? `\0late:${id}` : null,
  load: (id) => {
    const module = id.replace('\0late:', '');
    return module === id
      ? null
      : CALLED_LATE[module]
          .map(
            (name) =>
              `export const ${name} = (...args) => process.getBuiltinModule('${module}').${name}(...args);`,
          )
          .join('\n');
  },
};

/**
 * What undici asks for and is never used here: its HTTP/2, which it is not told to speak, and of node:http the limit of a head, which
 * each agent is given, and a class that no body is of. 10 ms.
 */
const unused = {
  name: 'unused',
  resolveId: (id, importer = '') =>
    id === 'node:http' && /node_modules.undici\b/.test(importer) ? '\0unused:http' : null,
  load(id) {
    if (id === '\0unused:http') return 'module.exports = { maxHeaderSize: 16384, IncomingMessage: null };';
    return /undici.lib.dispatcher.client-h2\.js$/.test(id)
      ? "module.exports = () => { throw new Error('the server speaks HTTP/2, which it was not asked for'); };"
      : null;
  },
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
  plugins: [undici, unused, stringWidth, calledLate, licences, commonJs],
  // yargs asks whether there is an import.meta.resolve, for a setting that is not used here.
  transform: { define: { 'import.meta.resolve': 'undefined' } },
  output: { dir: 'dist/bundle', format: 'cjs', strict: true, cleanDir: true, chunkFileNames: '[name].js' },
});
