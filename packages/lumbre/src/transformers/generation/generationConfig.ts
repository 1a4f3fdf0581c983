import {
  type GenerationSettings,
  isSettingName,
  type SettingName,
  settingChecks,
  settingNames,
} from './generationSettings.ts';
import { similarNames, toCamelCase, toSnakeCase } from './optionNames.ts';

/** What `generate` goes by where nobody says otherwise; as `_get_default_generation_params` of transformers 5. */
const defaults = {
  minLength: 0,
  earlyStopping: false,
  doSample: false,
  numBeams: 1,
  numReturnSequences: 1,
  useCache: true,
  temperature: 1,
  topK: 50,
  topP: 1,
  typicalP: 1,
  epsilonCutoff: 0,
  etaCutoff: 0,
  repetitionPenalty: 1,
  noRepeatNgramSize: 0,
  lengthPenalty: 1,
  renormalizeLogits: false,
  removeInvalidValues: false,
  returnDictInGenerate: false,
  outputScores: false,
  outputLogits: false,
} as const satisfies GenerationSettings;

/** How many tokens are written when nobody says. */
export const DEFAULT_NEW_TOKENS = 20;

type Defaults = typeof defaults;

/** Widens `false` to boolean and `1` to number. */
type Widened<T> = T extends boolean ? boolean : T extends number ? number : T;

/** Settings in full: what has a default has a value, all else may be null. */
export type CompleteSettings = {
  readonly [Name in SettingName]-?: Name extends 'earlyStopping'
    ? boolean | 'never'
    : Name extends keyof Defaults
      ? Widened<Defaults[Name]>
      : NonNullable<GenerationSettings[Name]> | null;
};

/**
 * What transformers knows and Lumbre does not do, with the values at which it does nothing. Whoever asks for more is told;
 * silence would mean other texts.
 */
const unsupported: Readonly<Record<string, readonly unknown[]>> = {
  assistantEarlyExit: [],
  constraints: [],
  diversityPenalty: [0],
  dolaLayers: [],
  encoderNoRepeatNgramSize: [0],
  encoderRepetitionPenalty: [1],
  forceWordsIds: [],
  guidanceScale: [1],
  numBeamGroups: [1],
  outputAttentions: [false],
  outputHiddenStates: [false],
  penaltyAlpha: [0],
  tokenHealing: [false],
  watermarkingConfig: [],
};

/** Passed to `generate` itself, never kept in a configuration. */
export const callOptionNames = [
  'attentionMask',
  'cache',
  'generationConfig',
  'generator',
  'logitsProcessor',
  'prefixAllowedTokensFn',
  'seed',
  'signal',
  'stoppingCriteria',
  'streamer',
  'tokenizer',
] as const;

function checkSetting(operation: string, name: SettingName, value: unknown): void {
  const expected = settingChecks[name](value);
  if (expected === null) return;
  throw new RangeError(`${operation}: ${name} must be ${expected}, not ${show(value)}.`);
}

const show = (value: unknown): string => {
  if (typeof value === 'number') return String(value);
  const text = JSON.stringify(value) ?? typeof value;
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
};

/** @throws Error for an option that transformers has and Lumbre has not, TypeError for one that nobody knows. */
function refuse(operation: string, name: string, value: unknown): void {
  if (Object.hasOwn(unsupported, name)) {
    if (value == null || unsupported[name]?.includes(value)) return;
    throw new Error(`${operation}: ${name} = ${show(value)} is not supported by Lumbre; leave it out.`);
  }
  const known = [...settingNames, ...callOptionNames];
  const camel = toCamelCase(name);
  const near = known.some((option) => option === camel) ? [camel] : similarNames(camel, known);
  throw new TypeError(
    `${operation}: there is no option '${name}'.${near.length > 0 ? ` Do you mean ${near.join(', ')}?` : ''}`,
  );
}

/** Picks the settings among options and checks them. `undefined` is as good as not there. */
function readSettings(operation: string, options: object): GenerationSettings {
  const settings: Partial<Record<SettingName, unknown>> = {};
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined || (callOptionNames as readonly string[]).includes(name)) continue;
    if (!isSettingName(name)) {
      refuse(operation, name, value);
      continue;
    }
    if (value !== null) checkSetting(operation, name, value);
    settings[name] = value;
  }
  return settings as GenerationSettings;
}

/**
 * How a model writes unless it is told otherwise: `model.generationConfig`, read from `generation_config.json`.
 * It does not change; `with` makes another.
 */
export class GenerationConfig {
  /** What has been set; all else has its default. */
  readonly settings: GenerationSettings;
  /** Entries of the file that say nothing about texts (versions, caches): kept, so that saving loses nothing. */
  readonly #others: Readonly<Record<string, unknown>>;

  /**
   * @throws TypeError for an unknown option, with those that may have been meant
   * @throws RangeError for a value that makes no sense.
   */
  constructor(settings: GenerationSettings = {}, others: Readonly<Record<string, unknown>> = {}) {
    this.settings = readSettings('GenerationConfig', settings);
    this.#others = others;
  }

  /**
   * Reads `generation_config.json`, or what an older `config.json` says about writing.
   * @param json names in snake_case, as Hugging Face has them, in an object or a Map; what is unknown is kept and does
   *   nothing
   * @throws TypeError when it is not an object, RangeError for values that make no sense, Error for what would change
   *   texts and is not supported.
   */
  static fromJSON(json: unknown): GenerationConfig {
    if (typeof json !== 'object' || json === null || Array.isArray(json)) {
      throw new TypeError('GenerationConfig: generation_config.json must hold an object.');
    }
    const settings: Partial<Record<SettingName, unknown>> = {};
    const others: [string, unknown][] = [];
    const entries: Iterable<[string, unknown]> = json instanceof Map ? json : Object.entries(json);
    for (const [key, given] of entries) {
      const name = toCamelCase(key);
      if (Object.hasOwn(unsupported, name)) refuse('GenerationConfig', name, given);
      const value = asSetting(name, given);
      if (isSettingName(name)) settings[name] = value;
      else others.push([key, plain(given)]);
    }
    return new GenerationConfig(settings as GenerationSettings, Object.fromEntries(others));
  }

  /** Only the special tokens of a model's `config.json`, for a model that has no `generation_config.json`. */
  static fromModelConfig(config: {
    readonly bosTokenId?: unknown;
    readonly eosTokenId?: unknown;
    readonly padTokenId?: unknown;
  }): GenerationConfig {
    const { bosTokenId, eosTokenId, padTokenId } = config;
    const entries = Object.entries({ bosTokenId, eosTokenId, padTokenId });
    const settings = Object.fromEntries(
      entries.map(([name, value]) => [name, asSetting(name, value ?? null)]),
    );
    return new GenerationConfig(settings as GenerationSettings);
  }

  /** A configuration in which these options stand instead of those that were there. */
  with(options: GenerationSettings): GenerationConfig {
    const added = readSettings('GenerationConfig.with', options);
    return new GenerationConfig({ ...this.settings, ...added }, this.#others);
  }

  /** What `generation_config.json` holds, in snake_case. */
  toJSON(): Record<string, unknown> {
    const set = Object.entries(this.settings).filter(([, value]) => value !== null);
    return { ...this.#others, ...Object.fromEntries(set.map(([name, value]) => [toSnakeCase(name), value])) };
  }

  /** Settings for one call, in full. @throws as the constructor does, for `options`. */
  complete(options: object = {}): CompleteSettings {
    const given = { ...this.settings, ...readSettings('generate', options) };
    const result = Object.fromEntries(
      settingNames.map((name) => {
        const value = given[name];
        // `topK: null` is no limit; `topK` left out is the default.
        const neutral = name === 'topK' && value === null ? 0 : null;
        return [name, value ?? neutral ?? (defaults as GenerationSettings)[name] ?? null];
      }),
    ) as CompleteSettings;
    checkTogether(result);
    return result;
  }
}

/** Objects of a file that was read into Maps, as they are written. */
const plain = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(plain);
  if (!(value instanceof Map)) return value;
  return Object.fromEntries([...value].map(([key, inner]) => [key, plain(inner)]));
};

/** Files say "no padding token" as -1, and "no suppressed tokens" as an empty list. */
function asSetting(name: string, value: unknown): unknown {
  const isSpecial = name.endsWith('TokenId');
  if (isSpecial && (value === -1 || (Array.isArray(value) && value.length === 0))) return null;
  if (name === 'stopStrings' && Array.isArray(value) && value.length === 0) return null;
  // Older files write 0.0 for what is off.
  if (name === 'temperature' && value === 0) return null;
  return value;
}

/** @throws RangeError for settings that contradict each other. */
function checkTogether(settings: CompleteSettings): void {
  const { doSample, numBeams, numReturnSequences, suppressTokens } = settings;
  if (numReturnSequences > 1 && numBeams === 1 && !doSample) {
    throw new RangeError(
      `generate: numReturnSequences is ${numReturnSequences}, but there is one likeliest text only; ` +
        'set doSample, or numBeams.',
    );
  }
  if (numBeams > 1 && numReturnSequences > numBeams) {
    throw new RangeError(
      `generate: numReturnSequences (${numReturnSequences}) must not be more than numBeams (${numBeams}).`,
    );
  }
  const suppressed = new Set(suppressTokens ?? []);
  for (const name of ['forcedBosTokenId', 'forcedEosTokenId'] as const) {
    const forced = listOfTokens(settings[name]);
    if (forced.length > 0 && forced.every((id) => suppressed.has(id))) {
      throw new RangeError(`generate: every token of ${name} (${forced}) is also in suppressTokens.`);
    }
  }
}

/** One token, several or none, as a list. */
export const listOfTokens = (tokens: number | readonly number[] | null | undefined): readonly number[] =>
  tokens == null ? [] : typeof tokens === 'number' ? [tokens] : tokens;
