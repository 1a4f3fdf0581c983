import { join } from 'node:path';
import type { Language } from '../../data/index.ts';
import type { GPTConfig } from '../../models/index.ts';
import type { TrainConfig } from '../../train/index.ts';
import { describeStories, describeTextFile } from '../corpus.ts';
import { usageError } from '../errors.ts';
import type { Context, Loudness } from '../io.ts';
import { storyRecipe } from '../recipes/stories.ts';
import { textRecipe } from '../recipes/text.ts';
import { freeFolder, latestRun, nameFromPath } from '../run.ts';
import { introduce, tellNext, tellOutcome } from '../telling.ts';
import {
  beginTraining,
  disposeTraining,
  type NewTraining,
  resumeTraining,
  type Training,
  train,
} from '../training.ts';
import { runsFolder, storyFolder } from './start.ts';

export interface TrainOptions {
  /** A text file; the stories unless given. */
  readonly data?: string;
  readonly language: Language;
  readonly model: Partial<GPTConfig>;
  readonly train: Partial<TrainConfig>;
  readonly out?: string;
  /** A run to go on with, or `true` for the latest one. */
  readonly resume?: string | true;
  /** Options, as they were typed, that only a new run can heed. */
  readonly onlyForNew: readonly string[];
  readonly device: string;
  readonly loudness: Loudness;
}

/** Settings that were given, without those that were not: so that they can be laid over a recipe's. */
function given<T extends object>(settings: T): Partial<T> {
  return Object.fromEntries(
    Object.entries(settings).filter(([, value]) => value !== undefined),
  ) as Partial<T>;
}

/** The settings of a new run: the recipe's, with those that were given laid over them. @throws CliError */
function settle({ data, ...options }: TrainOptions): Pick<NewTraining, 'model' | 'train'> {
  const recipe = data === undefined ? storyRecipe : textRecipe;
  const model = { ...recipe.model, ...given(options.model) };
  const { nEmbd, nHead } = model;
  if (nEmbd % nHead !== 0) {
    throw usageError((messages) => messages.headsMustDivide(String(nEmbd), String(nHead)));
  }
  const train = { ...recipe.train, ...given(options.train) };
  // A short run, or a low rate, takes the recipe's other settings along.
  const warmupSteps = options.train.warmupSteps ?? Math.min(train.warmupSteps, Math.floor(train.steps / 10));
  const minLr = options.train.minLr ?? Math.min(train.minLr, train.lr / 10);
  if (warmupSteps > train.steps) {
    throw usageError((messages) => messages.warmupTooLong(String(warmupSteps), String(train.steps)));
  }
  return { model, train: { ...train, warmupSteps, minLr } };
}

function folderFor({ out, data }: TrainOptions, context: Context): string {
  if (out !== undefined) return out;
  return data === undefined ? storyFolder(context) : freeFolder(join(runsFolder, nameFromPath(data)));
}

const begin = (options: TrainOptions, context: Context): Promise<Training> =>
  beginTraining({
    ...settle(options),
    folder: folderFor(options, context),
    data:
      options.data === undefined
        ? describeStories(options.language, storyRecipe.data)
        : describeTextFile(options.data),
    device: options.device,
  });

/** `lumbre train gpt`: trains on a text file or on the stories, or goes on with a run. */
export async function trainGPT(options: TrainOptions, context: Context): Promise<void> {
  const { resume, onlyForNew, device, loudness } = options;
  if (resume !== undefined) {
    const [option] = onlyForNew;
    if (option === '--out') throw usageError((messages) => messages.outWithResume);
    if (option !== undefined) throw usageError((messages) => messages.fixedByRun(option));
  }
  const training =
    resume === undefined
      ? await begin(options, context)
      : await resumeTraining(resume === true ? latestRun(runsFolder) : resume, device);
  try {
    introduce(training, context, loudness);
    const end = await train(training, context, loudness);
    tellOutcome(training, end, context, loudness);
    if (end === 'finished') tellNext(training.run, context, loudness);
  } finally {
    disposeTraining(training);
  }
}
