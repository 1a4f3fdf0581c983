import { z } from 'zod';

// What the learner sets: small enough for a link, and checked when it comes from one.

/** The largest text that is taken. */
export const MOST_TEXT_BYTES = 20 * 1024 * 1024;

/** The names of the dial, from the smallest to the largest. */
export const sizeNames = ['spark', 'ember', 'flame', 'bonfire'] as const;
export type SizeName = (typeof sizeNames)[number];

/** Where the text comes from. */
export const dataChoice = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('stories'), language: z.enum(['es', 'en']) }),
  /** A text that the server has, by its name. */
  z.strictObject({ kind: z.literal('machine'), name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,60}$/) }),
  z.strictObject({ kind: z.literal('own') }),
]);
export type DataChoice = z.infer<typeof dataChoice>;

/** The least and the most of each number that can be set: what a browser's memory and anybody's patience can bear. */
export const limits = {
  vocabSize: [128, 8192],
  nLayer: [1, 16],
  nHead: [1, 16],
  nEmbd: [8, 768],
  blockSize: [8, 512],
  batchSize: [1, 128],
  steps: [10, 200_000],
  lr: [1e-6, 0.1],
  dropout: [0, 0.8],
  seed: [0, 2 ** 31],
  sampleSeed: [0, 2 ** 31],
} as const satisfies Record<string, readonly [number, number]>;

const int = ([least, most]: readonly [number, number]) => z.int().min(least).max(most);
const real = ([least, most]: readonly [number, number]) => z.number().min(least).max(most);

export const labRecipe = z
  .strictObject({
    data: dataChoice,
    tokenizer: z.enum(['char', 'bpe']),
    vocabSize: int(limits.vocabSize),
    nLayer: int(limits.nLayer),
    nHead: int(limits.nHead),
    nEmbd: int(limits.nEmbd),
    blockSize: int(limits.blockSize),
    batchSize: int(limits.batchSize),
    steps: int(limits.steps),
    lr: real(limits.lr),
    dropout: real(limits.dropout),
    seed: int(limits.seed),
    /** What every sample along the way begins with, and is drawn by. */
    prompt: z.string().max(200),
    sampleSeed: int(limits.sampleSeed),
  })
  .refine(({ nEmbd, nHead }) => nEmbd % nHead === 0, { path: ['nEmbd'] });
export type LabRecipe = z.infer<typeof labRecipe>;

/** The settings that the dial sets. */
export type Size = Pick<
  LabRecipe,
  'nLayer' | 'nHead' | 'nEmbd' | 'blockSize' | 'batchSize' | 'steps' | 'lr' | 'dropout'
>;

const size = (
  [nLayer, nHead, nEmbd]: readonly [number, number, number],
  [blockSize, batchSize]: readonly [number, number],
  [steps, lr]: readonly [number, number],
): Size => ({ nLayer, nHead, nEmbd, blockSize, batchSize, steps, lr, dropout: 0 });

/**
 * The four sizes. A story has 250 characters at most and has to fit whole, so that its context is long and its batches small;
 * other texts are read in shorter rows, more of them at a time.
 */
const sizes: Readonly<Record<'stories' | 'text', Readonly<Record<SizeName, Size>>>> = {
  stories: {
    spark: size([2, 2, 32], [256, 2], [1000, 6e-3]),
    ember: size([4, 4, 64], [256, 2], [4000, 4e-3]),
    flame: size([4, 4, 128], [256, 4], [4000, 2e-3]),
    bonfire: size([6, 6, 192], [256, 6], [4000, 1.5e-3]),
  },
  text: {
    spark: size([2, 2, 32], [64, 8], [1000, 6e-3]),
    ember: size([4, 4, 64], [64, 12], [3000, 3e-3]),
    flame: size([4, 4, 128], [128, 12], [3000, 2e-3]),
    bonfire: size([6, 6, 192], [128, 12], [4000, 1.5e-3]),
  },
};

/** Stories by characters are learned one by one, each from its beginning. */
const kindOf = ({ data, tokenizer }: Pick<LabRecipe, 'data' | 'tokenizer'>): 'stories' | 'text' =>
  data.kind === 'stories' && tokenizer === 'char' ? 'stories' : 'text';

export const sizeOf = (recipe: Pick<LabRecipe, 'data' | 'tokenizer'>, name: SizeName): Size =>
  sizes[kindOf(recipe)][name];

/** The position of the dial that a recipe has all settings of; null for one with settings of its own. */
export const sizeNameOf = (recipe: LabRecipe): SizeName | null =>
  sizeNames.find((name) =>
    Object.entries(sizeOf(recipe, name)).every(([key, value]) => recipe[key as keyof Size] === value),
  ) ?? null;

/** A recipe with another position of the dial. */
export const withSize = (recipe: LabRecipe, name: SizeName): LabRecipe => ({
  ...recipe,
  ...sizeOf(recipe, name),
});

/** A recipe with other data or another tokenizer: what the dial had set follows, what was set by hand stays. */
export function withText(
  recipe: LabRecipe,
  change: Partial<Pick<LabRecipe, 'data' | 'tokenizer' | 'vocabSize'>>,
): LabRecipe {
  const name = sizeNameOf(recipe);
  const changed = { ...recipe, ...change };
  return name ? withSize(changed, name) : changed;
}

/** What samples of the stories begin with. */
export const storyPrompts = { es: 'Había una vez', en: 'Once upon a time' } as const;

/** What is continued first, where a story may go several ways. */
export const storyContexts = { es: 'Había una vez, en', en: 'Once upon a time,' } as const;

export function defaultRecipe(language: 'es' | 'en'): LabRecipe {
  const data = { kind: 'stories', language } as const;
  return {
    data,
    tokenizer: 'char',
    vocabSize: 512,
    ...sizeOf({ data, tokenizer: 'char' }, 'ember'),
    seed: 1,
    prompt: storyPrompts[language],
    sampleSeed: 7,
  };
}

/** Steps from one measurement, sample and saving to the next: about twenty of them in a training, at round numbers. */
export function intervalOf(steps: number): number {
  const exact = steps / 20;
  const power = 10 ** Math.floor(Math.log10(Math.max(1, exact)));
  const round = [1, 2, 2.5, 5, 10].find(
    (factor) => factor * power >= exact && Number.isInteger(factor * power),
  );
  return Math.max(1, (round ?? 10) * power);
}
