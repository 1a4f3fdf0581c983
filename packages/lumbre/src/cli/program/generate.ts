import { Command } from 'commander';
import { defaultDevice } from '../../runtime/devices.ts';
import { type GenerateCommandOptions, generateText } from '../commands/generate.ts';
import type { Context } from '../io.ts';
import * as read from '../options.ts';
import { type Common, withDevice, withLanguage, withSeed } from './common.ts';

type GenerateFlags = Common & Omit<GenerateCommandOptions, 'json' | 'device'>;

export function generateCommand(context: Context): Command {
  const command = new Command('generate')
    .description('write with a model: a run of yours, or one that comes with Lumbre')
    .argument('<model>', 'the folder of a run, its name in runs/, or a model of the package')
    .option('--prompt <text>', 'how the text begins', '')
    .option(
      '--max-new-tokens <n>',
      'how many tokens to write at most',
      read.integer('--max-new-tokens', 0),
      500,
    )
    .option(
      '--temperature <x>',
      '0 always takes the likeliest; 1 is as learned',
      read.number('--temperature', 'rangeFromZero'),
      0.8,
    )
    .option('--top-k <n>', 'draw from the k likeliest only', read.integer('--top-k', 1))
    .option(
      '--top-p <share>',
      'draw from the likeliest that reach this share',
      read.number('--top-p', 'rangeUpToOne'),
    )
    .option('--json', 'the text in one JSON object, for programs');
  withSeed(withDevice(withLanguage(command)));
  return command.action((model: string, flags: GenerateFlags) => {
    const { prompt, maxNewTokens, temperature, topK, topP, seed } = flags;
    const { device = defaultDevice(), json = false } = flags;
    return generateText(
      model,
      { prompt, maxNewTokens, temperature, topK, topP, seed, device, json },
      context,
    );
  });
}
