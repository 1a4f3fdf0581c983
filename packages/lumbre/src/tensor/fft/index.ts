/**
 * Fourier transforms with the names and the meaning of torch.fft and numpy.fft.
 *
 * There is no complex dtype. Complex numbers are pairs in a last dimension of size 2, [.., 2]: real part, imaginary part, as
 * torch.view_as_real gives them. `complex` makes them, `real` and `imag` take them apart, `abs`, `angle`, `conj` and
 * `multiply` compute with them; sums and products with real numbers [.., 1] are those of any tensor. `dim` counts the
 * dimensions of the tensor as it is, with that of the pairs: the last that can be transformed is -2. `rfft` takes real
 * numbers and `irfft` gives them.
 *
 * Transforms are compositions of tensor operations: they are lazy, have gradients of any order and work inside `compile`.
 */
export { abs, angle, complex, conj, imag, multiply, real } from './complex.ts';
export { fftfreq, fftshift, ifftshift, rfftfreq } from './frequencies.ts';
export {
  type FftNorm,
  type FftnOptions,
  type FftOptions,
  fft,
  fft2,
  ifft,
  ifft2,
  irfft,
  rfft,
} from './transforms.ts';
