import type { Picture } from '../../data/index.ts';
import { sphericalLatents } from '../../models/images/index.ts';
import { cat } from '../../tensor/combine.ts';
import { compile } from '../../tensor/compile.ts';
import { tensor } from '../../tensor/creation.ts';
import { Generator } from '../../tensor/generator.ts';
import { randn } from '../../tensor/random.ts';
import { noGrad, scope } from '../../tensor/scope.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import type { Creation, PaintOptions } from '../recipe.ts';
import { readPictures } from './pictures.ts';

export interface LatentPicturesOptions {
  readonly latentDim: number;
  readonly device: string;
  /** The range of what `decode` gives: from 0, or from -1, to 1. */
  readonly low: 0 | -1;
  /** Codes [batch, latentDim], and classes where there are any, int32 [batch], to pictures. */
  readonly decode: (z: Tensor, labels?: Tensor) => Tensor;
  /** How many classes there are, for models that are told which. */
  readonly classes?: number;
}

/** Pictures are made so many at a time. */
const AT_ONCE = 64;

/** What every model can do that makes pictures of normal codes: samples, ways between them, and walks. */
export function latentPictures(
  options: LatentPicturesOptions,
): Required<Pick<Creation, 'paint' | 'interpolate' | 'walk'>> & { dispose(): void } {
  const { latentDim, device, low, classes } = options;
  const decode = compile((z: Tensor) => options.decode(z));
  const decodeLabelled = compile((z: Tensor, labels: Tensor) => options.decode(z, labels));

  /** Pictures of codes [n, latentDim]; `labels` is one class for each. */
  const draw = async (codes: Tensor, labels?: Tensor): Promise<Picture[]> => {
    const pictures: Picture[] = [];
    const [count] = codes.shape as [number, number];
    for (let from = 0; from < count; from += AT_ONCE) {
      const size = Math.min(AT_ONCE, count - from);
      const made = noGrad(() =>
        scope(() => {
          const z = codes.narrow(0, from, size);
          return labels ? decodeLabelled(z, labels.narrow(0, from, size)) : decode(z);
        }),
      );
      pictures.push(...(await readPictures(made, low)));
    }
    return pictures;
  };

  /** The class that is asked for or, without one, all in turn. */
  const labelsFor = (count: number, label: number | undefined): Tensor | undefined => {
    if (classes === undefined) return undefined;
    if (label !== undefined && !(Number.isInteger(label) && label >= 0 && label < classes)) {
      throw new RangeError(`There are the classes 0 to ${classes - 1}, not ${label}.`);
    }
    const ids = Int32Array.from({ length: count }, (_, i) => label ?? i % classes);
    return tensor(ids, { dtype: 'int32', device });
  };

  const noise = (count: number, generator: Generator) => randn([count, latentDim], { device, generator });

  return {
    async paint({ count, seed, label }: PaintOptions) {
      const codes = noise(count, new Generator(seed));
      const labels = labelsFor(count, label);
      try {
        return await draw(codes, labels);
      } finally {
        codes.dispose();
        labels?.dispose();
      }
    },

    async interpolate({ count, seed, label, steps }) {
      const generator = new Generator(seed);
      const rows: Picture[][] = [];
      for (let row = 0; row < count; row++) {
        const [from, to] = [noise(1, generator), noise(1, generator)];
        const codes = sphericalLatents(from, to, steps).realize();
        const labels = labelsFor(steps, label ?? (classes === undefined ? undefined : row % classes));
        rows.push(await draw(codes, labels));
        for (const used of [from, to, codes, labels]) used?.dispose();
      }
      return rows;
    },

    async walk({ count, seed, label, frames }) {
      const generator = new Generator(seed);
      const stops = Array.from({ length: Math.max(2, count) }, () => noise(1, generator));
      const parts = stops.map((from, i) => {
        // The last way leads back to the beginning; each leaves out its end, where the next begins.
        const to = stops[(i + 1) % stops.length] as Tensor;
        const length =
          Math.floor(((i + 1) * frames) / stops.length) - Math.floor((i * frames) / stops.length);
        return sphericalLatents(from, to, length + 1).narrow(0, 0, length);
      });
      const codes = cat(parts, 0).realize();
      const labels = labelsFor(codes.shape[0] as number, label ?? (classes === undefined ? undefined : 0));
      try {
        return await draw(codes, labels);
      } finally {
        for (const used of [...stops, ...parts, codes, labels]) used?.dispose();
      }
    },

    dispose() {
      decode.dispose();
      decodeLabelled.dispose();
    },
  };
}
