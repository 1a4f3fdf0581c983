import { featureStatistics, frechetDistanceOf, meanPairwiseDistance } from '../../metrics/index.ts';
import { AdaptiveAvgPool2d, Conv2d, LeakyReLU, Sequential } from '../../nn/index.ts';
import { compile } from '../../tensor/compile.ts';
import { tensor } from '../../tensor/creation.ts';
import { Generator } from '../../tensor/generator.ts';
import { noGrad, scope } from '../../tensor/scope.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import type { Metrics } from '../../train/index.ts';
import { evenlyInOrder } from '../support/epochs.ts';
import type { PictureData, PictureSet } from './pictureSet.ts';

/** Features of a picture: the last convolution's channels in each quarter of it. */
const CHANNELS = 16;
const QUARTERS = 4;
const FEATURES = CHANNELS * QUARTERS;
const AT_ONCE = 100;
/** Pictures that repeat are at no distance from each other: it counts as this part of how far apart they are, squared. */
const LEAST = 1e-3;
/** For pictures that are all the same. */
const TINY = 1e-12;

interface Rows {
  readonly data: Float32Array;
  readonly shape: readonly [number, number];
}

/**
 * Tells how good made pictures are while a model is being trained, for any set of pictures and at little cost: through the
 * features of a small network that nobody trained, as Naeem et al. (arXiv:2002.09797) do where no classifier fits. For
 * figures to be compared with others' there is `evaluate`, which looks through a trained one.
 */
export class RandomFeatures {
  readonly #network: Sequential;
  readonly #data: PictureData;
  readonly #samples: number;
  readonly #device: string;
  readonly #low: 0 | -1;
  readonly #features = compile((x: Tensor) => this.#network.forward(x).flatten(1));
  #reference: {
    readonly statistics: ReturnType<typeof featureStatistics>;
    readonly distance: number;
    readonly spread: number;
  } | null = null;

  /**
   * @param samples how many pictures are looked at
   * @param low the range of made pictures: from 0, or from -1, to 1
   */
  constructor(data: PictureData, samples: number, low: 0 | -1, device: string) {
    const options = { device, generator: new Generator(0) };
    const [channels] = data.train.size;
    this.#data = data;
    this.#samples = Math.min(samples, data.heldOut.count, data.train.count);
    this.#low = low;
    this.#device = device;
    this.#network = new Sequential(
      new Conv2d(channels, 32, 4, { stride: 2, padding: 1, ...options }),
      new LeakyReLU(0.2),
      new Conv2d(32, CHANNELS, 4, { stride: 2, padding: 1, ...options }),
      new LeakyReLU(0.2),
      new AdaptiveAvgPool2d(2),
    );
  }

  /** Features of `samples` pictures, made some at a time: `make` gets the numbers of those that are due. */
  async #rows(make: (ids: Tensor) => Tensor | Promise<Tensor>): Promise<Rows> {
    const data = new Float32Array(this.#samples * FEATURES);
    for (const ids of evenlyInOrder(this.#samples, Math.min(AT_ONCE, this.#samples))) {
      const numbers = tensor(ids, { dtype: 'int32', device: this.#device });
      const pictures = await make(numbers);
      const features = noGrad(() => scope(() => this.#features(pictures)));
      data.set(Float32Array.from(await features.data()), (ids[0] as number) * FEATURES);
      for (const used of [numbers, pictures, features]) used.dispose();
    }
    return { data, shape: [this.#samples, FEATURES] };
  }

  async #measureReal() {
    const rowsOf = (set: PictureSet) =>
      this.#rows((ids) => noGrad(() => scope(() => set.pictures(ids, this.#low).realize())));
    const [heldOut, train] = [await rowsOf(this.#data.heldOut), await rowsOf(this.#data.train)];
    const statistics = featureStatistics(heldOut);
    const spread = meanPairwiseDistance(heldOut);
    const between = frechetDistanceOf(statistics, featureStatistics(train));
    return { statistics, distance: Math.max(between, LEAST * spread ** 2), spread };
  }

  /**
   * `distance`: the Fréchet distance of made from held-out pictures, as a multiple of that of the training pictures, so that 1 is
   * as good as real. `diversity`: how far made pictures are from each other, as a part of how far real ones are: near 0
   * when a generator has collapsed.
   *
   * @param make pictures [batch, channels, height, width] for numbers, int32 [batch]; they are disposed of
   */
  async measure(make: (ids: Tensor) => Tensor | Promise<Tensor>): Promise<Metrics> {
    this.#reference ??= await this.#measureReal();
    const { statistics, distance, spread } = this.#reference;
    const made = await this.#rows(make);
    return {
      distance: frechetDistanceOf(statistics, featureStatistics(made)) / Math.max(distance, TINY),
      diversity: meanPairwiseDistance(made) / Math.max(spread, TINY),
    };
  }

  dispose(): void {
    this.#features.dispose();
    this.#network.dispose();
  }
}
