import { Command } from 'commander';
import { defaultDevice } from '../../runtime/devices.ts';
import { evaluateModel } from '../commands/evaluate.ts';
import { exportModel } from '../commands/export.ts';
import { sampleModel } from '../commands/sample.ts';
import { summarizeModel } from '../commands/summarize.ts';
import type { Context } from '../io.ts';
import * as read from '../options.ts';
import { type Common, withDataFolder, withDevice, withLanguage, withSeed } from './common.ts';

/** Commands that take a model and make, measure or describe something. */

const MODEL = 'the folder of a run, its name in runs/, or a model of the package';

interface SampleFlags extends Common {
  readonly count?: number;
  readonly interpolate?: boolean;
  readonly walk?: boolean;
  readonly frames?: number;
  readonly steps?: number;
  readonly label?: number;
  readonly seed?: number;
  readonly temperature?: number;
  readonly out?: string;
}

export function sampleCommand(context: Context): Command {
  const command = new Command('sample')
    .description('make pictures or music with a model')
    .argument('<model>', MODEL)
    .option('--count <n>', 'how many', read.integer('--count', 1))
    .option('--interpolate', 'ways from one picture to another, a row each')
    .option('--walk', 'a walk through latent space, as an animated GIF')
    .option('--frames <n>', 'pictures of a walk or a way', read.integer('--frames', 2))
    .option('--steps <n>', 'steps from noise to a picture, for diffusion models', read.integer('--steps', 1))
    .option('--label <n>', 'the class, for models that are told which', read.integer('--label', 0))
    .option(
      '--temperature <x>',
      'how freely, where codes or notes are drawn one by one',
      read.number('--temperature', 'rangeFromZero'),
    )
    .option('--out <file>', 'where to write it: PNG, GIF or MIDI')
    .option('--json', 'the file in one JSON object, for programs');
  withSeed(withDevice(withLanguage(command)));
  return command.action((model: string, flags: SampleFlags) => {
    const { count, frames, steps: samplingSteps, label, seed, temperature, out } = flags;
    const { interpolate = false, walk = false, json = false, device = defaultDevice() } = flags;
    return sampleModel(
      model,
      { count, interpolate, walk, frames, samplingSteps, label, seed, temperature, out, json, device },
      context,
    );
  });
}

export function evalCommand(context: Context): Command {
  const command = new Command('eval')
    .description('measure a model on data that it has not seen')
    .argument('<model>', MODEL)
    .option('--json', 'the figures in one JSON object, for programs');
  withDataFolder(withDevice(withLanguage(command)));
  return command.action((model: string, flags: Common & { dataDir?: string }) => {
    const { dataDir, json = false, device = defaultDevice() } = flags;
    return evaluateModel(model, { dataFolder: dataDir, json, device }, context);
  });
}

export function summaryCommand(context: Context): Command {
  const command = new Command('summary')
    .description('what a model is made of: shapes, parameters, operations, memory')
    .argument('<model>', MODEL)
    .option('--json', 'one JSON object, for programs');
  withDevice(withLanguage(command));
  return command.action((model: string, { json = false, device = defaultDevice() }: Common) =>
    summarizeModel(model, { json, device }, context),
  );
}

interface ExportFlags extends Common {
  readonly dtype: 'float16' | 'float32';
  readonly evaluate?: boolean;
  readonly dataDir?: string;
}

export function exportCommand(context: Context): Command {
  const command = new Command('export')
    .description('put a model alone into a folder, small and with a card, to be passed on')
    .argument('<model>', MODEL)
    .argument('<folder>', 'where to put it; it must not exist')
    .option(
      '--dtype <dtype>',
      'what weights are kept in: float16 or float32',
      read.choice('--dtype', ['float16', 'float32']),
      'float16',
    )
    .option('--evaluate', 'measure it on data that it has not seen, for the card')
    .option('--json', 'one JSON object, for programs');
  withDataFolder(withDevice(withLanguage(command)));
  return command.action((model: string, folder: string, flags: ExportFlags) => {
    const { dtype, evaluate = false, dataDir, json = false, device = defaultDevice() } = flags;
    return exportModel(model, { folder, dtype, evaluate, dataFolder: dataDir, json, device }, context);
  });
}
