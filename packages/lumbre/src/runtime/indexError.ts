/** The error for an index in the data that does not exist; every device says the same. */
export const indexError = (what: string, index: number, size: number): RangeError =>
  new RangeError(
    `${what}: index ${index} is outside the valid range [0, ${size}); ` +
      (size === 0 ? 'there is nothing to index.' : 'check the values of the index tensor.'),
  );
