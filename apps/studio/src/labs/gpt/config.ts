import {
  configure,
  gpt,
  type Overrides,
  type Recipe,
  type RecipeConfig,
  readConfigAmong,
  stories,
} from 'lumbre/recipes';
import { LaboratoryError } from './problem.ts';
import { intervalOf, type LabRecipe, limits } from './recipe.ts';

// The settings of the laboratory as the configuration of the command line's recipes, and back: a run is the same run in both.

/** The recipes whose runs the laboratory trains. */
export const recipes: readonly Recipe[] = [gpt, stories] as unknown as readonly Recipe[];

/** What `config.json` says of a GPT, whichever of the two recipes it is of. */
export interface GptConfig extends RecipeConfig {
  readonly data: RecipeConfig['data'] & {
    readonly tokenizer?: 'char' | 'bpe';
    readonly vocabSize?: number;
    /** Whether each line stands for itself. */
    readonly lines?: boolean;
    readonly language?: 'es' | 'en';
    readonly trainingStories?: number;
    readonly heldOutStories?: number;
  };
  readonly model: {
    readonly nLayer: number;
    readonly nHead: number;
    readonly nEmbd: number;
    readonly blockSize: number;
    readonly dropout: number;
    readonly vocabSize?: number;
  };
  readonly train: RecipeConfig['train'] & { readonly batchSize: number; readonly lr: number };
}

/** The first weights of a narrow model: as the recipes have them, which were measured at three widths. */
const initStd = (nEmbd: number): number => Number((0.95 / Math.sqrt(nEmbd)).toPrecision(2));

/** Whether a run learns the stories one by one, as `lumbre train stories` does. */
export const learnsStories = ({ data, tokenizer }: Pick<LabRecipe, 'data' | 'tokenizer'>): boolean =>
  data.kind === 'stories' && tokenizer === 'char';

/**
 * The recipe of the command line and its configuration.
 * @param textName the file that the text is kept in, beside the configuration
 */
export function configOf(lab: LabRecipe, textName: string): { recipe: Recipe; config: GptConfig } {
  const recipe = (learnsStories(lab) ? stories : gpt) as unknown as Recipe;
  const { nLayer, nHead, nEmbd, blockSize, dropout, batchSize, steps, lr, seed } = lab;
  const overrides: Overrides = {
    data:
      learnsStories(lab) && lab.data.kind === 'stories'
        ? { language: lab.data.language }
        : { name: textName, tokenizer: lab.tokenizer, vocabSize: lab.vocabSize },
    model: { nLayer, nHead, nEmbd, blockSize, dropout, initStd: initStd(nEmbd) },
    train: {
      steps,
      evalInterval: intervalOf(steps),
      batchSize,
      lr,
      minLr: lr / 10,
      warmupSteps: Math.min(100, Math.floor(steps / 20)),
      evalBatches: 8,
      seed,
      // A time limit would make a training that cannot be repeated.
      seconds: null,
    },
  };
  return { recipe, config: configure(recipe, overrides) as GptConfig };
}

const MOST_STORIES = 100_000;
const MOST_VOCABULARY = 65_536;

/**
 * Checks the `config.json` of a run that comes from a file.
 * @throws SavedModelError, ConfigError, RangeError for a recipe that is no GPT; LaboratoryError for one that asks for
 * more than a browser can give
 */
export function readConfig(json: unknown): { recipe: Recipe; config: GptConfig } {
  const read = readConfigAmong(recipes, json);
  const config = read.config as GptConfig;
  const { data, model, train } = config;
  const figures: readonly (readonly [number | undefined, number])[] = [
    [model.nLayer, limits.nLayer[1]],
    [model.nEmbd, limits.nEmbd[1]],
    [model.blockSize, 1024],
    [model.vocabSize, MOST_VOCABULARY],
    [train.batchSize, 256],
    [data.vocabSize, MOST_VOCABULARY],
    [data.trainingStories, MOST_STORIES],
    [data.heldOutStories, MOST_STORIES],
  ];
  for (const [value, most] of figures) {
    if (value !== undefined && value > most) throw new LaboratoryError('runTooLarge', `${value} > ${most}`);
  }
  return { recipe: read.recipe, config };
}
