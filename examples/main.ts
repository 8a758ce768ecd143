// `npm run example NAME [ARGUMENT ...]` runs examples/NAME.ts; without a NAME it lists them.

import { readdirSync } from 'node:fs';

/** build/examples/ */
const folder = new URL('.', import.meta.url);
// Programs are in the folders; what lies beside them is theirs to share.
const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => file.includes('/') && file.endsWith('.js'))
  .map((file) => file.slice(0, -'.js'.length))
  .sort();

// Taken out, so that a program finds its arguments where it would if it were run directly.
const [name] = process.argv.splice(2, 1);
if (name === undefined) console.log(names.join('\n'));
else if (names.includes(name)) await import(new URL(`${name}.js`, folder).href);
else {
  console.error(`there is no example ${name}; these there are:\n${names.join('\n')}`);
  process.exitCode = 2;
}
