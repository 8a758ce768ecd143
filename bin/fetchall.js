#!/usr/bin/env node
'use strict';
// CommonJS, as the bundle is: it is there 10 ms sooner than the same in modules.

const { keepCompiledCode } = require('./compile-cache.js');

keepCompiledCode();

const { main } = require('../dist/bundle/main.js');

// A program that has nothing left to wait for before it is done has a fault.
process.exitCode = 1;
main(process.argv.slice(2)).then((exitCode) => {
  process.exitCode = exitCode;
});
