import { join } from 'node:path';
import { type Overrides, parseAssignment, type Recipe, recipeNamed, recipes } from '../../recipes/index.ts';
import { usageError } from '../errors.ts';
import { readJson } from '../files.ts';
import type { Context, Loudness } from '../io.ts';
import { freeFolder, latestRun, nameFromPath, runsFolder } from '../run.ts';
import { introduce, tellNext, tellOutcome } from '../telling.ts';
import { beginTraining, resumeTraining, type Training, train } from '../training.ts';
import { openWorkshop } from '../workshop.ts';

export interface TrainOptions {
  readonly recipe?: string;
  /** The name of a data set, or a file. */
  readonly data?: string;
  readonly configFile?: string;
  /** What `--set` was given. */
  readonly assignments: readonly string[];
  readonly full: boolean;
  readonly train: Overrides;
  readonly out?: string;
  /** A run to go on with, or `true` for the latest one. */
  readonly resume?: string | true;
  /** Options, as they were typed, that only a new run can heed. */
  readonly onlyForNew: readonly string[];
  readonly dataFolder?: string;
  readonly device: string;
  readonly loudness: Loudness;
}

/** @throws CliError when there is no such recipe. */
export function findRecipe(name: string): Recipe {
  const names = recipes.map((recipe) => recipe.name);
  if (!names.includes(name)) throw usageError((messages) => messages.unknownRecipe(name, names.join(', ')));
  return recipeNamed(name);
}

/** Settings that were given, without those that were not: so that they can be laid over a recipe's. */
const given = (settings: Overrides): Overrides =>
  Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));

/** @throws CliError when the file is no JSON object. */
function readOverrides(path: string): Overrides {
  const json = readJson(path);
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw usageError((messages) => messages.notJsonObject(path));
  }
  return json as Overrides;
}

function readAssignment(assignment: string): Overrides {
  try {
    return parseAssignment(assignment);
  } catch (error) {
    throw usageError(() => (error as Error).message);
  }
}

/** The settings of a new run, in layers: what was typed lies over the file, and the file over the recipe's. */
function layersOf(recipe: Recipe, options: TrainOptions): Overrides[] {
  const { full, configFile, data, train, assignments } = options;
  return [
    ...(full ? [recipe.full] : []),
    ...(configFile === undefined ? [] : [readOverrides(configFile)]),
    ...(data === undefined ? [] : [{ data: { name: data } }]),
    { train: given(train) },
    ...assignments.map(readAssignment),
  ];
}

/** A free folder for a run: `runs/vae-fashion-mnist`. */
function folderFor(recipe: Recipe, data: string | undefined, { messages }: Context): string {
  if (recipe.name === 'stories') return freeFolder(join(runsFolder, messages.storyFolderName));
  const name = nameFromPath(data ?? (recipe.data[0] as string));
  return freeFolder(join(runsFolder, `${recipe.name}-${name}`));
}

async function begin(options: TrainOptions, context: Context): Promise<Training> {
  if (options.recipe === undefined) throw usageError((messages) => messages.needRecipe);
  const recipe = findRecipe(options.recipe);
  return beginTraining({
    recipe,
    layers: layersOf(recipe, options),
    folder: options.out ?? folderFor(recipe, options.data, context),
    workshop: openWorkshop(options, context),
  });
}

function resume(folder: string | true, options: TrainOptions, context: Context): Promise<Training> {
  const [option] = options.onlyForNew;
  if (option === '--out') throw usageError((messages) => messages.outWithResume);
  if (option !== undefined) throw usageError((messages) => messages.fixedByRun(option));
  return resumeTraining(folder === true ? latestRun() : folder, openWorkshop(options, context));
}

/** `lumbre train`: trains by a recipe, or goes on with a run. */
export async function trainRecipe(options: TrainOptions, context: Context): Promise<void> {
  const { loudness } = options;
  const training =
    options.resume === undefined
      ? await begin(options, context)
      : await resume(options.resume, options, context);
  try {
    introduce(training, context, loudness);
    const end = await train(training, context, loudness);
    tellOutcome(training, end, context, loudness);
    if (end === 'finished') tellNext(training.run, context, loudness);
  } finally {
    training.task.dispose();
  }
}
