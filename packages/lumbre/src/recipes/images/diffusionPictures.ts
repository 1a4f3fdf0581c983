import type { Picture } from '../../data/index.ts';
import { type Diffusion, sphericalLatents } from '../../models/images/index.ts';
import { cat } from '../../tensor/combine.ts';
import { tensor } from '../../tensor/creation.ts';
import { Generator } from '../../tensor/generator.ts';
import { randn } from '../../tensor/random.ts';
import { noGrad, scope } from '../../tensor/scope.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import type { Creation, PaintOptions } from '../recipe.ts';
import { readPictures } from './pictures.ts';

/** How noise becomes pictures, unless told otherwise. */
export interface SamplingSettings {
  readonly steps: number;
  /** 0 is DDIM, where the noise decides everything; 1 is DDPM, where each step draws anew. */
  readonly eta: number;
  /** How much more than told the class counts, for models that are told. */
  readonly guidance: number;
}

/** Pictures are made so many at a time. */
const AT_ONCE = 64;

/** What a diffusion model can do. Walks and ways lead through the noise that it begins with, and take DDIM's steps. */
export function diffusionPictures(model: Diffusion, settings: SamplingSettings) {
  const { channels, imageSize, classes } = model.config;
  const { device } = model.alphasCumprod;
  const size = channels * imageSize ** 2;

  /** The class that is asked for or, without one, all in turn. */
  const labelsFor = (count: number, label: number | undefined): Int32Array | undefined => {
    if (classes === 0) return undefined;
    if (label !== undefined && !(Number.isInteger(label) && label >= 0 && label < classes)) {
      throw new RangeError(`There are the classes 0 to ${classes - 1}, not ${label}.`);
    }
    return Int32Array.from({ length: count }, (_, i) => label ?? i % classes);
  };

  const noiseOf = (count: number, generator: Generator): Tensor =>
    noGrad(() => randn([count, size], { device, generator }).realize());

  /** Pictures of noise [count, size]. */
  async function develop(
    noise: Tensor,
    labels: Int32Array | undefined,
    { samplingSteps = settings.steps, signal }: Partial<PaintOptions>,
    eta: number,
    generator: Generator,
  ): Promise<Picture[]> {
    const pictures: Picture[] = [];
    const [count] = noise.shape as [number, number];
    const { guidance } = settings;
    for (let from = 0; from < count; from += AT_ONCE) {
      signal?.throwIfAborted();
      const length = Math.min(AT_ONCE, count - from);
      const part = scope(() =>
        noise.narrow(0, from, length).reshape(length, channels, imageSize, imageSize).realize(),
      );
      const told =
        labels && tensor(labels.subarray(from, from + length), { dtype: 'int32', device }).realize();
      const options = { steps: samplingSteps, eta, guidance, generator, noise: part, labels: told };
      try {
        pictures.push(...(await readPictures(await model.sample(length, options), -1)));
      } finally {
        part.dispose();
        told?.dispose();
      }
    }
    return pictures;
  }

  const creation: Required<Pick<Creation, 'paint' | 'interpolate' | 'walk'>> = {
    async paint(options) {
      const { count, seed, label } = options;
      const generator = new Generator(seed);
      const noise = noiseOf(count, generator);
      try {
        return await develop(noise, labelsFor(count, label), options, settings.eta, generator);
      } finally {
        noise.dispose();
      }
    },

    async interpolate({ count, seed, label, steps, ...options }) {
      const generator = new Generator(seed);
      const rows: Picture[][] = [];
      for (let row = 0; row < count; row++) {
        const [from, to] = [noiseOf(1, generator), noiseOf(1, generator)];
        const noise = scope(() => sphericalLatents(from, to, steps).realize());
        const labels = labelsFor(steps, label ?? (classes === 0 ? undefined : row % classes));
        try {
          rows.push(await develop(noise, labels, options, 0, generator));
        } finally {
          for (const used of [from, to, noise]) used.dispose();
        }
      }
      return rows;
    },

    async walk({ count, seed, label, frames, ...options }) {
      const generator = new Generator(seed);
      const stops = Array.from({ length: Math.max(2, count) }, () => noiseOf(1, generator));
      const noise = scope(() => {
        const ways = stops.map((from, i) => {
          // The last way leads back to the beginning; each leaves out its end, where the next begins.
          const to = stops[(i + 1) % stops.length] as Tensor;
          const length =
            Math.floor(((i + 1) * frames) / stops.length) - Math.floor((i * frames) / stops.length);
          return sphericalLatents(from, to, length + 1).narrow(0, 0, length);
        });
        return cat(ways, 0).realize();
      });
      try {
        return await develop(noise, labelsFor(frames, label ?? 0), options, 0, generator);
      } finally {
        for (const used of [...stops, noise]) used.dispose();
      }
    },
  };

  return {
    ...creation,

    /** How each of `count` pictures comes out of noise: a row of `steps` pictures each, the last finished. */
    async film({ count, seed, steps }: { count: number; seed: number; steps: number }): Promise<Picture[][]> {
      const generator = new Generator(seed);
      const labels = labelsFor(count, undefined);
      const told = labels && tensor(labels, { dtype: 'int32', device }).realize();
      const rows: Picture[][] = Array.from({ length: count }, () => []);
      try {
        for await (const { x, predicted } of model.film(count, {
          steps,
          generator,
          labels: told,
          guidance: settings.guidance,
        })) {
          predicted.dispose();
          for (const [i, picture] of (await readPictures(x, -1)).entries()) rows[i]?.push(picture);
        }
        return rows;
      } finally {
        told?.dispose();
      }
    },
  };
}
