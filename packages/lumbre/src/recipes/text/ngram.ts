import { z } from 'zod';
import { NGram, type NGramCounts } from '../../models/index.ts';
import {
  fingerprint,
  type Metrics,
  ownTensors,
  type PartState,
  type Stateful,
  type Task,
} from '../../train/index.ts';
import type { Recipe } from '../recipe.ts';
import { count, loopSettings } from '../settings.ts';
import { stream } from '../support/streams.ts';
import { type Corpus, firstToken, textCorpus } from './corpus.ts';
import { languageModelFigures, sampleLength } from './languageModelRecipe.ts';
import { fromTokenizerFile, tokenizerFile } from './tokenizerFile.ts';
import { tokenizerSettings } from './tokenizerSettings.ts';
import { writeSample, writes } from './writing.ts';

const config = z
  .strictObject({
    data: z.strictObject({ name: z.string().default('quijote'), ...tokenizerSettings }).prefault({}),
    model: z
      .strictObject({
        order: count().default(7),
        /** The data decide. */
        vocabSize: count().optional(),
        boundary: z.int().min(0).nullable().optional(),
      })
      .prefault({}),
    // A step counts one part of the text: so one sees how much more text helps.
    train: z.strictObject({ ...loopSettings({ steps: 10, evalInterval: 2 }) }).prefault({}),
  })
  .readonly();

type Config = z.infer<typeof config>;

/** Counts as a part of a checkpoint. */
class CountsPart implements Stateful {
  readonly #model: NGram;
  readonly counts: NGramCounts;

  constructor(model: NGram, counts: NGramCounts) {
    this.#model = model;
    this.counts = counts;
  }

  partState(): PartState {
    return { tensors: ownTensors(this.#model), values: null };
  }

  loadPartState({ tensors }: PartState): void {
    this.#model.loadStateDict(tensors);
    this.counts.setTables(this.#model.tables());
  }
}

function makeTask(corpus: Corpus, model: NGram, { train, data }: Config): Task {
  const { tokenizer } = corpus;
  const { train: tokens, validation } = corpus.data;
  const lines = data.lines === true;
  const writer = { model, tokenizer, endsAtLine: lines };
  const part = new CountsPart(model, model.newCounts());
  const border = (step: number) => Math.floor((step / train.steps) * tokens.length);
  return {
    parts: { counts: part },
    pace: { count: border(1), unit: 'tokens' },
    watched: { metric: 'loss', mode: 'min' },
    fingerprint: `${fingerprint(tokens)} ${fingerprint(validation)}`,
    published: () => ownTensors(model),
    async step({ step }): Promise<Metrics> {
      const [from, to] = [border(step), border(step + 1)];
      // What it expected of this part before it had read it.
      const next = tokens.subarray(from, Math.min(to, from + MEASURED));
      const loss = next.length > 1 ? model.crossEntropy(next) : 0;
      part.counts.add(tokens, from, to);
      model.setCounts(part.counts);
      return { loss, ngrams: part.counts.sizes.reduce((sum, size) => sum + size, 0) };
    },
    evaluate: async () => ({ loss: model.crossEntropy(validation) }),
    sample: async ({ step }) => ({
      kind: 'text',
      text: await writeSample(writer, sampleLength(lines), stream(train.seed, 'sample', step).seed),
    }),
    dispose: () => model.dispose(),
  };
}

/** So much of each part is enough to tell. */
const MEASURED = 20_000;

export const ngram: Recipe<Config> = {
  name: 'ngram',
  family: 'text',
  title: {
    es: 'un modelo de n-gramas, que solo cuenta qué letra sigue a cuáles',
    en: 'an n-gram model, which only counts which letter follows which',
  },
  produces: {
    es: 'texto que parece del libro, sin red neuronal',
    en: 'text much like the book, without a network',
  },
  seconds: 20,
  data: ['quijote', 'tinyshakespeare', 'sonetos', 'martin-fierro', 'names', 'nombres'],
  config,
  // What Chen and Goodman compare goes up to 5-grams of words; pieces of words come closest.
  full: { data: { tokenizer: 'bpe', vocabSize: 8000 }, model: { order: 5 } },

  async prepare(config, workshop) {
    const corpus = await textCorpus(config.data.name, workshop, config.data);
    const lines = corpus.lines !== null;
    const { tokenizer } = corpus;
    const boundary = lines ? firstToken(tokenizer) : null;
    const model = { ...config.model, vocabSize: tokenizer.vocabSize, boundary };
    const complete = { ...config, model, data: { ...config.data, lines } };
    return {
      task: makeTask(corpus, new NGram(model, { device: workshop.device }), complete),
      config: complete,
      files: tokenizerFile(tokenizer),
      about: corpus.about,
    };
  },

  async open(saved, device) {
    const { data, model: sizes } = saved.config;
    const tokenizer = fromTokenizerFile(saved.files);
    const model = new NGram({ ...sizes, vocabSize: tokenizer.vocabSize }, { device });
    try {
      saved.load(model);
    } catch (error) {
      model.dispose();
      throw error;
    }
    const writing = writes({ model, tokenizer, endsAtLine: data.lines === true });
    return {
      model,
      ...writing,
      evaluate: async (workshop) => {
        const corpus = await textCorpus(data.name, workshop, data);
        const loss = model.crossEntropy(corpus.data.validation);
        return languageModelFigures(corpus, loss, writing.writeMany);
      },
      example: [{ shape: [1, 8], dtype: 'int32' }],
      dispose: () => model.dispose(),
    };
  },
};
