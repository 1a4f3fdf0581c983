import type { z } from 'zod';
import type { Overrides, Recipe, RecipeConfig } from './recipe.ts';

/** One thing that is wrong with a configuration. */
export interface ConfigProblem {
  /** Where: `train.lr`. */
  readonly path: string;
  readonly message: string;
  /** For a setting that there is not: those that there are. */
  readonly known?: readonly string[];
}

/** A configuration that a recipe cannot use: all that is wrong with it. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly code = 'recipe.config';
  readonly recipe: string;
  readonly problems: readonly ConfigProblem[];

  constructor(recipe: string, problems: readonly ConfigProblem[]) {
    const lines = problems.map(({ path, message }) => `  ${path === '' ? '' : `${path}: `}${message}`);
    super(`The configuration does not fit the recipe '${recipe}':\n${lines.join('\n')}`);
    this.recipe = recipe;
    this.problems = problems;
  }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Lays one configuration over another, name by name; arrays and values are replaced whole. */
export function mergeConfig(base: Overrides, over: Overrides): Overrides {
  const merged: Record<string, unknown> = { ...base };
  for (const [name, value] of Object.entries(over)) {
    const below = Object.hasOwn(merged, name) ? merged[name] : undefined;
    merged[name] = isRecord(below) && isRecord(value) ? mergeConfig(below, value) : value;
  }
  return merged;
}

/** The value of `--set key=value`: as JSON where it is JSON, else as the text that it is. */
function readValue(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/**
 * What `--set train.lr=1e-3` says, as a configuration.
 * @throws RangeError when there is no `=` or a name is missing.
 */
export function parseAssignment(assignment: string): Overrides {
  const equals = assignment.indexOf('=');
  const names = assignment.slice(0, Math.max(0, equals)).split('.');
  if (equals < 0 || names.some((name) => name === '')) {
    throw new RangeError(`--set: expected key=value, such as train.lr=1e-3, not '${assignment}'.`);
  }
  return names.reduceRight<unknown>(
    (value, name) => ({ [name]: value }),
    readValue(assignment.slice(equals + 1)),
  ) as Overrides;
}

/** The names that are known at a place of a configuration: for an error that can say what there is. */
function namesAt(config: unknown, path: readonly PropertyKey[]): string[] {
  let at: unknown = config;
  for (const name of path) at = isRecord(at) ? at[String(name)] : undefined;
  return isRecord(at) ? Object.keys(at) : [];
}

function problemsOf(issue: z.core.$ZodIssue, defaults: unknown): ConfigProblem[] {
  const path = issue.path.map(String).join('.');
  if (issue.code !== 'unrecognized_keys') return [{ path, message: issue.message }];
  const known = namesAt(defaults, issue.path);
  return issue.keys.map((key) => ({
    path: path === '' ? key : `${path}.${key}`,
    message: `there is no such setting${known.length > 0 ? `; there are ${known.join(', ')}` : ''}`,
    known,
  }));
}

/**
 * A recipe's configuration: its defaults, with `layers` over them, the last on top.
 * @throws ConfigError that lists everything that is wrong.
 */
export function configure<Config extends RecipeConfig>(
  recipe: Recipe<Config>,
  ...layers: readonly Overrides[]
): Config {
  const given = layers.reduce<Overrides>(mergeConfig, {});
  const result = recipe.config.safeParse(given);
  if (result.success) return result.data;
  const defaults = recipe.config.safeParse({});
  const problems = result.error.issues.flatMap((issue) => problemsOf(issue, defaults.data));
  throw new ConfigError(recipe.name, problems);
}
