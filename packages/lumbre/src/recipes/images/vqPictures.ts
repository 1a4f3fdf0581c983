import type { Picture } from '../../data/index.ts';
import { VQPrior, type VQPriorConfig, VQVAE, type VQVAEConfig } from '../../models/images/index.ts';
import { type LayerOptions, Module } from '../../nn/index.ts';
import { compile } from '../../tensor/compile.ts';
import { Generator } from '../../tensor/generator.ts';
import { noGrad, scope } from '../../tensor/scope.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import type { PaintOptions } from '../recipe.ts';
import { readPictures } from './pictures.ts';

/** Grids of codes are drawn, and decoded, so many at a time. */
const AT_ONCE = 64;

export interface CodeSampling {
  readonly temperature: number;
  /** Only so many of the likeliest codes are drawn from; null for all. */
  readonly topK: number | null;
}

export type VQPicturesConfig = VQVAEConfig & {
  readonly prior: Omit<VQPriorConfig, 'numEmbeddings' | 'gridSize'>;
};

/** A VQ-VAE and the prior over its codes: together they make pictures. Their weights are under `vqvae.` and `prior.`. */
export class VQPictures extends Module {
  readonly vqvae: VQVAE;
  readonly prior: VQPrior;

  constructor({ prior, ...config }: VQPicturesConfig, options: LayerOptions = {}) {
    super();
    this.vqvae = new VQVAE(config, options);
    const { numEmbeddings } = this.vqvae.config;
    this.prior = new VQPrior({ ...prior, numEmbeddings, gridSize: this.vqvae.gridSize }, options);
  }

  /** Pictures [batch, channels, height, width] in [0, 1] to what is left of them, and the scores of their codes. */
  forward(x: Tensor): { readonly pictures: Tensor; readonly scores: Tensor } {
    const codes = this.vqvae.encode(x);
    return { pictures: this.vqvae.decode(codes), scores: this.prior.forward(codes) };
  }
}

/** Paints with a model in `eval` mode: codes from the prior, decoded. */
export class CodePainter {
  readonly #model: VQPictures;
  readonly #sampling: CodeSampling;
  readonly #decode = compile((codes: Tensor) => this.#model.vqvae.decode(codes));

  constructor(model: VQPictures, sampling: CodeSampling) {
    this.#model = model;
    this.#sampling = sampling;
  }

  async paint({ count, seed, temperature, signal }: PaintOptions): Promise<Picture[]> {
    const generator = new Generator(seed);
    const options = {
      temperature: temperature ?? this.#sampling.temperature,
      ...(this.#sampling.topK !== null && { topK: this.#sampling.topK }),
      ...(signal && { signal }),
      generator,
    };
    const pictures: Picture[] = [];
    for (let from = 0; from < count; from += AT_ONCE) {
      const codes = await noGrad(() => this.#model.prior.sample(Math.min(AT_ONCE, count - from), options));
      try {
        pictures.push(...(await readPictures(noGrad(() => scope(() => this.#decode(codes))))));
      } finally {
        codes.dispose();
      }
    }
    return pictures;
  }

  dispose(): void {
    this.#decode.dispose();
  }
}
