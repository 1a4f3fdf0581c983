import type { Shape } from '../graph/shape.ts';
import { randn } from '../tensor/random.ts';
import { openUniform } from '../tensor/randomLike.ts';
import type { Tensor } from '../tensor/tensor.ts';
import type { SampleOptions } from './distribution.ts';

/** Standard normal numbers in the dtype and on the device of a parameter. */
export const normalNoise = ({ dtype, device }: Tensor, shape: Shape, { generator }: SampleOptions): Tensor =>
  randn(shape, { dtype, device, ...(generator && { generator }) });

/** Uniform numbers in (0, 1), both ends left out. */
export const uniformNoise = ({ dtype, device }: Tensor, shape: Shape, { generator }: SampleOptions): Tensor =>
  openUniform(shape, { dtype, device, ...(generator && { generator }) });

/** Standard Gumbel numbers: -log(-log u). */
export const gumbelNoise = (parameter: Tensor, shape: Shape, options: SampleOptions): Tensor =>
  uniformNoise(parameter, shape, options).log().neg().log().neg();
