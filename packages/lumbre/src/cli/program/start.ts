import { Command } from 'commander';
import { defaultDevice } from '../../runtime/devices.ts';
import { start } from '../commands/start.ts';
import type { Context } from '../io.ts';
import * as read from '../options.ts';
import { type Common, loudnessOf, withDevice, withLanguage, withLoudness } from './common.ts';

export function startCommand(context: Context): Command {
  const command = new Command('start')
    .description('train a GPT that tells small stories, in a minute and a half, and see what it writes')
    .option('--steps <n>', 'fewer or more steps', read.integer('--steps', 1))
    .option('--out <folder>', 'where to keep the run; a new folder in runs/ unless given');
  withLoudness(withDevice(withLanguage(command)));
  return command.action((flags: Common & { out?: string; steps?: number }) => {
    const { out, steps, device = defaultDevice() } = flags;
    const layers = steps === undefined ? [] : [{ train: { steps } }];
    return start({ out, layers, device, loudness: loudnessOf(flags) }, context);
  });
}
