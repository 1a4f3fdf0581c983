/** Checks that all models of pictures make of their settings: for values from a file or a command line. */

const show = (value: unknown): string => JSON.stringify(value) ?? String(value);

/** @throws RangeError unless each of `names` is a whole number from `least` up. */
export function checkIntegers<Config>(
  model: string,
  config: Config,
  names: readonly (keyof Config & string)[],
  least = 1,
): void {
  for (const name of names) {
    const value: unknown = config[name];
    if (Number.isSafeInteger(value) && (value as number) >= least) continue;
    throw new RangeError(`${model}: ${name} must be a whole number from ${least} up, not ${show(value)}.`);
  }
}

/** @throws RangeError unless each of `names` is a list of positive whole numbers. */
export function checkSizes<Config>(
  model: string,
  config: Config,
  names: readonly (keyof Config & string)[],
): void {
  for (const name of names) {
    const value: unknown = config[name];
    const fits =
      Array.isArray(value) &&
      value.length > 0 &&
      value.every((size) => Number.isSafeInteger(size) && size >= 1);
    if (fits) continue;
    throw new RangeError(`${model}: ${name} must be a list of positive whole numbers, not ${show(value)}.`);
  }
}

/** @throws RangeError unless each of `names` is a number from `low` to `high`. */
export function checkNumbers<Config>(
  model: string,
  config: Config,
  names: readonly (keyof Config & string)[],
  low = 0,
  high = Number.MAX_VALUE,
): void {
  for (const name of names) {
    const value: unknown = config[name];
    if (typeof value === 'number' && value >= low && value <= high) continue;
    const range = high === Number.MAX_VALUE ? `from ${low} up` : `from ${low} to ${high}`;
    throw new RangeError(`${model}: ${name} must be a number ${range}, not ${show(value)}.`);
  }
}

/** @throws RangeError unless the setting is one of `choices`. */
export function checkChoice<Config>(
  model: string,
  config: Config,
  name: keyof Config & string,
  choices: readonly string[],
): void {
  const value: unknown = config[name];
  if (choices.includes(value as string)) return;
  const list = choices.map((choice) => `'${choice}'`).join(', ');
  throw new RangeError(`${model}: ${name} must be one of ${list}, not ${show(value)}.`);
}

/** @throws RangeError unless a picture can be halved `times` times without a remainder. */
export function checkHalvings(model: string, imageSize: number, times: number): void {
  if (imageSize % 2 ** times === 0) return;
  throw new RangeError(
    `${model}: pictures of ${imageSize} by ${imageSize} cannot be halved ${times} times; choose fewer levels, or an ` +
      `imageSize that is a multiple of ${2 ** times}.`,
  );
}
