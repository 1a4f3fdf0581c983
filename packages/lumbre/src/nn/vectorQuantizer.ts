import { formatShape } from '../graph/shape.ts';
import { arange, ones, zeros } from '../tensor/creation.ts';
import type { Generator } from '../tensor/generator.ts';
import { rand, uniform } from '../tensor/random.ts';
import { realizeNodes } from '../tensor/realize.ts';
import { noGrad } from '../tensor/scope.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { currentTrace } from '../tensor/trace.ts';
import type { LayerOptions } from './linear.ts';
import { Module } from './module.ts';
import { buffer, parameter } from './parameter.ts';

export interface VectorQuantizerOptions extends LayerOptions {
  /** What the distance of the inputs from their codes is multiplied by in the loss: β in the paper. Default 0.25. */
  readonly commitmentCost?: number;
  /**
   * How much of the moving averages that the codes are made of stays at each batch; 0 to learn the codes by gradient
   * instead, with a term of their own in the loss. Default 0.99.
   */
  readonly decay?: number;
  /** Laplace smoothing: added to the counts of codes that averages are divided by. Default 1e-5. */
  readonly eps?: number;
  /**
   * Codes whose moving count (vectors a batch) falls below this are dead: vectors of the batch, chosen at random, take
   * their place. 1 is Jukebox's; it should be well below the vectors of a batch divided by numEmbeddings. 0 for never.
   * Default 0.
   */
  readonly reviveThreshold?: number;
  /**
   * What the codes start as: uniform in ±1/numEmbeddings, or vectors of the first batch that the module is trained with,
   * chosen at random, so that codes are where encoder outputs are. Default `uniform`.
   */
  readonly initialize?: 'uniform' | 'batch';
  /** Whether vectors lie along dimension 1, `[batch, embeddingDim, height, width]`, not along the last. Default false. */
  readonly channelsFirst?: boolean;
}

export interface Quantized {
  /** The codes in the place of the inputs; gradients go to the inputs as if they had not been replaced. */
  readonly quantized: Tensor;
  /** int32, the inputs' shape without the dimension of the vectors. */
  readonly indices: Tensor;
  /** β · mean (z - sg(e))², and, if the codes are learned by gradient, + mean (sg(z) - e)². Scalar. */
  readonly loss: Tensor;
  /** e^entropy of how often the batch uses each code: from 1, one for all, to numEmbeddings, all alike. Scalar. */
  readonly perplexity: Tensor;
  /** The part of the codes that the batch uses. Scalar. */
  readonly usage: Tensor;
}

/**
 * Each vector replaced by the nearest of a table of codes (van den Oord et al., arXiv:1711.00937). Codes are moving averages
 * of what they stand for, as in the paper's appendix and VQ-VAE-2 (Razavi et al., arXiv:1906.00446), or learned by gradient
 * (`decay: 0`). Dead codes are revived as in Jukebox (Dhariwal et al., arXiv:2005.00341). All inside `compile`.
 */
export class VectorQuantizer extends Module {
  readonly numEmbeddings: number;
  readonly embeddingDim: number;
  readonly commitmentCost: number;
  readonly decay: number;
  readonly eps: number;
  readonly reviveThreshold: number;
  readonly channelsFirst: boolean;
  /** The codes `[numEmbeddings, embeddingDim]`: a parameter if they are learned by gradient, else a buffer. */
  readonly embedding: Tensor;
  /** `[numEmbeddings]`, moving: how many vectors of a batch each code stands for. It begins with one. */
  readonly cluster_size: Tensor | null;
  /** `[numEmbeddings, embeddingDim]`, moving: their sum. */
  readonly embed_avg: Tensor | null;
  /** int32 scalar, 0 until the codes come from a batch; only with `initialize: 'batch'`. */
  readonly initialized: Tensor | null;
  readonly #generator: Generator | undefined;

  /** @throws RangeError for options that are out of range, and for a revival of codes that have no moving count. */
  constructor(numEmbeddings: number, embeddingDim: number, options: VectorQuantizerOptions = {}) {
    super();
    const { commitmentCost = 0.25, decay = 0.99, eps = 1e-5, reviveThreshold = 0 } = options;
    const { initialize = 'uniform', channelsFirst = false, dtype, device, generator } = options;
    if (![numEmbeddings, embeddingDim].every((size) => Number.isInteger(size) && size >= 1)) {
      throw new RangeError(
        `VectorQuantizer: numEmbeddings and embeddingDim must be whole numbers of at least 1, got ${numEmbeddings} ` +
          `and ${embeddingDim}.`,
      );
    }
    if (!(decay >= 0 && decay < 1)) {
      throw new RangeError(`VectorQuantizer: decay must be from 0 to below 1, not ${decay}.`);
    }
    if (!(eps >= 0 && commitmentCost >= 0 && reviveThreshold >= 0)) {
      throw new RangeError(
        `VectorQuantizer: commitmentCost, eps and reviveThreshold must not be negative, got ${commitmentCost}, ${eps} ` +
          `and ${reviveThreshold}.`,
      );
    }
    if (reviveThreshold > 0 && decay === 0) {
      throw new RangeError(
        'VectorQuantizer: without moving averages (decay: 0) no code is known to be dead; give a decay, or no ' +
          'reviveThreshold.',
      );
    }
    this.numEmbeddings = numEmbeddings;
    this.embeddingDim = embeddingDim;
    this.commitmentCost = commitmentCost;
    this.decay = decay;
    this.eps = eps;
    this.reviveThreshold = reviveThreshold;
    this.channelsFirst = channelsFirst;
    this.#generator = generator;
    const shape = [numEmbeddings, embeddingDim];
    const bound = 1 / numEmbeddings;
    const codes = uniform(-bound, bound, shape, { dtype, device, generator });
    const moving = decay > 0;
    this.embedding = moving ? buffer(codes) : parameter(codes);
    // One of each, so that what is divided is the code itself.
    this.cluster_size = moving ? buffer(ones([numEmbeddings], { dtype, device })) : null;
    this.embed_avg = moving ? buffer(this.embedding.clone()) : null;
    this.initialized = initialize === 'batch' ? buffer(zeros([], { dtype: 'int32', device })) : null;
  }

  /**
   * @param z `[.., embeddingDim]`, or `[batch, embeddingDim, ..]` if channelsFirst
   * @throws RangeError for other shapes.
   */
  forward(z: Tensor): Quantized {
    const last = this.#vectorsLast(z);
    const flat = last.reshape(-1, this.embeddingDim);
    const vectors = flat.detach();
    if (this.training && this.initialized) this.#initialize(vectors, this.initialized);
    const nearest = noGrad(() => this.#nearest(vectors));
    const codes = this.embedding.indexSelect(0, nearest);

    let loss = flat.sub(codes.detach()).square().mean().mul(this.commitmentCost);
    if (this.decay === 0) loss = loss.add(codes.sub(vectors).square().mean());
    const straight = flat.add(codes.sub(flat).detach()).reshape(last.shape);
    const counts = noGrad(() =>
      zeros([this.numEmbeddings], like(vectors)).indexAdd(
        0,
        nearest,
        ones([vectors.shape[0] as number], like(vectors)),
      ),
    );
    const shares = counts.div(vectors.shape[0] as number);
    const entropy = shares.mul(shares.maximum(1e-10).log()).sum().neg();
    const result = {
      quantized: this.#vectorsBack(straight),
      indices: nearest.reshape(last.shape.slice(0, -1)),
      loss,
      perplexity: entropy.exp(),
      usage: counts.gt(0).to(vectors.dtype).mean(),
    };
    if (this.training && this.decay > 0) noGrad(() => this.#move(vectors, nearest, counts));
    if (this.training) this.#settle(result);
    return result;
  }

  /** int32 indices `[..]` to codes `[.., embeddingDim]`, or `[batch, embeddingDim, ..]` if channelsFirst. */
  lookup(indices: Tensor): Tensor {
    const codes = this.embedding.indexSelect(0, indices.reshape(-1));
    return this.#vectorsBack(codes.reshape([...indices.shape, this.embeddingDim]));
  }

  #vectorsLast(z: Tensor): Tensor {
    const axis = this.channelsFirst ? 1 : z.ndim - 1;
    if (z.ndim < (this.channelsFirst ? 2 : 1) || z.shape[axis] !== this.embeddingDim || z.size === 0) {
      const expected = this.channelsFirst
        ? `[batch, ${this.embeddingDim}, ..]`
        : `[.., ${this.embeddingDim}]`;
      throw new RangeError(`VectorQuantizer: expected an input ${expected}, got ${formatShape(z.shape)}.`);
    }
    return this.channelsFirst ? z.movedim(1, -1) : z;
  }

  #vectorsBack(x: Tensor): Tensor {
    return this.channelsFirst ? x.movedim(-1, 1) : x;
  }

  /** Which code is nearest to each vector: |z - e|² less |z|², which is the same for all codes. */
  #nearest(vectors: Tensor): Tensor {
    const squares = this.embedding.square().sum(-1);
    return squares.sub(vectors.matmul(this.embedding.T).mul(2)).argmin(-1);
  }

  /** As many vectors as there are codes, chosen at random, each from another part of the batch: none twice if there are enough. */
  #sample(vectors: Tensor): Tensor {
    const { device } = vectors;
    const [count, codes] = [vectors.shape[0] as number, this.numEmbeddings];
    const drawn = rand([codes + 1], { device, generator: this.#generator });
    const turned = arange(codes, { device })
      .add(drawn.narrow(0, 0, codes))
      .div(codes)
      .add(drawn.narrow(0, codes, 1));
    const rows = turned
      .frac()
      .mul(count)
      .floor()
      .to('int32')
      .minimum(count - 1);
    return vectors.indexSelect(0, rows);
  }

  #initialize(vectors: Tensor, initialized: Tensor): void {
    noGrad(() => {
      const ready = initialized.gt(0);
      this.embedding.assign(this.embedding.where(ready, this.#sample(vectors).to(this.embedding.dtype)));
      this.embed_avg?.assign(this.embed_avg.where(ready, this.embedding));
      initialized.assign(ones([], { dtype: 'int32', device: initialized.device }));
    });
  }

  /** Moving averages, then codes: as they are after this batch, for the next. */
  #move(vectors: Tensor, nearest: Tensor, counts: Tensor): void {
    const { cluster_size, embed_avg, decay, numEmbeddings, eps, reviveThreshold } = this;
    if (!cluster_size || !embed_avg) return;
    const towards = (average: Tensor, value: Tensor) =>
      average.mul(decay).add(value.to(average.dtype).mul(1 - decay));
    const sums = zeros([numEmbeddings, this.embeddingDim], like(vectors)).indexAdd(0, nearest, vectors);
    let sizes = towards(cluster_size, counts);
    let averages = towards(embed_avg, sums);
    if (reviveThreshold > 0) {
      const dead = sizes.lt(reviveThreshold);
      // With the count that a code has if all are alike: it has time to find vectors before it is looked at again.
      const share = Math.max(reviveThreshold, (vectors.shape[0] as number) / numEmbeddings);
      const fresh = this.#sample(vectors).to(averages.dtype).mul(share);
      sizes = sizes.maskedFill(dead, share);
      averages = fresh.where(dead.unsqueeze(1), averages);
    }
    const total = sizes.sum();
    const smoothed = sizes
      .add(eps)
      .div(total.add(numEmbeddings * eps))
      .mul(total);
    cluster_size.assign(sizes);
    embed_avg.assign(averages);
    this.embedding.assign(averages.div(smoothed.unsqueeze(1)));
  }

  /** Outside of a program the codes would hang on all batches before: they are computed at once, and what hangs on them. */
  #settle({ quantized, indices, loss, perplexity, usage }: Quantized): void {
    if (currentTrace()) return;
    const states = [this.embedding, this.cluster_size, this.embed_avg, this.initialized].filter(
      (t) => t !== null,
    );
    const nodes = [quantized, indices, loss, perplexity, usage, ...states].map(({ node }) => node);
    realizeNodes(nodes, quantized.device);
  }
}

const like = ({ dtype, device }: Tensor) => ({ dtype, device });
