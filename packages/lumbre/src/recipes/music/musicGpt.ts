import { z } from 'zod';
import { GPT } from '../../models/index.ts';
import { NOTE_VOCAB_SIZE, NoteTokenizer } from '../../models/music/index.ts';
import type { Metrics } from '../../train/index.ts';
import type { Recipe } from '../recipe.ts';
import { batchSettings, count, loopSettings, positive, share } from '../settings.ts';
import { stream } from '../support/streams.ts';
import { LanguageModelTask } from '../text/languageModelTask.ts';
import type { Workshop } from '../workshop.ts';
import { composeTokens, instrumentFor, musicSample, toMidi } from './compose.ts';
import { nGramSurprise, perStepAndNote, surprise } from './likelihood.ts';
import { musicFigures } from './musicFigures.ts';
import { inAllKeys, openMusicSet, tokenData } from './musicSet.ts';

const config = z
  .strictObject({
    data: z.strictObject({ name: z.string().default('jsb-chorales') }).prefault({}),
    model: z
      .strictObject({
        nLayer: count().default(4),
        nHead: count().default(4),
        nEmbd: count().default(128),
        // Some fifty steps of four voices.
        blockSize: count().default(256),
        dropout: share().default(0.1),
        bias: z.boolean().default(false),
        initStd: positive().default(0.08),
        /** How long a piece may become, in tokens. */
        maxTokens: count().default(800),
        /** The data decide. */
        stepsPerQuarter: count().optional(),
      })
      .prefault({}),
    train: z
      .strictObject({
        ...loopSettings({ steps: 3200, evalInterval: 400 }),
        ...batchSettings({
          batchSize: 8,
          lr: 2e-3,
          minLr: 1e-4,
          warmupSteps: 100,
          weightDecay: 0.1,
          betas: [0.9, 0.99],
          gradClip: 1,
        }),
        evalBatches: count().default(8),
      })
      .prefault({}),
  })
  .readonly();

type Config = z.infer<typeof config>;

/** The n-grams that it is compared with: of 6, 8, 11 and 16 tokens, those that predict the validation pieces best. */
const ORDER = 16;
/** How many pieces are measured. */
const PIECES = 20;

const gptConfig = ({ stepsPerQuarter: _, maxTokens: __, ...sizes }: Config['model']) => ({
  ...sizes,
  vocabSize: NOTE_VOCAB_SIZE,
});

async function evaluate(model: GPT, { data, model: sizes }: Config, workshop: Workshop): Promise<Metrics> {
  const set = await openMusicSet(data.name, workshop);
  const own = perStepAndNote(await surprise(model, set.test, sizes.blockSize), set.test);
  const counted = perStepAndNote(nGramSurprise(inAllKeys(set.train), set.test, ORDER), set.test);
  const pieces = await composeTokens(model, { count: PIECES, seed: 1 }, sizes.maxTokens);
  const [made, real] = [pieces, set.test].map((all) =>
    musicFigures(all.map((tokens) => set.tokenizer.decodePiece(tokens))),
  ) as [ReturnType<typeof musicFigures>, ReturnType<typeof musicFigures>];
  return {
    natsPerStep: own.perStep,
    natsPerNote: own.perNote,
    nGramNatsPerStep: counted.perStep,
    nGramNatsPerNote: counted.perNote,
    ...made,
    ...Object.fromEntries(Object.entries(real).map(([figure, value]) => [`${figure}Real`, value])),
  };
}

export const musicGpt: Recipe<Config> = {
  name: 'music-gpt',
  family: 'music',
  title: { es: 'una GPT que compone corales, nota a nota', en: 'a GPT that composes chorales, note by note' },
  produces: { es: 'corales a cuatro voces, en MIDI', en: 'chorales in four voices, as MIDI' },
  seconds: 280,
  data: ['jsb-chorales'],
  config,
  // Nobody published one for these tokens; larger than this, it learns the 229 chorales by heart.
  full: {
    model: { nLayer: 6, nHead: 8, nEmbd: 256, blockSize: 512, dropout: 0.3, initStd: 0.06 },
    train: { steps: 8000, evalInterval: 500, batchSize: 32, lr: 1e-3, minLr: 5e-5, warmupSteps: 200 },
  },

  async prepare(config, workshop) {
    const { data, train: settings } = config;
    const set = await openMusicSet(data.name, workshop);
    const { tokenizer, music } = set;
    const complete = { ...config, model: { ...config.model, stepsPerQuarter: music.stepsPerQuarter } };
    const generator = stream(settings.seed, 'model');
    const model = new GPT(gptConfig(config.model), { device: workshop.device, generator });
    try {
      const task = new LanguageModelTask({
        model,
        generator,
        settings,
        data: tokenData(set),
        blockSize: config.model.blockSize,
        write: async (seed) => {
          const [tokens = []] = await composeTokens(model, { count: 1, seed }, config.model.maxTokens);
          return musicSample(tokenizer.decode(tokens), tokenizer, instrumentFor(data.name));
        },
      });
      return { task, config: complete, files: new Map(), about: set.about };
    } catch (error) {
      model.dispose();
      throw error;
    }
  },

  async open(saved, device) {
    const { config } = saved;
    const model = new GPT(gptConfig(config.model), { device });
    try {
      saved.load(model);
    } catch (error) {
      model.dispose();
      throw error;
    }
    model.eval();
    const tokenizer = new NoteTokenizer(config.model.stepsPerQuarter ?? 1);
    const instrument = instrumentFor(config.data.name);
    return {
      model,
      compose: async (options) => {
        const pieces = await composeTokens(model, options, config.model.maxTokens);
        return pieces.map((tokens) => toMidi(tokenizer.decode(tokens), instrument));
      },
      evaluate: (workshop) => evaluate(model, config, workshop),
      example: [{ shape: [1, config.model.blockSize], dtype: 'int32' }],
      dispose: () => model.dispose(),
    };
  },
};
