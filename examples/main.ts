// `npm run example NAME [ARGUMENT ...]` runs examples/NAME.ts; without a NAME it lists them, as examples/README.md does.

import { readFileSync } from 'node:fs';

/** build/examples/ */
const folder = new URL('.', import.meta.url);
const readme = readFileSync(new URL('../../examples/README.md', folder), 'utf8');
/** The rows of its tables: the name, and what it shows. */
const examples = new Map(
  [...readme.matchAll(/^\| `([^`]+)` *\| (.*?) *\|$/gm)].map(([, name = '', shows = '']) => [name, shows]),
);
const width = Math.max(...[...examples.keys()].map((name) => name.length));
const list = [...examples].map(([name, shows]) => `${name.padEnd(width)}  ${shows}`).join('\n');

// Taken out, so that a program finds its arguments where it would if it were run directly.
const [name] = process.argv.splice(2, 1);
if (name === undefined) console.log(list);
else if (examples.has(name)) await import(new URL(`${name}.js`, folder).href);
else {
  console.error(`there is no example ${name}; these there are:\n\n${list}`);
  process.exitCode = 2;
}
