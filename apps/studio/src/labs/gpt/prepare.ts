import { defaultDevice } from 'lumbre';
import type { DataSource } from 'lumbre/data';
import type { GPT } from 'lumbre/models';
import type { Recipe, RecipeConfig, Workshop } from 'lumbre/recipes';
import { type Tokenizer, tokenizerFromJSON } from 'lumbre/text';
import { runFileNames, type Task } from 'lumbre/train';
import type { GptConfig } from './config.ts';
import { LaboratoryError } from './problem.ts';
import { isTextError, textProblem } from './text.ts';

/** A training of a GPT, ready to begin or to be put back to a checkpoint. */
export interface PreparedGpt {
  readonly task: Task;
  readonly config: GptConfig;
  readonly files: ReadonlyMap<string, string>;
  readonly tokenizer: Tokenizer;
  readonly model: GPT;
}

/** Gives a recipe the one text that there is, by whatever name its configuration has it. */
const textSource = (text: string | null, lines: boolean): DataSource => ({
  async open(name) {
    if (text === null) throw new LaboratoryError('missingText', name);
    return {
      kind: 'text',
      name,
      text,
      ...(lines && { lines: text.split('\n').filter((line) => line !== '') }),
    };
  },
});

/** Where a recipe works in a browser: on what there is, with one text. */
export const workshopWith = (text: string | null, lines: boolean): Workshop => ({
  device: defaultDevice(),
  language: 'es',
  data: textSource(text, lines),
  model: async (name) => {
    throw new Error(`The laboratory has no model '${name}'.`);
  },
});

/**
 * Reads the text and makes the model, as the command line does.
 * @throws LaboratoryError for a text that does not do
 */
export async function prepare(recipe: Recipe, config: GptConfig, text: string | null): Promise<PreparedGpt> {
  try {
    const prepared = await recipe.prepare(
      config as RecipeConfig,
      workshopWith(text, config.data.lines === true),
    );
    const tokenizer = tokenizerFromJSON(JSON.parse(prepared.files.get(runFileNames.tokenizer) as string));
    return {
      task: prepared.task,
      config: prepared.config as GptConfig,
      files: prepared.files,
      tokenizer,
      model: prepared.task.parts.model as unknown as GPT,
    };
  } catch (error) {
    if (isTextError(error)) throw textProblem(error);
    if (error instanceof RangeError && error.message.startsWith('BpeTokenizer: vocabSize'))
      throw new LaboratoryError('vocabulary', error.message);
    throw error;
  }
}
