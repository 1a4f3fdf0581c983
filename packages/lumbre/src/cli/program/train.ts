import { Command } from 'commander';
import { defaultDevice } from '../../runtime/devices.ts';
import { listRecipes } from '../commands/recipeList.ts';
import { trainRecipe } from '../commands/train.ts';
import type { Context } from '../io.ts';
import * as read from '../options.ts';
import { type Common, loudnessOf, withDataFolder, withDevice, withLanguage, withLoudness } from './common.ts';

interface TrainFlags extends Common {
  readonly list?: boolean;
  readonly data?: string;
  readonly config?: string;
  readonly set: readonly string[];
  readonly full?: boolean;
  readonly steps?: number;
  readonly batchSize?: number;
  readonly lr?: number;
  readonly seconds?: number;
  readonly seed?: number;
  readonly out?: string;
  readonly resume?: string | true;
  readonly dataDir?: string;
}

/** Options that may be given when a run goes on, by the names commander gives them. */
const stays = new Set(['lang', 'device', 'quiet', 'json', 'resume', 'dataDir']);

const collect = (value: string, before: readonly string[]): string[] => [...before, value];

export function trainCommand(context: Context): Command {
  const command = new Command('train')
    .description('train a model by a recipe, or go on with a run')
    .argument('[recipe]', "what to train; 'lumbre train --list' shows what there is")
    .option('--list', 'the recipes, what each produces, and the time it takes')
    .option('--data <name>', 'a data set (see lumbre data list) or a file of yours')
    .option('--config <file>', 'settings as JSON, laid over those of the recipe')
    .option(
      '--set <key=value>',
      'one setting, such as model.nLayer=6; may be given several times',
      collect,
      [],
    )
    .option('--full', 'the configuration that was published, which takes long')
    .option('--steps <n>', 'how many batches to learn from: train.steps', read.integer('--steps', 1))
    .option('--batch-size <n>', 'examples in a batch: train.batchSize', read.integer('--batch-size', 1))
    .option('--lr <rate>', 'the highest learning rate: train.lr', read.number('--lr', 'rangePositive'))
    .option(
      '--seconds <n>',
      'stop after so long at the latest: train.seconds',
      read.number('--seconds', 'rangePositive'),
    )
    .option('--seed <n>', 'the same seed gives the same run: train.seed', read.integer('--seed', 0))
    .option('--out <folder>', 'where to keep the run; a new folder in runs/ unless given')
    .option('--resume [folder]', 'go on with a run, or with the latest one');
  withLoudness(withDataFolder(withDevice(withLanguage(command))));
  return command.action((recipe: string | undefined, flags: TrainFlags) => {
    if (flags.list) return listRecipes(flags.json ?? false, context);
    const { steps, batchSize, lr, seconds, seed } = flags;
    const typed = command.options.filter((option) => {
      const name = option.attributeName();
      return !stays.has(name) && command.getOptionValueSource(name) === 'cli';
    });
    return trainRecipe(
      {
        recipe,
        data: flags.data,
        configFile: flags.config,
        assignments: flags.set,
        full: flags.full ?? false,
        train: { steps, batchSize, lr, seconds, seed },
        out: flags.out,
        resume: flags.resume,
        onlyForNew: typed.map((option) => option.long ?? option.flags),
        dataFolder: flags.dataDir,
        device: flags.device ?? defaultDevice(),
        loudness: loudnessOf(flags),
      },
      context,
    );
  });
}
