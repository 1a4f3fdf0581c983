import { Command } from 'commander';
import { defaultDevice } from '../../runtime/devices.ts';
import { evaluateRun, sampleStories } from '../commands/stories.ts';
import type { Context } from '../io.ts';
import * as read from '../options.ts';
import { type Common, withDevice, withLanguage } from './common.ts';

interface StoriesFlags extends Common {
  readonly count: number;
  readonly temperature: number;
  readonly seed: number;
}

export function storiesCommand(context: Context): Command {
  const evaluate = new Command('evaluate')
    .description('have the model of a run write stories, and measure them by the grammar')
    .argument('<run>', 'the folder of a run')
    .option('--count <n>', 'how many stories', read.integer('--count', 1), 100)
    .option(
      '--temperature <x>',
      'how freely they are drawn',
      read.number('--temperature', 'rangeFromZero'),
      0.8,
    )
    .option('--seed <n>', 'the same seed gives the same stories', read.integer('--seed', 0), 1)
    .option('--json', 'the figures as JSON');
  withDevice(withLanguage(evaluate)).action(
    (run: string, { count, temperature, seed, json = false, device = defaultDevice() }: StoriesFlags) =>
      evaluateRun(run, { count, temperature, seed, json, device }, context),
  );
  const sample = new Command('sample')
    .description('stories as the grammar writes them: what the model learns from')
    .option('--count <n>', 'how many stories', read.integer('--count', 1), 5)
    .option('--seed <n>', 'the same seed gives the same stories', read.integer('--seed', 0), 1);
  withLanguage(sample).action(({ count, seed, lang }: StoriesFlags) =>
    sampleStories({ count, seed, language: lang }, context),
  );
  return new Command('stories')
    .description('the small stories: look at them, or measure a model by them')
    .addCommand(evaluate)
    .addCommand(sample);
}
