export { ConfigError, type ConfigProblem, configure, mergeConfig, parseAssignment } from './configuration.ts';
export { estimateMemory, type MemoryEstimate } from './memory.ts';
export { readConfigAmong } from './openAmong.ts';
export type {
  Classified,
  ComposeOptions,
  Creation,
  Family,
  Filling,
  Loadable,
  ModelFiles,
  Overrides,
  PaintOptions,
  Prepared,
  Recipe,
  RecipeConfig,
  SavedModel,
  Words,
  WriteOptions,
} from './recipe.ts';
export { recipeNamed, recipes } from './recipes.ts';
export {
  configFile,
  MODEL_FORMAT,
  openModel,
  readConfigFile,
  SavedModelError,
  type SavedModelParts,
} from './savedModel.ts';
export { trainingStories } from './text/corpus.ts';
export { gpt, type StoriesConfig, stories, type TextConfig } from './text/gpt.ts';
export type { Workshop } from './workshop.ts';
