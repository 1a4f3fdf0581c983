import type { VQVAE } from '../../models/images/index.ts';
import { compile } from '../../tensor/compile.ts';
import { tensor } from '../../tensor/creation.ts';
import { noGrad } from '../../tensor/scope.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import type { Metrics } from '../../train/index.ts';
import { evenlyInOrder } from '../support/epochs.ts';
import { MeanFigures, readFigures } from '../support/figures.ts';
import type { PictureSet } from './pictureSet.ts';

const AT_ONCE = 100;

/** The codes of a set of pictures, and how well they tell them. */
export interface ReadCodes {
  /** [count, gridSize, gridSize] */
  readonly codes: Int32Array;
  /** Means over the set: `loss`, and `reconstruction`, the squared error of a pixel. */
  readonly figures: Metrics;
}

/** Reads whole sets of pictures with a VQ-VAE that stays as it is. */
export class CodeReader {
  readonly #model: VQVAE;
  readonly #device: string;
  readonly #look = compile((pictures: Tensor) => {
    const { loss, reconstruction } = this.#model.loss(pictures);
    return { codes: this.#model.encode(pictures), loss, reconstruction };
  });

  constructor(model: VQVAE, device: string) {
    this.#model = model;
    this.#device = device;
  }

  async read(set: PictureSet): Promise<ReadCodes> {
    // In training mode the codes would learn from what they are asked.
    this.#model.eval();
    const size = this.#model.gridSize ** 2;
    const codes = new Int32Array(set.count * size);
    const mean = new MeanFigures();
    for (const numbers of evenlyInOrder(set.count, Math.min(AT_ONCE, set.count))) {
      const ids = tensor(numbers, { dtype: 'int32', device: this.#device });
      const pictures = noGrad(() => set.pictures(ids).realize());
      const { codes: found, ...figures } = noGrad(() => this.#look(pictures));
      codes.set(Int32Array.from(await found.data()), (numbers[0] as number) * size);
      mean.add(await readFigures(figures), numbers.length);
      for (const used of [ids, pictures, found]) used.dispose();
    }
    return { codes, figures: mean.get() };
  }

  dispose(): void {
    this.#look.dispose();
  }
}

/** How a book of codes is used: the part of it that occurs, and how many codes there would be if all were used alike. */
export function codeUse(codes: Int32Array, numEmbeddings: number): { usage: number; perplexity: number } {
  const counts = new Float64Array(numEmbeddings);
  for (const code of codes) counts[code] = (counts[code] as number) + 1;
  let [used, entropy] = [0, 0];
  for (const count of counts) {
    if (count === 0) continue;
    used++;
    const share = count / codes.length;
    entropy -= share * Math.log(share);
  }
  return { usage: used / numEmbeddings, perplexity: Math.exp(entropy) };
}
