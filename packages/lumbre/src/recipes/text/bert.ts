import { z } from 'zod';
import { openText } from '../../data/index.ts';
import { BertForPreTraining } from '../../models/index.ts';
import { BpeTokenizer } from '../../text/index.ts';
import type { Sample } from '../../train/index.ts';
import type { Creation, Recipe } from '../recipe.ts';
import { batchSettings, count, loopSettings, positive, share } from '../settings.ts';
import { stream } from '../support/streams.ts';
import type { Workshop } from '../workshop.ts';
import {
  MASK,
  MaskedBatches,
  type Sentences,
  SPECIAL_TOKENS,
  sentencesOf,
  splitSentences,
  UNKNOWN,
} from './bertData.ts';
import { BertTask } from './bertTask.ts';
import { fillingLines, fillMasks } from './filling.ts';
import { fromTokenizerFile, tokenizerFile } from './tokenizerFile.ts';
import { unwrapped } from './unwrapped.ts';

const config = z
  .strictObject({
    data: z
      .strictObject({
        name: z.string().default('quijote'),
        /** How many tokens there are: pieces of words, learned from the text. */
        vocabSize: count().default(1500),
      })
      .prefault({}),
    model: z
      .strictObject({
        hiddenSize: count().default(128),
        numHiddenLayers: count().default(3),
        numAttentionHeads: count().default(4),
        intermediateSize: count().default(512),
        hiddenDropoutProb: share().default(0),
        attentionProbsDropoutProb: share().default(0),
        initializerRange: positive().default(0.05),
        /** The data and `train.rowLength` decide. */
        vocabSize: count().optional(),
        maxPositionEmbeddings: count().optional(),
      })
      .prefault({}),
    train: z
      .strictObject({
        ...loopSettings({ steps: 5000, evalInterval: 1000 }),
        ...batchSettings({
          // Small batches and many steps: for long it learns only how often words come, and then, all at once, from what.
          batchSize: 16,
          lr: 1.5e-3,
          minLr: 1e-4,
          warmupSteps: 200,
          weightDecay: 0.01,
          betas: [0.9, 0.98],
          gradClip: 1,
        }),
        /** Tokens in a row. */
        rowLength: count(16).default(48),
        /** The share of tokens that are to be predicted. */
        maskProb: share().default(0.2),
        /** The share of rows that are shorter. */
        shortProb: share().default(0.2),
        evalBatches: count().default(20),
      })
      .prefault({}),
  })
  .readonly();

type Config = z.infer<typeof config>;

/** Held out at the end. */
const TRAINING_SHARE = 0.9;

interface BertCorpus {
  readonly tokenizer: BpeTokenizer;
  readonly training: Sentences;
  readonly heldOut: Sentences;
}

async function openCorpus({ data }: Config, workshop: Workshop, known?: BpeTokenizer): Promise<BertCorpus> {
  const { text } = await openText(workshop.data, data.name);
  const whole = unwrapped(text.normalize('NFC'));
  const tokenizer =
    known ??
    BpeTokenizer.train(` ${whole}`, {
      vocabSize: data.vocabSize,
      specialTokens: SPECIAL_TOKENS,
      unknownToken: UNKNOWN,
    });
  const [training, heldOut] = splitSentences(sentencesOf(whole, tokenizer), TRAINING_SHARE);
  return { tokenizer, training, heldOut };
}

const sized = ({ model }: Config) => ({
  ...model,
  vocabSize: model.vocabSize as number,
  maxPositionEmbeddings: model.maxPositionEmbeddings as number,
});

/** Sentences that were not learned from, each with a word left out, and one that everybody knows. */
function riddles({ tokenizer, heldOut }: BertCorpus, name: string): string[] {
  const { tokens, starts } = heldOut;
  const found: string[] = [];
  for (
    let i = 0;
    i + 1 < starts.length && found.length < 3;
    i += Math.max(1, Math.floor(starts.length / 40))
  ) {
    const ids = [...tokens.subarray(starts[i], starts[i + 1])];
    const words = ids.flatMap((id, at) => (/^ \p{L}{4,}$/u.test(tokenizer.decode([id])) ? [at] : []));
    const next = (at: number) => tokenizer.decode(ids.slice(at + 1, at + 2));
    const whole = words.filter((at) => at > 2 && !/^\p{L}/u.test(next(at)));
    if (ids.length > 24 || ids.length < 8 || whole.length === 0) continue;
    const at = whole[Math.floor(whole.length / 2)] as number;
    const text = `${tokenizer.decode(ids.slice(0, at))} ${MASK}${tokenizer.decode(ids.slice(at + 1))}`;
    found.push(`${text.trim()}  (${tokenizer.decode([ids[at] as number]).trim()})`);
  }
  return name === 'quijote' ? [`En un lugar de la ${MASK}`, ...found] : found;
}

async function tellRiddles(
  model: BertForPreTraining,
  tokenizer: BpeTokenizer,
  asked: readonly string[],
): Promise<Sample> {
  const lines: string[] = [];
  for (const riddle of asked) {
    const text = riddle.replace(/ {2}\([^()]*\)$/, '');
    lines.push(fillingLines(riddle, await fillMasks(model, tokenizer, text)));
  }
  return { kind: 'text', text: lines.join('\n\n') };
}

function makeTask(corpus: BertCorpus, config: Config, { device }: Workshop): BertTask {
  const { train: settings, data } = config;
  const generator = stream(settings.seed, 'model');
  const { tokenizer, training, heldOut } = corpus;
  const batches = {
    train: new MaskedBatches(training, tokenizer, settings),
    heldOut: new MaskedBatches(heldOut, tokenizer, settings),
  };
  const model = new BertForPreTraining(sized(config), { device, generator });
  const asked = riddles(corpus, data.name);
  return new BertTask({
    ...{ model, generator, settings },
    ...batches,
    tokens: training.tokens,
    sample: () => tellRiddles(model, tokenizer, asked),
  });
}

export const bert: Recipe<Config> = {
  name: 'bert',
  family: 'text',
  title: {
    es: 'un BERT que aprende a llenar huecos leyendo hacia los dos lados',
    en: 'a BERT that learns to fill gaps by reading both ways',
  },
  produces: { es: 'la palabra que falta en una frase', en: 'the word that a sentence lacks' },
  seconds: 200,
  data: ['quijote', 'tinyshakespeare', 'sonetos', 'martin-fierro'],
  config,
  // Devlin et al.'s BERT base: a million batches of 256 rows of 512, on 3300 million words.
  full: {
    data: { vocabSize: 30_000 },
    model: {
      hiddenSize: 768,
      numHiddenLayers: 12,
      numAttentionHeads: 12,
      intermediateSize: 3072,
      hiddenDropoutProb: 0.1,
      attentionProbsDropoutProb: 0.1,
      initializerRange: 0.02,
    },
    train: {
      steps: 1_000_000,
      evalInterval: 10_000,
      batchSize: 256,
      rowLength: 512,
      lr: 1e-4,
      minLr: 0,
      warmupSteps: 10_000,
      betas: [0.9, 0.999],
      maskProb: 0.15,
      shortProb: 0.1,
    },
  },

  async prepare(config, workshop) {
    const corpus = await openCorpus(config, workshop);
    const { tokenizer, training } = corpus;
    const model = {
      ...config.model,
      vocabSize: tokenizer.vocabSize,
      maxPositionEmbeddings: config.train.rowLength,
    };
    const complete = { ...config, model };
    const [tokens, sentences] = [training.tokens.length, training.starts.length];
    return {
      task: makeTask(corpus, complete, workshop),
      config: complete,
      files: tokenizerFile(tokenizer),
      about: {
        es: `${tokens} tokens en ${sentences} frases, ${tokenizer.vocabSize} distintos`,
        en: `${tokens} tokens in ${sentences} sentences, ${tokenizer.vocabSize} different ones`,
      },
    };
  },

  async open(saved, device): Promise<Creation> {
    const tokenizer = fromTokenizerFile(saved.files);
    if (!(tokenizer instanceof BpeTokenizer)) {
      throw new Error('The tokenizer.json of a BERT must be of type bpe; bring back a copy, or train anew.');
    }
    const model = new BertForPreTraining(sized(saved.config), { device });
    try {
      saved.load(model);
    } catch (error) {
      model.dispose();
      throw error;
    }
    model.eval();
    return {
      model,
      fill: (text, { count } = {}) => fillMasks(model, tokenizer, text, count),
      async evaluate(workshop) {
        const corpus = await openCorpus(saved.config, workshop, tokenizer);
        // Its own copy, as a task gives its model back.
        const task = makeTask(corpus, saved.config, { ...workshop, device });
        try {
          saved.load((task.parts as { readonly model: BertForPreTraining }).model);
          const { maskedLM = 0, ...figures } = await task.evaluate();
          return { maskedLM, perplexity: Math.exp(maskedLM), ...figures };
        } finally {
          task.dispose();
        }
      },
      example: [{ shape: [1, sized(saved.config).maxPositionEmbeddings], dtype: 'int32' }],
      dispose: () => model.dispose(),
    };
  },
};
