// Inputs and checks for the JavaScript peers.

let state = 0x9e3779b9;

/** 32 bits of a xorshift generator (Marsaglia, 2003). */
function bits() {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return state;
}

/** Uniform numbers with this standard deviation. */
export function randomNumbers(length, std = 1) {
  const scale = (std * Math.sqrt(3)) / 2 ** 31;
  return Float32Array.from({ length }, () => bits() * scale);
}

export const randomIntegers = (length, end) => Int32Array.from({ length }, () => (bits() >>> 0) % end);

/** Rows of zeros with a one where each integer says. */
export function oneHot(integers, classes) {
  const rows = new Float32Array(integers.length * classes);
  integers.forEach((integer, row) => {
    rows[row * classes + integer] = 1;
  });
  return rows;
}

/** Windows into an array of random numbers: others each time, at the price of none. */
export function makePool(length) {
  const slack = 1 << 16;
  const values = randomNumbers(length + slack);
  return () => {
    const start = (bits() >>> 0) % slack;
    return values.subarray(start, start + length);
  };
}

/** @throws if a value is not finite. */
export function checkFinite(values, what) {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  if (!Number.isFinite(sum)) throw new Error(`${what}: the results hold NaN or infinity.`);
}

/** @throws if C is not A · B: C · r is held against A · (B · r) in double precision, for signs r (Freivalds, 1979). */
export function checkProduct({ m, k, n }, a, b, c) {
  const times = (matrix, rows, vector) =>
    Float64Array.from({ length: rows }, (_, row) =>
      vector.reduce((sum, value, i) => sum + matrix[row * vector.length + i] * value, 0),
    );
  const signs = Float64Array.from({ length: n }, () => Math.sign(bits()));
  const expected = times(a, m, times(b, k, signs));
  const scale = Math.sqrt(expected.reduce((sum, value) => sum + value * value, 0) / m);
  times(c, m, signs).forEach((value, i) => {
    if (!(Math.abs(value - expected[i]) <= 1e-4 * scale)) throw new Error('The product is wrong.');
  });
}

/** The place of the largest value. */
export function argmax(values) {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i] > values[best]) best = i;
  return best;
}
