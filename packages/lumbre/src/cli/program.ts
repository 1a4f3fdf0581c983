import { Command } from 'commander';
import type { Language } from '../data/index.ts';
import { defaultDevice } from '../runtime/devices.ts';
import { emptyCache, showCache } from './commands/cache.ts';
import { runDoctor } from './commands/doctor.ts';
import { type GenerateCommandOptions, generateText } from './commands/generate.ts';
import { start } from './commands/start.ts';
import { evaluateRun, sampleStories } from './commands/stories.ts';
import { trainGPT } from './commands/train.ts';
import { allDevices } from './doctor/devices.ts';
import type { Context, Loudness } from './io.ts';
import * as read from './options.ts';
import { storyRecipe } from './recipes/stories.ts';

/** What the options of a command are called in its code. */
interface Common {
  readonly lang: Language;
  /** The fastest that works, unless given. */
  readonly device?: string;
  readonly quiet?: boolean;
  readonly json?: boolean;
}

interface TrainFlags extends Common {
  readonly data?: string;
  readonly steps?: number;
  readonly batchSize?: number;
  readonly blockSize?: number;
  readonly nLayer?: number;
  readonly nHead?: number;
  readonly nEmbd?: number;
  readonly dropout?: number;
  readonly lr?: number;
  readonly minLr?: number;
  readonly warmupSteps?: number;
  readonly weightDecay?: number;
  readonly evalInterval?: number;
  readonly evalBatches?: number;
  readonly seed?: number;
  readonly out?: string;
  readonly resume?: string | true;
}

type GenerateFlags = Common & GenerateCommandOptions;

interface StoriesFlags extends Common {
  readonly count: number;
  readonly temperature: number;
  readonly seed: number;
}

const loudnessOf = ({ quiet, json }: Common): Loudness => (json ? 'json' : quiet ? 'quiet' : 'normal');

const withLanguage = (command: Command): Command =>
  command.option('--lang <language>', 'es (Spanish) or en (English)', read.language, 'es');

const withDevice = (command: Command): Command =>
  command.option(
    '--device <name>',
    'what computes: native, wasm, or js, which is slow and exact (default: the fastest that works)',
    read.device,
  );

const withLoudness = (command: Command): Command =>
  command
    .option('--quiet', 'say nothing but errors')
    .option('--json', 'one JSON object a line, for programs');

/** Options that a run fixes at its beginning, by the names commander gives them. */
const stays = new Set(['lang', 'device', 'quiet', 'json', 'resume']);

function trainCommand(context: Context): Command {
  const command = new Command('gpt')
    .description('train a character-level GPT on a text file or, without --data, on the small stories')
    .option('--data <file>', 'a text in UTF-8; a tenth of it is kept for validation')
    .option('--steps <n>', 'how many batches to learn from', read.integer('--steps', 1))
    .option('--batch-size <n>', 'rows in a batch', read.integer('--batch-size', 1))
    .option('--block-size <n>', 'characters the model can look back on', read.integer('--block-size', 1))
    .option('--n-layer <n>', 'layers', read.integer('--n-layer', 1))
    .option('--n-head <n>', 'attention heads; they divide the width', read.integer('--n-head', 1))
    .option('--n-embd <n>', 'width', read.integer('--n-embd', 1))
    .option('--dropout <share>', 'share switched off at random', read.number('--dropout', 'rangeBelowOne'))
    .option('--lr <rate>', 'highest learning rate', read.number('--lr', 'rangePositive'))
    .option('--min-lr <rate>', 'learning rate at the end', read.number('--min-lr', 'rangeFromZero'))
    .option('--warmup-steps <n>', 'steps in which the rate rises', read.integer('--warmup-steps', 0))
    .option(
      '--weight-decay <x>',
      'pull of the weights to zero',
      read.number('--weight-decay', 'rangeFromZero'),
    )
    .option(
      '--eval-interval <n>',
      'steps between validations, samples and checkpoints',
      read.integer('--eval-interval', 1),
    )
    .option(
      '--eval-batches <n>',
      'batches that the validation loss is measured on',
      read.integer('--eval-batches', 1),
    )
    .option('--seed <n>', 'the same seed gives the same run', read.integer('--seed', 0))
    .option('--out <folder>', 'where to keep the run; a new folder in runs/ unless given')
    .option('--resume [folder]', 'go on with a run, or with the latest one');
  withLoudness(withDevice(withLanguage(command)));
  return command.action((flags: TrainFlags) => {
    const { data, lang, steps, batchSize, lr, minLr, warmupSteps, weightDecay, seed } = flags;
    const { evalInterval, evalBatches, blockSize, nLayer, nHead, nEmbd, dropout } = flags;
    const typed = command.options.filter((option) => {
      const name = option.attributeName();
      return !stays.has(name) && command.getOptionValueSource(name) === 'cli';
    });
    return trainGPT(
      {
        data,
        language: lang,
        model: { blockSize, nLayer, nHead, nEmbd, dropout },
        train: { steps, batchSize, lr, minLr, warmupSteps, weightDecay, evalInterval, evalBatches, seed },
        out: flags.out,
        resume: flags.resume,
        onlyForNew: typed.map((option) => option.long ?? option.flags),
        device: flags.device ?? defaultDevice(),
        loudness: loudnessOf(flags),
      },
      context,
    );
  });
}

function startCommand(context: Context): Command {
  const command = new Command('start')
    .description('train a GPT that tells small stories, in a minute and a half, and see what it writes')
    .option('--steps <n>', 'fewer or more steps', read.integer('--steps', 1))
    .option('--out <folder>', 'where to keep the run; a new folder in runs/ unless given');
  withLoudness(withDevice(withLanguage(command)));
  return command.action((flags: Common & { out?: string; steps?: number }) =>
    start(
      {
        recipe: storyRecipe,
        out: flags.out,
        steps: flags.steps,
        device: flags.device ?? defaultDevice(),
        loudness: loudnessOf(flags),
      },
      context,
    ),
  );
}

function generateCommand(context: Context): Command {
  const command = new Command('generate')
    .description('write with the model of a run')
    .argument('<run>', 'the folder of a run')
    .option('--prompt <text>', 'how the text begins', '')
    .option(
      '--max-new-tokens <n>',
      'how many characters to write at most',
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
    .option('--seed <n>', 'the same seed gives the same text', read.integer('--seed', 0));
  withDevice(withLanguage(command));
  return command.action(
    (
      run: string,
      { prompt, maxNewTokens, temperature, topK, topP, seed, device = defaultDevice() }: GenerateFlags,
    ) => generateText(run, { prompt, maxNewTokens, temperature, topK, topP, seed, device }, context),
  );
}

function storiesCommand(context: Context): Command {
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

function cacheCommand(context: Context): Command {
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

interface DoctorFlags {
  readonly device?: string;
  readonly bench: boolean;
  readonly json?: boolean;
}

function doctorCommand(context: Context, version: string): Command {
  const command = new Command('doctor')
    .description('what works here and what does not, why, and how fast it is')
    // One that does not work may be asked for, too: that is when one wants to know why.
    .option(
      '--device <name>',
      `measure this one alone: ${allDevices.join(', ')}`,
      read.choice('--device', allDevices),
    )
    .option('--no-bench', 'measure nothing')
    .option('--json', 'one JSON object, for programs');
  return withLanguage(command).action(({ device, bench, json = false }: DoctorFlags) =>
    runDoctor({ device, bench, json, version }, context),
  );
}

/** The whole command line. Its texts go to the context's outputs, and it throws instead of ending the process. */
export function makeProgram(context: Context, version: string): Command {
  const program = new Command('lumbre')
    .description('Generative AI from the tensor up: train a small GPT here and write with it')
    .version(version, '--version', 'show the version')
    .addCommand(startCommand(context))
    .addCommand(new Command('train').description('train a model').addCommand(trainCommand(context)))
    .addCommand(generateCommand(context))
    .addCommand(storiesCommand(context))
    .addCommand(cacheCommand(context))
    .addCommand(doctorCommand(context, version));
  const settle = (command: Command): void => {
    command
      .exitOverride()
      .showHelpAfterError('(--help shows what there is)')
      .configureOutput({
        writeOut: (text) => void context.output.write(text),
        writeErr: (text) => void context.errors.write(text),
      });
    for (const child of command.commands) settle(child as Command);
  };
  settle(program);
  return program;
}
