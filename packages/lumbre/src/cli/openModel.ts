import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Creation, openModel, type Recipe, type RecipeConfig } from '../recipes/index.ts';
import { runFileNames } from '../train/index.ts';
import { CliError } from './errors.ts';
import { exists } from './files.ts';
import { readModelFolder, runsFolder } from './run.ts';

/** A model that was opened, to make things with it. */
export interface OpenedModel {
  /** As it was asked for. */
  readonly name: string;
  readonly folder: string;
  readonly recipe: Recipe;
  readonly config: RecipeConfig;
  readonly creation: Creation;
}

/** Where the models are that come with the package. */
const zoo = fileURLToPath(new URL('../../zoo', import.meta.url));

/** The models that come with the package. */
export const zooNames = (): string[] =>
  exists(zoo) ? readdirSync(zoo).filter((name) => exists(join(zoo, name, runFileNames.config))) : [];

/** The folder of a model: a folder that is named, a run in `runs/`, or a model that comes with the package. */
export function modelFolder(name: string): string {
  const places = [name, join(runsFolder, name), join(zoo, name)];
  const folder = places.find((place) => exists(join(place, runFileNames.config)));
  if (folder === undefined) {
    throw new CliError((messages) => messages.unknownModel(name, zooNames().join(', ') || '—'));
  }
  return folder;
}

/** Opens the model of a run, or of a published folder. @throws CliError */
export async function openFolder(name: string, device: string): Promise<OpenedModel> {
  const folder = modelFolder(name);
  const parts = readModelFolder(folder);
  try {
    return { name, folder, ...(await openModel(parts, device)) };
  } catch (error) {
    const reason = (error as Error).message;
    throw new CliError((messages) => messages.modelDamaged(folder, reason), { cause: error });
  }
}
