import { type LabRecipe, labRecipe } from './recipe.ts';
import type { RunFacts } from './session.ts';

/** The recipe that a run was made by, to share it or to begin another; null where it has settings that there are none for here. */
export function recipeOf({ about, config, byCharacter, vocabulary }: RunFacts): LabRecipe | null {
  const { nLayer, nHead, nEmbd, blockSize, dropout } = config.model;
  const { batchSize, steps, lr, seed } = config.train;
  const parsed = labRecipe.safeParse({
    data: about.data,
    tokenizer: byCharacter ? 'char' : 'bpe',
    vocabSize: byCharacter ? 512 : (config.data.vocabSize ?? vocabulary.length),
    ...{ nLayer, nHead, nEmbd, blockSize, batchSize, steps, lr, dropout, seed },
    prompt: about.prompt,
    sampleSeed: about.sampleSeed,
  });
  return parsed.success ? parsed.data : null;
}
