import { readSafetensors } from '../hub/index.ts';
import { scope } from '../tensor/scope.ts';
import { toTensors } from '../train/index.ts';
import { configure } from './configuration.ts';
import type { Creation, ModelFiles, Overrides, Recipe, RecipeConfig } from './recipe.ts';

/** A folder with a model that this cannot use. */
export class SavedModelError extends Error {
  override readonly name = 'SavedModelError';
  readonly code = 'recipe.savedModel';
}

export const MODEL_FORMAT = 2;

/** What `config.json` of a run, or of a model, says. */
export interface ModelConfigFile {
  readonly format: typeof MODEL_FORMAT;
  readonly recipe: string;
  readonly config: RecipeConfig;
}

export interface SavedModelParts {
  /** What `config.json` says. */
  readonly config: unknown;
  /** The bytes of `model.safetensors`. */
  readonly weights: Uint8Array;
  readonly files: ModelFiles;
}

export interface OpenedModel {
  readonly recipe: Recipe;
  readonly config: RecipeConfig;
  readonly creation: Creation;
}

/** @throws RangeError that lists what there is. */
export function recipeAmong(recipes: readonly Recipe[], name: string): Recipe {
  const found = recipes.find((recipe) => recipe.name === name);
  if (found) return found;
  throw new RangeError(
    `There is no recipe '${name}'; there are ${recipes.map((recipe) => recipe.name).join(', ')}.`,
  );
}

/**
 * Checks what `config.json` says.
 * @throws SavedModelError when it is of another version, or damaged; ConfigError for settings that do not fit; RangeError
 * for a recipe that is none of these.
 */
export function readConfigAmong(
  recipes: readonly Recipe[],
  json: unknown,
): { readonly recipe: Recipe; readonly config: RecipeConfig } {
  const { format, recipe, config } = (json ?? {}) as Partial<ModelConfigFile>;
  if (format !== MODEL_FORMAT) {
    throw new SavedModelError(
      `config.json has format ${JSON.stringify(format)}, and this version of Lumbre reads ${MODEL_FORMAT}. ` +
        'Use the version that made it, or train anew.',
    );
  }
  if (typeof recipe !== 'string' || typeof config !== 'object' || config === null) {
    throw new SavedModelError(
      "config.json has no 'recipe' or no 'config'. Bring back a copy, or train anew.",
    );
  }
  const found = recipeAmong(recipes, recipe);
  return { recipe: found, config: configure(found, config as unknown as Overrides) };
}

/**
 * Opens a model that one of these recipes made. Weights of 16 bits are computed with in 32.
 * @throws SavedModelError, ConfigError, SafetensorsError; RangeError when it is of another recipe.
 */
export async function openAmong(
  recipes: readonly Recipe[],
  { config: json, weights, files }: SavedModelParts,
  device: string,
): Promise<OpenedModel> {
  const { recipe, config } = readConfigAmong(recipes, json);
  const { tensors } = readSafetensors(weights);
  const load: Parameters<Recipe['open']>[0]['load'] = (module) => {
    scope(() => module.loadStateDict(toTensors(tensors, device)));
  };
  return { recipe, config, creation: await recipe.open({ config, files, load }, device) };
}
