import { z } from 'zod';
import { openText } from '../../data/index.ts';
import { TextGAN } from '../../models/index.ts';
import { noGrad, scope } from '../../tensor/scope.ts';
import { CharTokenizer } from '../../text/index.ts';
import { ganSettings } from '../images/ganSettings.ts';
import type { Creation, Recipe, WriteOptions } from '../recipe.ts';
import { count, positive } from '../settings.ts';
import { stream } from '../support/streams.ts';
import { STORY_END, splitLines } from './corpus.ts';
import { lineFigures } from './lineFigures.ts';
import { TextGanTask } from './textGanTask.ts';
import { fromTokenizerFile, tokenizerFile } from './tokenizerFile.ts';

const config = z
  .strictObject({
    data: z.strictObject({ name: z.string().default('names') }).prefault({}),
    model: z
      .strictObject({
        cell: z.enum(['gru', 'lstm']).default('gru'),
        latentDim: count().default(32),
        hiddenSize: count().default(128),
        embeddingDim: count().default(32),
        channels: count().default(64),
        average: z.boolean().default(true),
        /** The data decide. */
        vocabSize: count().optional(),
        length: count().optional(),
        endToken: z.int().min(0).optional(),
      })
      .prefault({}),
    train: z
      .strictObject({
        ...ganSettings({
          ...{ steps: 3000, evalInterval: 500, batchSize: 64 },
          ...{ generatorLr: 4e-4, discriminatorLr: 3e-3, criticSteps: 2, r1: 0.05, emaDecay: 0.995 },
        }),
        /** How many names are written to be measured on the way: fewer differ from any list by chance alone. */
        evalSamples: count(8).default(1000),
        /** Steps at the beginning in which the generator learns letters by likelihood, without a discriminator. */
        pretrainSteps: count(0).default(1000),
        pretrainLr: positive().default(3e-3),
        /** Of Gumbel-softmax, at the beginning of the contest and at its end. */
        temperature: positive().default(1),
        finalTemperature: positive().default(0.5),
      })
      .prefault({}),
  })
  .readonly();

export type TextGanConfig = z.infer<typeof config>;

const sized = ({ model }: TextGanConfig) => ({
  ...model,
  vocabSize: model.vocabSize as number,
  length: model.length as number,
  endToken: model.endToken as number,
});

/** Longer names are left out: they are few, and each takes a step more of every batch. */
const LONGEST = 12;

async function openNames(name: string, workshop: Parameters<Recipe['prepare']>[1]) {
  const { text, lines } = await openText(workshop.data, name);
  const all = (lines ?? text.split('\n')).map((line) => line.normalize('NFC').trim());
  const short = all.filter((line) => line !== '' && [...line].length <= LONGEST);
  const tokenizer = CharTokenizer.fromText(short.join(STORY_END) + STORY_END);
  return { tokenizer, ...splitLines(short) };
}

/** Writes names side by side, whatever is asked for. */
function writeNames(
  model: TextGAN,
  tokenizer: CharTokenizer,
  number: number,
  seed: number,
  average = true,
): string[] {
  const { length } = model.config;
  const ids = noGrad(() =>
    scope(() => model.write(number, { generator: stream(seed, 'sample'), average }).dataSync()),
  );
  return Array.from({ length: number }, (_, row) => {
    const own = tokenizer.decode(Array.from(ids.subarray(row * length, (row + 1) * length), Number));
    return own.split(STORY_END)[0] as string;
  });
}

export const textgan: Recipe<TextGanConfig> = {
  name: 'textgan',
  family: 'text',
  title: {
    es: 'una GAN que inventa nombres, con Gumbel-softmax',
    en: 'a GAN that invents names, with Gumbel-softmax',
  },
  produces: { es: 'nombres que suenan bien y no existen', en: 'names that sound right and do not exist' },
  seconds: 40,
  data: ['names', 'nombres'],
  config,
  // Kusner and Hernández-Lobato's: LSTMs of 32, batches of 200, temperatures from 5 to 1, 20,000 iterations, no likelihood.
  full: {
    model: { cell: 'lstm', hiddenSize: 32, average: false },
    train: {
      steps: 20_000,
      evalInterval: 1000,
      batchSize: 200,
      generatorLr: 1e-3,
      discriminatorLr: 1e-3,
      r1: 0,
      pretrainSteps: 0,
      temperature: 5,
      finalTemperature: 1,
    },
  },

  async prepare(config, workshop) {
    const { tokenizer, train, heldOut } = await openNames(config.data.name, workshop);
    const longest = Math.max(...train.map((line) => [...line].length));
    const model = {
      ...config.model,
      vocabSize: tokenizer.vocabSize,
      length: longest + 1,
      endToken: tokenizer.encode(STORY_END)[0] as number,
    };
    const complete = { ...config, model };
    return {
      task: new TextGanTask({
        config: sized(complete),
        settings: config.train,
        device: workshop.device,
        names: { train, heldOut },
        tokenizer,
        write: (gan, number, seed, average) => writeNames(gan, tokenizer, number, seed, average),
      }),
      config: complete,
      files: tokenizerFile(tokenizer),
      about: {
        es: `${train.length} nombres de ${longest} letras o menos`,
        en: `${train.length} names of ${longest} letters or less`,
      },
    };
  },

  async open(saved, device): Promise<Creation> {
    const tokenizer = fromTokenizerFile(saved.files) as CharTokenizer;
    // A published generator is the average already.
    const model = new TextGAN({ ...sized(saved.config), average: false }, { device });
    try {
      saved.load(model.generator);
    } catch (error) {
      model.dispose();
      throw error;
    }
    model.eval();
    const seedOf = ({ seed }: WriteOptions) => seed ?? Math.floor(Math.random() * 2 ** 31);
    return {
      model: model.generator,
      // A GAN makes a whole text at once, from noise: there is no beginning to go on from.
      async *write(prompt, options) {
        refusePrompt(prompt);
        yield writeNames(model, tokenizer, 1, seedOf(options))[0] as string;
      },
      async writeMany(prompt, number, options) {
        refusePrompt(prompt);
        return writeNames(model, tokenizer, number, seedOf(options));
      },
      async evaluate(workshop) {
        const { train } = await openNames(saved.config.data.name, workshop);
        return lineFigures(writeNames(model, tokenizer, 1000, 1), train);
      },
      example: [{ shape: [1, saved.config.model.latentDim] }],
      dispose: () => model.dispose(),
    };
  },
};

function refusePrompt(prompt: string): void {
  if (prompt === '') return;
  throw new RangeError(
    'textgan: a GAN makes whole texts from noise and cannot go on from a beginning; leave the prompt out.',
  );
}
