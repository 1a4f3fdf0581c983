import type { z } from 'zod';
import type { TokenWriter } from '../../models/index.ts';
import { crossEntropy, type LayerOptions } from '../../nn/index.ts';
import { compile } from '../../tensor/compile.ts';
import { tensor } from '../../tensor/creation.ts';
import { noGrad } from '../../tensor/scope.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import type { Metrics, Sample } from '../../train/index.ts';
import type { Creation, Prepared, Recipe, RecipeConfig, SavedModel, Words } from '../recipe.ts';
import { evenlyInOrder } from '../support/epochs.ts';
import { MeanFigures, runStep } from '../support/figures.ts';
import { stream } from '../support/streams.ts';
import type { Workshop } from '../workshop.ts';
import { type Corpus, type TokenizerSettings, textCorpus } from './corpus.ts';
import { type LanguageModel, type LanguageModelSettings, LanguageModelTask } from './languageModelTask.ts';
import { lineFigures } from './lineFigures.ts';
import { fromTokenizerFile, tokenizerFile } from './tokenizerFile.ts';
import { type Writer, writeSample, writes } from './writing.ts';

export type WritingModel = LanguageModel & TokenWriter;

/** The configuration of a recipe for a language model. */
export interface LanguageModelRecipeConfig extends RecipeConfig {
  readonly data: RecipeConfig['data'] & TokenizerSettings & { readonly lines?: boolean | undefined };
  readonly model: { readonly vocabSize?: number | undefined };
  readonly train: RecipeConfig['train'] & LanguageModelSettings;
}

/** What one recipe for a language model has that others have not. */
export interface LanguageModelRecipe<Config extends LanguageModelRecipeConfig> {
  readonly name: string;
  readonly title: Words;
  readonly produces: Words;
  readonly seconds: number;
  readonly data: readonly string[];
  readonly config: z.ZodType<Config>;
  readonly full: Recipe['full'];
  makeModel(config: Config['model'] & { readonly vocabSize: number }, options: LayerOptions): WritingModel;
  /** How many tokens a row has. */
  rowLength(config: Config): number;
  /** Whether the model reads rows of any length: it is measured on longer ones, so that few tokens have little before them. */
  readonly readsOn?: boolean;
}

/** How long a sample is: a text, or a name. */
export const sampleLength = (lines: boolean): number => (lines ? 40 : 240);

/** Makes the task of a training; the model is disposed of when that fails. */
export function makeTask(
  corpus: Corpus,
  config: LanguageModelRecipeConfig,
  makeModel: (options: LayerOptions) => WritingModel,
  options: { readonly blockSize: number; readonly sampleTokens: number; readonly endsAtLine: boolean },
  { device }: Workshop,
): LanguageModelTask {
  const generator = stream(config.train.seed, 'model');
  const model = makeModel({ device, generator });
  const writer: Writer = { model, tokenizer: corpus.tokenizer, endsAtLine: options.endsAtLine };
  const write = async (seed: number): Promise<Sample> => ({
    kind: 'text',
    text: await writeSample(writer, options.sampleTokens, seed),
  });
  const { blockSize } = options;
  try {
    return new LanguageModelTask({
      model,
      generator,
      settings: config.train,
      data: corpus.data,
      blockSize,
      write,
    });
  } catch (error) {
    model.dispose();
    throw error;
  }
}

/** How many rows are measured at a time. */
const ROWS = 16;
const LONG_ROW = 512;

/** The mean surprise at all of the held-out part, cut into rows, in nats a token. */
async function heldOutLoss(model: LanguageModel, tokens: Int32Array, blockSize: number): Promise<number> {
  const rows = Math.floor((tokens.length - 1) / blockSize);
  const measure = compile((x: Tensor, y: Tensor) => ({ loss: crossEntropy(model.forward(x), y) }));
  const mean = new MeanFigures();
  try {
    for (const ids of evenlyInOrder(rows, Math.min(ROWS, rows))) {
      const shape = [ids.length, blockSize];
      const start = (ids[0] as number) * blockSize;
      const [x, y] = [0, 1].map((shift) =>
        tensor(tokens.slice(start + shift, start + shift + ids.length * blockSize), {
          shape,
          dtype: 'int32',
          device: model.device,
        }),
      ) as [Tensor, Tensor];
      mean.add(await noGrad(() => runStep(measure, x, y)), ids.length);
    }
    return mean.get().loss as number;
  } finally {
    measure.dispose();
  }
}

/** The figures of a language model: by tokens, and by characters, which do not depend on the tokenizer. */
export async function languageModelFigures(
  corpus: Corpus,
  loss: number,
  write: NonNullable<Creation['writeMany']>,
): Promise<Metrics> {
  const tokens = corpus.data.validation.length - 1;
  return {
    loss,
    perplexity: Math.exp(loss),
    bitsPerCharacter: (loss * tokens) / corpus.heldOutCharacters / Math.LN2,
    ...(corpus.lines && lineFigures(await write('', 1000, { maxNewTokens: 40, seed: 1 }), corpus.lines)),
  };
}

/** Opens a saved model. */
export function openLanguageModel(
  saved: SavedModel<LanguageModelRecipeConfig>,
  makeModel: (vocabSize: number) => WritingModel,
  options: { readonly blockSize: number; readonly endsAtLine: boolean; readonly readsOn?: boolean },
  reopen?: (workshop: Workshop) => Promise<Corpus>,
): Creation {
  const tokenizer = fromTokenizerFile(saved.files);
  const model = makeModel(tokenizer.vocabSize);
  try {
    saved.load(model);
  } catch (error) {
    model.dispose();
    throw error;
  }
  model.eval();
  const { blockSize, endsAtLine, readsOn = false } = options;
  const writing = writes({ model, tokenizer, endsAtLine });
  return {
    model,
    ...writing,
    ...(reopen && {
      evaluate: async (workshop: Workshop) => {
        const corpus = await reopen(workshop);
        const { validation } = corpus.data;
        const length = readsOn ? Math.min(LONG_ROW, validation.length - 1) : blockSize;
        const loss = await heldOutLoss(model, validation, length);
        return languageModelFigures(corpus, loss, writing.writeMany);
      },
    }),
    example: [{ shape: [1, blockSize], dtype: 'int32' }],
    dispose: () => model.dispose(),
  };
}

/** A recipe that trains a language model on a text, or on a list of names. */
export function languageModelRecipe<Config extends LanguageModelRecipeConfig>(
  recipe: LanguageModelRecipe<Config>,
): Recipe<Config> {
  const { makeModel, rowLength, readsOn = false, ...listed } = recipe;
  const corpusOf = ({ data }: Config, workshop: Workshop) => textCorpus(data.name, workshop, data);
  return {
    ...listed,
    family: 'text',
    async prepare(config, workshop): Promise<Prepared<Config>> {
      const corpus = await corpusOf(config, workshop);
      const lines = corpus.lines !== null;
      const model = { ...config.model, vocabSize: corpus.tokenizer.vocabSize };
      const complete = { ...config, model, data: { ...config.data, lines } };
      return {
        task: makeTask(
          corpus,
          complete,
          (options) => makeModel(model, options),
          { blockSize: rowLength(complete), sampleTokens: sampleLength(lines), endsAtLine: lines },
          workshop,
        ),
        config: complete,
        files: tokenizerFile(corpus.tokenizer),
        about: corpus.about,
      };
    },
    async open(saved, device): Promise<Creation> {
      const { config } = saved;
      return openLanguageModel(
        saved,
        (vocabSize) => makeModel({ ...config.model, vocabSize }, { device }),
        { blockSize: rowLength(config), endsAtLine: config.data.lines === true, readsOn },
        (workshop) => corpusOf(config, workshop),
      );
    },
  };
}
