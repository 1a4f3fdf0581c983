import { isFloat } from '../../graph/dtype.ts';
import { broadcastShapes, formatShape } from '../../graph/shape.ts';
import { stack } from '../combine.ts';
import { tensor, zerosLike } from '../creation.ts';
import { defaultDtype } from '../defaults.ts';
import { isTensor } from '../operands.ts';
import type { Tensor } from '../tensor.ts';

/** A float tensor; integers and bools are converted to the default float dtype. */
export function floating(operation: string, x: Tensor): Tensor {
  if (!isTensor(x)) {
    const got = Array.isArray(x) ? 'an array' : typeof x;
    throw new TypeError(`${operation}: expected a tensor, got ${got}; wrap data in tensor(…).`);
  }
  return isFloat(x.dtype) ? x : x.to(defaultDtype());
}

/** Complex numbers as pairs [.., 2]. @throws RangeError when the last dimension is not 2. */
export function complexOperand(operation: string, z: Tensor): Tensor {
  const pairs = floating(operation, z);
  if (pairs.ndim > 0 && pairs.shape.at(-1) === 2) return pairs;
  throw new RangeError(
    `${operation}: expected complex numbers as pairs [.., 2] of real and imaginary part, got shape ` +
      `${formatShape(pairs.shape)}; fft.complex(x) makes them of real ones.`,
  );
}

/**
 * Complex numbers [.., 2] of real and imaginary parts, which broadcast; without the second, zeros. It is
 * torch.view_as_real of torch.complex.
 */
export function complex(real: Tensor, imag?: Tensor): Tensor {
  const a = floating('fft.complex', real);
  if (!imag) return stack([a, zerosLike(a)], -1);
  const b = floating('fft.complex', imag);
  const shape = broadcastShapes('fft.complex', a.shape, b.shape);
  return stack([a.expand(shape), b.expand(shape)], -1);
}

/** The real parts [..] of complex numbers [.., 2]. */
export const real = (z: Tensor): Tensor => complexOperand('fft.real', z).select(-1, 0);

/** The imaginary parts [..] of complex numbers [.., 2]. */
export const imag = (z: Tensor): Tensor => complexOperand('fft.imag', z).select(-1, 1);

/** The magnitudes [..] of complex numbers [.., 2]. Their gradient at 0 is 0. */
export const abs = (z: Tensor): Tensor => complexOperand('fft.abs', z).norm(-1);

/** The angles [..] of complex numbers [.., 2], from -π to π. */
export const angle = (z: Tensor): Tensor => imag(z).atan2(real(z));

/** Pairs (first, second) to multiply real and imaginary parts by. */
const pair = (first: number, second: number, { dtype, device }: Tensor): Tensor =>
  tensor([first, second], { dtype, device });

/** The conjugates of complex numbers [.., 2]. */
export function conj(z: Tensor): Tensor {
  const pairs = complexOperand('fft.conj', z);
  return pairs.mul(pair(1, -1, pairs));
}

/** The products of complex numbers [.., 2], which broadcast. */
export function multiply(a: Tensor, b: Tensor): Tensor {
  const [x, y] = [complexOperand('fft.multiply', a), complexOperand('fft.multiply', b)];
  const turned = x.flip(-1).mul(pair(-1, 1, x));
  return x.mul(y.narrow(-1, 0, 1)).add(turned.mul(y.narrow(-1, 1, 1)));
}
