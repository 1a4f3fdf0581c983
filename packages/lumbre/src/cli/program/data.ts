import { Command } from 'commander';
import { type DataFlags, getData, listData, showData } from '../commands/data.ts';
import type { Context } from '../io.ts';
import { withDataFolder, withLanguage, withLoudness } from './common.ts';

export function dataCommand(context: Context): Command {
  const json = 'one JSON object a line, for programs';
  const list = new Command('list').description('which there are, and which are here').option('--json', json);
  withLanguage(withDataFolder(list)).action((flags: DataFlags) => listData(flags, context));

  const get = new Command('get')
    .description('download data sets into the cache; a half download is gone on with')
    .argument('<names...>', 'what they are called')
    .option('--force', 'download them again, even when they are here');
  withLoudness(withLanguage(withDataFolder(get))).action((names: string[], flags: DataFlags) =>
    getData(names, flags, context),
  );

  const info = new Command('info')
    .description('what a data set is, where it comes from, its licence, and a look at it')
    .argument('<name>', 'what it is called')
    .option('--json', json);
  withLanguage(withDataFolder(info)).action((name: string, flags: DataFlags) =>
    showData(name, flags, context),
  );

  return new Command('data')
    .description('public data sets to learn from: list, download, look at')
    .addCommand(list)
    .addCommand(get)
    .addCommand(info);
}
