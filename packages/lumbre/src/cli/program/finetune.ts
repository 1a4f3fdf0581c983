import { Command } from 'commander';
import { defaultDevice } from '../../runtime/devices.ts';
import { finetuneModel } from '../commands/finetune.ts';
import { usageError } from '../errors.ts';
import type { Context } from '../io.ts';
import * as read from '../options.ts';
import { type Common, loudnessOf, withDevice, withLanguage, withLoudness } from './common.ts';

interface FinetuneFlags extends Common {
  readonly data?: string;
  readonly lora?: boolean;
  readonly config?: string;
  readonly set: readonly string[];
  readonly steps?: number;
  readonly epochs?: number;
  readonly batchSize?: number;
  readonly lr?: number;
  readonly maxLength?: number;
  readonly seed?: number;
  readonly revision?: string;
  readonly out?: string;
  readonly resume?: string | true;
}

/** Options that may be given when a run goes on. */
const stays = new Set(['lang', 'device', 'quiet', 'json', 'resume']);

const collect = (value: string, before: readonly string[]): string[] => [...before, value];

export function finetuneCommand(context: Context): Command {
  const command = new Command('finetune')
    .description('teach a pretrained model more: conversations, completions, texts or classes')
    .argument('[model]', 'a folder of Hugging Face, or a name on its hub')
    .option(
      '--data <file>',
      '.jsonl, .json, .csv, or a plain text; messages, prompt and completion, text, or text and label',
    )
    .option('--lora', 'adapters of low rank instead of all weights; --set lora.r=8 and so on')
    .option('--config <file>', 'settings as JSON')
    .option('--set <key=value>', 'one setting, such as lora.r=16; may be given several times', collect, [])
    .option('--epochs <n>', 'how often all examples are seen', read.number('--epochs', 'rangePositive'))
    .option('--steps <n>', 'how many steps to make, instead', read.integer('--steps', 1))
    .option('--batch-size <n>', 'rows in a batch', read.integer('--batch-size', 1))
    .option('--lr <rate>', 'the highest learning rate', read.number('--lr', 'rangePositive'))
    .option('--max-length <n>', 'tokens in a row at most', read.integer('--max-length', 2))
    .option('--seed <n>', 'the same seed gives the same run', read.integer('--seed', 0))
    .option('--revision <name>', 'a branch, a tag or a commit, of a model on the hub')
    .option('--out <folder>', 'where to keep the run; a new folder in runs/ unless given')
    .option('--resume [folder]', 'go on with a run, or with the latest one');
  withLoudness(withDevice(withLanguage(command)));
  return command.action((model: string | undefined, flags: FinetuneFlags) => {
    const { data, lora = false, config, epochs, steps, batchSize, lr, maxLength, seed } = flags;
    const { revision, out, resume } = flags;
    if (resume !== undefined) {
      const typed = command.options.find((option) => {
        const name = option.attributeName();
        return !stays.has(name) && command.getOptionValueSource(name) === 'cli';
      });
      const option = model === undefined ? typed && (typed.long ?? typed.flags) : model;
      if (option !== undefined) throw usageError((messages) => messages.fixedByRun(option));
    }
    return finetuneModel(
      {
        ...(model !== undefined && { model }),
        ...(data !== undefined && { data }),
        ...(config !== undefined && { configFile: config }),
        ...(revision !== undefined && { revision }),
        ...(out !== undefined && { out }),
        ...(resume !== undefined && { resume }),
        lora,
        assignments: flags.set,
        given: { epochs, steps, batchSize, lr, maxLength, seed },
        device: flags.device ?? defaultDevice(),
        loudness: loudnessOf(flags),
      },
      context,
    );
  });
}
