/** What every group of parameters has; `lr` may change from step to step. */
export interface GroupSettings {
  /** The learning rate. */
  lr: number;
  /** Whether to go up the gradient instead of down. */
  readonly maximize?: boolean;
}

/** When a setting is valid, and how that is said. */
type Rule = readonly [holds: (value: unknown) => boolean, expected: string];

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
const isFraction = (value: unknown) => isNumber(value) && value >= 0 && value < 1;

const notNegative: Rule = [(value) => isNumber(value) && value >= 0, 'a number of at least 0'];
const fraction: Rule = [isFraction, 'in [0, 1)'];
const flag: Rule = [(value) => typeof value === 'boolean', 'true or false'];

/** Of every setting, by its name: one that several optimizers have means the same in each. */
const rules: Readonly<Record<string, Rule>> = {
  lr: notNegative,
  maximize: flag,
  betas: [
    (value) => Array.isArray(value) && value.length === 2 && value.every(isFraction),
    'two numbers in [0, 1)',
  ],
  eps: notNegative,
  weightDecay: notNegative,
  momentum: fraction,
  dampening: [(value) => isNumber(value) && value >= 0 && value <= 1, 'in [0, 1]'],
  nesterov: flag,
  amsgrad: flag,
  centered: flag,
  decoupledWeightDecay: flag,
  alpha: fraction,
  rho: fraction,
  lrDecay: notNegative,
  momentumDecay: notNegative,
  initialAccumulatorValue: notNegative,
  nsSteps: [
    (value) => Number.isInteger(value) && (value as number) >= 1 && (value as number) < 100,
    'a whole number from 1 to 99',
  ],
  nsCoefficients: [
    (value) => Array.isArray(value) && value.length === 3 && value.every(isNumber),
    'three numbers',
  ],
  adjustLrFn: [(value) => value === 'original' || value === 'matchRmsAdamW', "'original' or 'matchRmsAdamW'"],
};

const show = (value: unknown): string =>
  Array.isArray(value) ? `[${value.join(', ')}]` : typeof value === 'string' ? `'${value}'` : String(value);

/**
 * Looks at the settings of a group.
 * @param known the names that the optimizer has
 * @throws RangeError that lists all settings that are unknown or not valid.
 */
export function checkSettings(optimizer: string, settings: object, known: ReadonlySet<string>): void {
  const problems = Object.entries(settings).flatMap(([name, value]) => {
    if (!known.has(name)) return [`'${name}' is no setting; there are ${[...known].join(', ')}`];
    const rule = rules[name];
    return rule && !rule[0](value) ? [`${name} is ${show(value)}, expected ${rule[1]}`] : [];
  });
  if (problems.length > 0) throw new RangeError(`${optimizer}: ${problems.join('; ')}.`);
}
