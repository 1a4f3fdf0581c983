import { cat } from '../../tensor/combine.ts';
import { arange, tensor } from '../../tensor/creation.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import type { RopeScaling } from '../config/ropeScaling.ts';

export interface RotaryOptions {
  /** How wide a head is. */
  readonly size: number;
  readonly theta: number;
  readonly scaling: RopeScaling | null;
  readonly maxPositions: number;
}

/** How fast each pair turns, in radians a position, and what the turned values are multiplied by. */
export interface Frequencies {
  readonly inverse: readonly number[];
  readonly factor: number;
}

const pairs = (size: number): number[] => Array.from({ length: size / 2 }, (_, i) => (2 * i) / size);

/**
 * The frequencies of rotary embeddings (Su et al., arXiv:2104.09864) for texts that are not longer than the model was
 * trained for, as `ROPE_INIT_FUNCTIONS` of transformers.
 */
export function ropeFrequencies({ size, theta, scaling, maxPositions }: RotaryOptions): Frequencies {
  const plain = pairs(size).map((exponent) => theta ** -exponent);
  switch (scaling?.ropeType) {
    case 'linear':
      return { inverse: plain.map((f) => f / scaling.factor), factor: 1 };
    case 'llama3': {
      const { factor, lowFreqFactor: low, highFreqFactor: high } = scaling;
      const original = scaling.originalMaxPositionEmbeddings ?? maxPositions;
      const inverse = plain.map((f) => {
        const waves = (original * f) / (2 * Math.PI);
        if (waves > high) return f;
        if (waves < low) return f / factor;
        const smooth = (waves - low) / (high - low);
        return ((1 - smooth) * f) / factor + smooth * f;
      });
      return { inverse, factor: 1 };
    }
    case 'yarn':
      return yarnFrequencies(plain, scaling, { size, theta, maxPositions });
    default:
      return { inverse: plain, factor: 1 };
  }
}

function yarnFrequencies(
  plain: readonly number[],
  scaling: RopeScaling & { ropeType: 'yarn' },
  { size, theta, maxPositions }: Omit<RotaryOptions, 'scaling'>,
): Frequencies {
  const { factor, mscale, mscaleAllDim } = scaling;
  const original = scaling.originalMaxPositionEmbeddings ?? maxPositions;
  /** The dimension that turns so many times within the original length. */
  const dimensionOf = (turns: number) =>
    (size * Math.log(original / (turns * 2 * Math.PI))) / (2 * Math.log(theta));
  const whole = scaling.truncate ?? true;
  const [from, to] = [dimensionOf(scaling.betaFast ?? 32), dimensionOf(scaling.betaSlow ?? 1)];
  const low = Math.max(whole ? Math.floor(from) : from, 0);
  const high = Math.min(whole ? Math.ceil(to) : to, size - 1);
  const width = high === low ? 0.001 : high - low;
  const inverse = plain.map((f, i) => {
    const ramp = Math.min(Math.max((i - low) / width, 0), 1);
    return (f / factor) * ramp + f * (1 - ramp);
  });
  const grown = (by: number) => (factor <= 1 ? 1 : 0.1 * by * Math.log(factor) + 1);
  const inferred = mscale && mscaleAllDim ? grown(mscale) / grown(mscaleAllDim) : grown(1);
  return { inverse, factor: scaling.attentionFactor ?? inferred };
}

/** Cosines and sines by which pairs are turned, `[1 or batch, 1, time, size / 2]`. */
export interface Rotation {
  readonly cos: Tensor;
  readonly sin: Tensor;
}

/** Turns queries and keys by their positions. Frequencies are computed when it is made. */
export class RotaryEmbedding {
  readonly options: RotaryOptions;
  readonly frequencies: Frequencies;

  constructor(options: RotaryOptions) {
    this.options = options;
    this.frequencies = ropeFrequencies(options);
  }

  /** @param positions int32 `[time]` or `[batch, time]` */
  at(positions: Tensor): Rotation {
    const { device } = positions;
    const rows = positions.to('float32').unsqueeze(-1);
    const angles = rows.mul(this.#inverse(positions));
    // [.., 1, time, size / 2]: the same for all heads.
    const shaped = (positions.ndim === 1 ? angles.unsqueeze(0) : angles).unsqueeze(1);
    const { factor } = this.frequencies;
    const scaled = (t: Tensor) => (factor === 1 ? t : t.mul(tensor(factor, { device })));
    return { cos: scaled(shaped.cos()), sin: scaled(shaped.sin()) };
  }

  #inverse(positions: Tensor): Tensor {
    const { size, theta, scaling, maxPositions } = this.options;
    const { device } = positions;
    if (scaling?.ropeType !== 'dynamic') {
      return tensor(Float32Array.from(this.frequencies.inverse), { device });
    }
    // The base follows from the longest text of the call (NTK scaling, u/bloc97 and u/emozilla).
    const length = positions.max().add(1).to('float32').maximum(tensor(maxPositions, { device }));
    const growth = length.mul(scaling.factor / maxPositions).sub(scaling.factor - 1);
    const base = growth
      .log()
      .mul(size / (size - 2))
      .add(Math.log(theta));
    const exponents = arange(size / 2, { device })
      .to('float32')
      .mul(-2 / size);
    return exponents.mul(base).exp();
  }
}

/** `[batch, heads, time, size]` turned: element i with element i + size / 2, as Hugging Face's checkpoints have them. */
export function rotate(x: Tensor, { cos, sin }: Rotation): Tensor {
  const [first, second] = x.chunk(2, -1) as [Tensor, Tensor];
  return cat([first.mul(cos).sub(second.mul(sin)), second.mul(cos).add(first.mul(sin))], -1).to(x.dtype);
}
