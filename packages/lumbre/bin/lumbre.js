#!/usr/bin/env node
// The command is committed, so that npm links it on a fresh clone, where `dist` does not exist yet.
import { existsSync } from 'node:fs';

const main = new URL('../dist/cli/main.js', import.meta.url);
if (existsSync(main)) {
  await import(main.href);
} else {
  process.stderr.write(
    'Lumbre is not built yet. Run `npm run build` once in the repository, then try again.\n',
  );
  process.exitCode = 1;
}
