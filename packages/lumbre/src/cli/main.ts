#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { exitCodes, runCommandLine } from './cli.ts';

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

const interrupt = new AbortController();
process.on('SIGINT', () => {
  // Once: end soon and save. Twice: now.
  if (interrupt.signal.aborted) process.exit(exitCodes.interrupted);
  interrupt.abort();
});
process.on('SIGTERM', () => interrupt.abort());

// `lumbre generate … | head` closes the pipe early, which is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(exitCodes.fine);
  throw error;
});

process.exitCode = await runCommandLine(
  process.argv.slice(2),
  { output: process.stdout, errors: process.stderr, environment: process.env, signal: interrupt.signal },
  version,
);
