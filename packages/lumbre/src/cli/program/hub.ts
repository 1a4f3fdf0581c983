import { Command } from 'commander';
import { downloadModel, type HubFlags, listModels, showModel } from '../commands/hub.ts';
import type { Context } from '../io.ts';
import { withLanguage, withLoudness } from './common.ts';

const withCache = (command: Command): Command =>
  command.option(
    '--cache-dir <folder>',
    "where downloads are kept (default: Hugging Face's own cache; HF_HOME and HF_HUB_CACHE say where)",
  );

const withPlace = (command: Command): Command =>
  withCache(command)
    .option('--revision <name>', 'a branch, a tag or the hash of a commit (default: main)')
    .option('--local', 'ask nothing of the network (default: whether HF_HUB_OFFLINE is set)');

export function hubCommand(context: Context): Command {
  const json = 'one JSON object a line, for programs';
  const list = new Command('list')
    .description('the models that were downloaded, by Python too')
    .option('--json', json);
  withLanguage(withCache(list)).action((flags: HubFlags) => listModels(flags, context));

  const download = new Command('download')
    .description('download what loading a model needs; a half download is gone on with')
    .argument('<model>', 'its name on the hub: gpt2, HuggingFaceTB/SmolLM-135M')
    .argument('[files...]', 'these files and no others');
  withLoudness(withLanguage(withPlace(download))).action((name: string, files: string[], flags: HubFlags) =>
    downloadModel(name, files, flags, context),
  );

  const info = new Command('info')
    .description('what a model is: its family, its sizes, its files')
    .argument('<model>', 'its name on the hub, or a folder')
    .option('--json', json);
  withLanguage(withPlace(info)).action((name: string, flags: HubFlags) => showModel(name, flags, context));

  return new Command('hub')
    .description("models of Hugging Face's hub: download, list, look at")
    .addCommand(list)
    .addCommand(download)
    .addCommand(info);
}
