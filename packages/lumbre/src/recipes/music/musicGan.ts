import { z } from 'zod';
import { gridOf, type Piece, pieceToNotes } from '../../data/index.ts';
import { PianoRollGAN } from '../../models/music/index.ts';
import { compile } from '../../tensor/compile.ts';
import { noGrad, scope } from '../../tensor/scope.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { ganData, ganSettings } from '../images/ganSettings.ts';
import { GanTask } from '../images/ganTask.ts';
import type { Recipe } from '../recipe.ts';
import { count } from '../settings.ts';
import { stream } from '../support/streams.ts';
import { instrumentFor, toMidi } from './compose.ts';
import { musicFigures } from './musicFigures.ts';
import { rollPicture } from './rollPicture.ts';
import { inC, openRolls, pieceOf, type RollShape } from './rolls.ts';

const config = z
  .strictObject({
    data: ganData('jsb-chorales'),
    model: z
      .strictObject({
        steps: count().default(32),
        pitches: count().default(48),
        /** The lowest pitch: C, four octaves below which choirs do not sing. */
        lowest: z.int().min(0).max(116).multipleOf(12).default(36),
        latentDim: count().default(64),
        width: count().default(32),
        binary: z.enum(['straight-through', 'threshold']).default('straight-through'),
        average: z.boolean().default(true),
        /** The data decide. */
        stepsPerQuarter: count().optional(),
      })
      .prefault({}),
    train: z
      .strictObject(
        ganSettings({
          ...{ steps: 2000, evalInterval: 500, batchSize: 32 },
          // Without it all pieces become one: chorales in one key are much alike.
          ...{ generatorLr: 4e-4, discriminatorLr: 4e-4, loss: 'hinge', modeSeeking: 0.3 },
        }),
      )
      .prefault({}),
  })
  .readonly();

type Config = z.infer<typeof config>;

/** Rolls in a sample's picture, and how many are measured. */
const SHOWN = 12;
const MEASURED = 200;

const networks = ({ stepsPerQuarter: _, lowest: __, ...sizes }: Config['model']) => sizes;

/** Makes pieces with a model. */
function composerOf(model: PianoRollGAN, shape: RollShape) {
  const make = compile((z: Tensor) => model.sample(z.shape[0] as number, { noise: z }));
  return {
    async pieces(count: number, seed: number): Promise<Piece[]> {
      const rolls = noGrad(() => scope(() => make(model.drawNoise(count, stream(seed, 'sample')))));
      const values = await rolls.data();
      rolls.dispose();
      const size = shape.steps * shape.pitches;
      return Array.from({ length: count }, (_, i) =>
        pieceOf(values.subarray(i * size, (i + 1) * size) as ArrayLike<number>, shape),
      );
    },
    dispose: () => make.dispose(),
  };
}

const pictureOf = (
  pieces: readonly Piece[],
  { steps, pitches, lowest }: RollShape,
  stepsPerQuarter: number,
) => {
  const range = [lowest, lowest + pitches - 1] as const;
  const pictures = pieces.map((piece) => {
    const notes = pieceToNotes(piece, { stepsPerQuarter });
    const { data, shape } = rollPicture(notes, { stepsPerQuarter, stepWidth: 4, pitchHeight: 2, range });
    // Where the last steps are silent, a picture ends early; in a sheet all are as long.
    const whole = new Uint8Array(shape[0] * steps * 4 * 3).fill(250);
    for (let y = 0; y < shape[0]; y++) {
      const row = data.subarray(y * shape[1] * 3, (y + 1) * shape[1] * 3);
      whole.set(row.subarray(0, steps * 4 * 3), y * steps * 4 * 3);
    }
    return { data: whole, shape: [shape[0], steps * 4, 3] as const };
  });
  return gridOf(pictures, { columns: 3, padding: 3 });
};

export const musicGan: Recipe<Config> = {
  name: 'music-gan',
  family: 'music',
  title: { es: 'una GAN que pinta rollos de pianola', en: 'a GAN that paints piano rolls' },
  produces: { es: 'pasajes de ocho compases, en MIDI', en: 'passages of eight bars, as MIDI' },
  seconds: 180,
  data: ['jsb-chorales'],
  config,
  // The size of MidiNet's (arXiv:1703.10847): noise of 100 numbers, 128 pitches, batches of 72; its rolls are of one bar of sixteenths.
  full: {
    model: { latentDim: 100, width: 96, pitches: 96, lowest: 12 },
    train: { steps: 20_000, evalInterval: 1000, batchSize: 72, generatorLr: 2e-4, discriminatorLr: 2e-4 },
  },

  async prepare(config, workshop) {
    const { device } = workshop;
    const { data: source, model: sizes, train: settings } = config;
    const data = await openRolls(source.name, sizes, workshop);
    const release = () => {
      data.train.dispose();
      data.heldOut.dispose();
    };
    try {
      const { stepsPerQuarter } = data.music;
      const model = new PianoRollGAN(networks(sizes), { device, generator: stream(settings.seed, 'model') });
      const composer = composerOf(model, sizes);
      const task = new GanTask({
        ...{ model, device, data, settings },
        sample: async () => {
          const pieces = await composer.pieces(SHOWN, settings.seed);
          const notes = pieceToNotes(pieces[0] as Piece, { stepsPerQuarter });
          return {
            kind: 'midi',
            bytes: toMidi(notes, instrumentFor(source.name)),
            picture: pictureOf(pieces, sizes, stepsPerQuarter),
          };
        },
        dispose: () => {
          composer.dispose();
          release();
        },
      });
      const complete = { ...config, model: { ...sizes, stepsPerQuarter } };
      return { task, config: complete, files: new Map(), about: data.about };
    } catch (error) {
      release();
      throw error;
    }
  },

  async open(saved, device) {
    const { data: source, model: sizes } = saved.config;
    const { stepsPerQuarter = 1 } = sizes;
    // A published generator is the average already.
    const model = new PianoRollGAN({ ...networks(sizes), average: false }, { device });
    try {
      saved.load(model.generator);
    } catch (error) {
      model.dispose();
      throw error;
    }
    model.eval();
    const composer = composerOf(model, sizes);
    return {
      model: model.generator,
      compose: async ({ count, seed = 0 }) =>
        (await composer.pieces(count, seed)).map((piece) =>
          toMidi(pieceToNotes(piece, { stepsPerQuarter }), instrumentFor(source.name)),
        ),
      async evaluate(workshop) {
        const data = await openRolls(source.name, sizes, workshop);
        data.train.dispose();
        data.heldOut.dispose();
        const real = musicFigures(data.music.test.map(inC));
        const made = musicFigures(await composer.pieces(MEASURED, 0));
        return {
          ...made,
          ...Object.fromEntries(Object.entries(real).map(([figure, value]) => [`${figure}Real`, value])),
        };
      },
      example: [{ shape: [1, sizes.latentDim] }],
      dispose: () => {
        composer.dispose();
        model.dispose();
      },
    };
  },
};
