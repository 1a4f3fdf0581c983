// Plain JavaScript, so that workers of every platform can import it as it is: no library, no types.

/** Examples that tell their index and the seed they were given; `options.fails` names one that throws. */
export function dataset(length, { fails = -1, delay = 0, crashes = -1 } = {}) {
  return {
    length,
    async get(index, { seed }) {
      if (delay > 0) await new Promise((resolve) => setTimeout(resolve, ((index * 7) % 3) * delay));
      if (index === fails) throw new RangeError(`no number ${index} today`);
      if (index === crashes)
        await new Promise(() =>
          setTimeout(() => {
            throw new Error('out of the blue');
          }, 0),
        );
      return {
        x: Float32Array.of(index, index / 2),
        image: { data: Uint8Array.of(index, 1, 2, index), shape: [2, 2] },
        seed: seed % 1000,
        even: index % 2 === 0,
        name: `n${index}`,
        pair: [Int32Array.of(index), { data: Int32Array.of(index % 3), shape: [], dtype: 'int32' }],
      };
    },
  };
}

/** A dataset that collates by itself. */
export const whole = {
  length: 7,
  get: (index) => ({ x: Float32Array.of(index) }),
  getBatch: (indices) => ({
    x: { data: Float32Array.from(indices, (i) => i + 100), shape: [indices.length, 1] },
  }),
};

/** A stream of `length` numbers; with `sharded` it yields its own part only. */
export const stream = (length, { sharded = false, fails = -1 } = {}) => ({
  sharded,
  *iterate({ mine }) {
    for (let i = 0; i < length; i++) {
      if (sharded && !mine(i)) continue;
      if (i === fails) throw new Error('the stream broke');
      yield { i: Int32Array.of(i) };
    }
  },
});

export const nothing = 42;

/** Counts in shared memory for as long as its worker lives. */
export function beating(shared) {
  const beats = new Int32Array(shared);
  setInterval(() => Atomics.add(beats, 0, 1), 1);
  return { length: 100, get: (index) => index };
}
