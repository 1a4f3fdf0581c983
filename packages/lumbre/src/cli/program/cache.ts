import { Command } from 'commander';
import { emptyCache, showCache } from '../commands/cache.ts';
import type { Context } from '../io.ts';
import { withLanguage } from './common.ts';

export function cacheCommand(context: Context): Command {
  const json = 'one JSON object, for programs';
  const clear = new Command('clear')
    .description('delete them; they are compiled again when they are needed')
    .option('--json', json);
  withLanguage(clear).action((_: unknown, command: Command) =>
    // `--json` may stand before the word, too.
    emptyCache({ json: Boolean(command.optsWithGlobals<{ json?: boolean }>().json) }, context),
  );
  const cache = new Command('cache')
    .description('the kernels that were compiled to machine code: where they are kept, and how many')
    .option('--json', json)
    // What stands after `clear` is for `clear`.
    .enablePositionalOptions();
  return withLanguage(cache)
    .action((flags: { json?: boolean }) => showCache({ json: Boolean(flags.json) }, context))
    .addCommand(clear);
}
