#!/usr/bin/env node
import { exitCodes, runCommandLine } from './cli.ts';
import { showCursor } from './liveArea.ts';
import { packageVersion } from './version.ts';

/** A Ctrl-C under npm may arrive twice, from the terminal and passed on by npm: that is one. */
const SAME_CTRL_C_MS = 250;

const interrupt = new AbortController();
let interrupted = Number.POSITIVE_INFINITY;
process.on('SIGINT', () => {
  // Once: end soon and save. Twice: now.
  if (performance.now() - interrupted > SAME_CTRL_C_MS) process.exit(exitCodes.interrupted);
  interrupted = Math.min(interrupted, performance.now());
  interrupt.abort();
});
process.on('SIGTERM', () => interrupt.abort());

// Whatever ended it, even a second Ctrl-C.
process.on('exit', () => {
  if (process.stdout.isTTY) process.stdout.write(showCursor);
});

// `lumbre generate … | head` closes the pipe early, which is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(exitCodes.fine);
  throw error;
});

process.exitCode = await runCommandLine(
  process.argv.slice(2),
  { output: process.stdout, errors: process.stderr, environment: process.env, signal: interrupt.signal },
  packageVersion(),
);
