import { describe, expect, test } from 'vitest';
import { compile, defaultDevice, fft, type Tensor, tensor, zeros } from '../../src/index.ts';
import { Random } from '../support/random.ts';
import { checkSlopes, gradientsOf, type Values } from '../support/slopes.ts';

const numbers = (count: number): number[] => {
  const random = new Random(count);
  return Array.from({ length: count }, () => random.uniform(-1, 1));
};

const values = (...shape: number[]): Values => ({ shape, data: numbers(shape.reduce((a, b) => a * b, 1)) });

/** Result `k` of the transform by its definition, in double precision. */
function byDefinition(z: readonly number[], k: number): readonly [number, number] {
  const n = z.length / 2;
  let [real, imag] = [0, 0];
  for (let j = 0; j < n; j++) {
    const angle = (-2 * Math.PI * ((j * k) % n)) / n;
    const [x, y] = [Math.fround(z[2 * j] as number), Math.fround(z[2 * j + 1] as number)];
    real += x * Math.cos(angle) - y * Math.sin(angle);
    imag += x * Math.sin(angle) + y * Math.cos(angle);
  }
  return [real, imag];
}

describe('fft()', () => {
  // Powers, products of small and of large primes, and primes.
  test.each([2, 3, 17, 64, 65, 97, 128, 134, 210, 131, 137, 1000, 1009, 1024, 1155, 2062, 4489, 4096, 4099])(
    'of %s points is exact to single precision',
    (n) => {
      const z = numbers(2 * n);
      const result = fft.fft(tensor(z, { shape: [n, 2] })).dataSync();
      // Results of random numbers are of size √n.
      const size = Math.sqrt(n);
      for (const k of [0, 1, 2, n >> 1, (n * 2) >> 2, n - 1]) {
        const at = Math.min(k, n - 1);
        const [real, imag] = byDefinition(z, at);
        expect(Math.abs((result[2 * at] as number) - real) / size).toBeLessThan(2e-6);
        expect(Math.abs((result[2 * at + 1] as number) - imag) / size).toBeLessThan(2e-6);
      }
    },
  );

  test.each([1, 5, 60, 96, 139, 512])('and ifft() of %s points give back what there was', (n) => {
    const z = tensor(numbers(4 * n), { shape: [2, n, 2], device: 'js', dtype: 'float64' });
    for (const norm of ['backward', 'ortho', 'forward'] as const) {
      const back = fft.ifft(fft.fft(z, { norm }), { norm });
      expect(back.sub(z).abs().max().itemSync()).toBeLessThan(1e-13);
    }
    const x = fft.real(z);
    const back = fft.irfft(fft.rfft(x), { n });
    expect(back.sub(x).abs().max().itemSync()).toBeLessThan(1e-13);
  });

  test('of a product is a convolution', () => {
    const [a, b] = [tensor([1, 2, 3]), tensor([0, 1, 0.5])];
    const product = fft.multiply(fft.rfft(a, { n: 5 }), fft.rfft(b, { n: 5 }));
    const result = fft.irfft(product, { n: 5 }).dataSync();
    [0, 1, 2.5, 4, 1.5].forEach((expected, i) => {
      expect(result[i]).toBeCloseTo(expected, 5);
    });
  });

  test('compiles, constants included, and gives the same', () => {
    const spectrum = compile((x: Tensor) => fft.abs(fft.rfft(x)));
    for (const seed of [1, 2, 3]) {
      const x = tensor(numbers(200).map((v) => v * seed));
      expect(spectrum(x).arraySync()).toEqual(fft.abs(fft.rfft(x)).arraySync());
    }
    expect(spectrum.explain()).toHaveLength(1);
    spectrum.dispose();
  });

  test.each([
    ['fft', (z: Tensor) => fft.fft(z), values(2, 6, 2)],
    ['fft of a prime by convolution', (z: Tensor) => fft.fft(z).narrow(0, 3, 4), values(131, 2)],
    ['irfft', (z: Tensor) => fft.irfft(z, { n: 7 }), values(4, 2)],
    ['rfft, cut', (x: Tensor) => fft.rfft(x, { n: 3, norm: 'ortho' }), values(2, 5)],
    ['the spectrum', (x: Tensor) => fft.abs(fft.rfft(x)), values(6)],
  ])('%s has gradients as finite differences, twice', (_, f, input) => {
    expect(checkSlopes(f, [input])).toEqual([]);
    if (input.data.length < 50) expect(checkSlopes(gradientsOf(f), [input])).toEqual([]);
  });

  test('takes empty batches and stays on its device', () => {
    expect(fft.fft(zeros([0, 4, 2])).shape).toEqual([0, 4, 2]);
    expect(fft.rfft(zeros([0, 4])).arraySync()).toEqual([]);
    const z = fft.fft(zeros([4, 2], { device: 'js', dtype: 'float64' }));
    expect([z.device, z.dtype]).toEqual(['js', 'float64']);
    expect(fft.fftfreq(4).device).toBe(defaultDevice());
    expect(fft.fftfreq(4, 1, { device: 'js', dtype: 'float64' }).dtype).toBe('float64');
  });

  test.each<[string, () => unknown, string]>([
    [
      'real numbers',
      () => fft.fft(zeros([4, 3])),
      'fft.fft: expected complex numbers as pairs [.., 2] of real',
    ],
    ['the pairs themselves', () => fft.fft(zeros([4, 2]), { dim: -1 }), 'holds real and imaginary parts'],
    [
      'no points',
      () => fft.fft(zeros([0, 2])),
      'fft.fft: the number of points must be a positive integer, not 0',
    ],
    [
      'no points of real numbers',
      () => fft.rfft(zeros([3]), { n: 0 }),
      'fft.rfft: the number of points must be',
    ],
    [
      'one coefficient',
      () => fft.irfft(zeros([1, 2])),
      'fft.irfft: the number of points must be a positive integer, not 0',
    ],
    ['another norm', () => fft.fft(zeros([4, 2]), { norm: 'unitary' as 'ortho' }), "not 'unitary'"],
    ['sizes that do not fit', () => fft.fft2(zeros([4, 4, 2]), { s: [2] }), 's has 1 sizes for 2 dimensions'],
    ['a dimension twice', () => fft.fft2(zeros([4, 4, 2]), { dim: [0, 0] }), 'same axis twice'],
    ['no distance', () => fft.fftfreq(4, 0), 'a distance that is not 0, got 4 and 0'],
    ['an array', () => fft.fft([1] as unknown as Tensor), 'fft.fft: expected a tensor, got an array'],
  ])('refuses %s', (_, act, message) => {
    expect(act).toThrow(message);
  });
});
