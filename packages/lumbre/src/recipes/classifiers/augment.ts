import { where } from '../../tensor/combine.ts';
import { arange } from '../../tensor/creation.ts';
import type { Generator } from '../../tensor/generator.ts';
import { rand, randint } from '../../tensor/random.ts';
import type { Tensor } from '../../tensor/tensor.ts';

export interface AugmentSettings {
  /** Pictures are moved by up to so many pixels each way; what comes in is what stood at the border. */
  readonly shift: number;
  /** Whether half of the pictures are mirrored, left to right. */
  readonly flip: boolean;
}

/** Rows (dimension 2) or columns (3) moved by as much as each picture draws. */
function shifted(x: Tensor, dim: 2 | 3, most: number, generator: Generator): Tensor {
  const { device } = x;
  const [batch, size] = [x.shape[0] as number, x.shape[dim] as number];
  const by = randint(-most, most + 1, [batch, 1], { device, generator });
  const from = arange(size, { dtype: 'int32', device })
    .add(by)
    .clamp({ min: 0, max: size - 1 });
  return x.takeAlongDim(dim === 2 ? from.reshape(batch, 1, size, 1) : from.reshape(batch, 1, 1, size), dim);
}

/**
 * Pictures [batch, channels, height, width], each moved and mirrored in its own way: for use inside a compiled step. Labels
 * must not depend on either.
 */
export function augment(x: Tensor, { shift, flip }: AugmentSettings, generator: Generator): Tensor {
  let made = x;
  if (shift > 0) {
    made = shifted(made, 2, shift, generator);
    made = shifted(made, 3, shift, generator);
  }
  if (!flip) return made;
  const mirrored = rand([x.shape[0] as number, 1, 1, 1], { device: x.device, generator }).lt(0.5);
  return where(mirrored, made.flip(3), made);
}
