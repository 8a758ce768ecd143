'use strict';
// Compiled code that is kept for the next start, which then takes 15 ms less. Node 22 and later know how.

const { mkdirSync, statSync } = require('node:fs');
const { enableCompileCache } = require('node:module');
const { homedir } = require('node:os');
const { isAbsolute, join } = require('node:path');

/**
 * Where nobody but the user can write: Node's own choice is a folder among the temporary files that anybody could have made before,
 * and what lies there is run. null where there is no such place.
 */
function cacheFolder() {
  const { XDG_CACHE_HOME, LOCALAPPDATA } = process.env;
  try {
    const home = homedir();
    // A home that does not exist is not made, and in another's (sudo may leave HOME as it was) nothing is.
    if (!isOurs(statSync(home))) return null;
    const named = process.platform === 'win32' ? LOCALAPPDATA : XDG_CACHE_HOME;
    const caches = named !== undefined && isAbsolute(named) ? named : join(home, '.cache');
    const folder = join(caches, 'fetchall');
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const stats = statSync(folder);
    return isOurs(stats) && !mayBeWrittenByOthers(stats) ? folder : null;
  } catch {
    return null;
  }
}

function isOurs({ uid }) {
  return process.platform === 'win32' || uid === process.getuid();
}

function mayBeWrittenByOthers({ mode }) {
  return process.platform !== 'win32' && (mode & 0o022) !== 0;
}

/** NODE_COMPILE_CACHE names another folder, NODE_DISABLE_COMPILE_CACHE=1 prevents it: Node reads both. */
function keepCompiledCode() {
  const { NODE_COMPILE_CACHE, NODE_DISABLE_COMPILE_CACHE } = process.env;
  if (enableCompileCache === undefined || NODE_COMPILE_CACHE || NODE_DISABLE_COMPILE_CACHE) return;
  const folder = cacheFolder();
  if (folder !== null) enableCompileCache(folder);
}

module.exports = { keepCompiledCode };
