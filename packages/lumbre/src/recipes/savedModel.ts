import {
  MODEL_FORMAT,
  type ModelConfigFile,
  type OpenedModel,
  openAmong,
  readConfigAmong,
  type SavedModelParts,
} from './openAmong.ts';
import type { Recipe, RecipeConfig } from './recipe.ts';
import { recipes } from './recipes.ts';

export { MODEL_FORMAT, type ModelConfigFile, SavedModelError, type SavedModelParts } from './openAmong.ts';

export const configFile = (recipe: Recipe, config: RecipeConfig): ModelConfigFile => ({
  format: MODEL_FORMAT,
  recipe: recipe.name,
  config,
});

/**
 * Checks what `config.json` says.
 * @throws SavedModelError when it is of another version, or damaged; ConfigError for settings that do not fit.
 */
export const readConfigFile = (json: unknown): { readonly recipe: Recipe; readonly config: RecipeConfig } =>
  readConfigAmong(recipes, json);

/**
 * Opens a model to make things with it. Weights of 16 bits are computed with in 32.
 * @throws SavedModelError, ConfigError, SafetensorsError
 */
export const openModel = (parts: SavedModelParts, device: string): Promise<OpenedModel> =>
  openAmong(recipes, parts, device);
