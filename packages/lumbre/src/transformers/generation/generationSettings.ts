/** Tokens in the order in which they must come, and what is added to the score of the last of them. */
export type SequenceBias = readonly [tokens: readonly number[], bias: number];

/**
 * What `generate` can be told, under Hugging Face's names in camelCase. What is not given is taken from the model's
 * `generation_config.json`, and then has the default that is noted here; `null` takes away what stands there.
 */
export interface GenerationSettings {
  // How long.
  /** Tokens of a text, the prompt's included. 20 more than the prompt unless this or `maxNewTokens` is given. */
  readonly maxLength?: number | null;
  /** Tokens that are written at most; goes before `maxLength`. */
  readonly maxNewTokens?: number | null;
  /** No end before a text has so many tokens, the prompt's included. Default 0. */
  readonly minLength?: number | null;
  /** No end before so many tokens have been written; goes before `minLength`. */
  readonly minNewTokens?: number | null;
  /** When beam search ends: `true` with the first `numBeams` finished texts, `false` once a better one is unlikely, `'never'` once there cannot be any. Default false. */
  readonly earlyStopping?: boolean | 'never' | null;
  /** Seconds after which no further token is begun. */
  readonly maxTime?: number | null;
  /** A text ends with the token that completes one of these; it stays in the text. Needs `tokenizer`. */
  readonly stopStrings?: string | readonly string[] | null;

  // In which way.
  /** Whether tokens are drawn by chance; otherwise the likeliest are taken. Default false. */
  readonly doSample?: boolean | null;
  /** How many texts beam search carries on side by side; 1 is none. Default 1. */
  readonly numBeams?: number | null;
  /** How many texts each prompt gets. Default 1. */
  readonly numReturnSequences?: number | null;
  /** Whether keys and values of earlier tokens are kept. The texts are the same without, and slow. Default true. */
  readonly useCache?: boolean | null;

  // What the scores are changed by when tokens are drawn.
  /** Scores are divided by it: below 1 the likely become likelier. Default 1. */
  readonly temperature?: number | null;
  /** Only so many of the likeliest tokens are drawn from; 0 is all. Default 50. */
  readonly topK?: number | null;
  /** Only the likeliest that together reach this probability are drawn from (arXiv:1904.09751). Default 1. */
  readonly topP?: number | null;
  /** Only tokens whose probability is at least this share of the likeliest one's (arXiv:2407.01082). */
  readonly minP?: number | null;
  /** The likeliest as long as their part of the entropy is at most this share of it (arXiv:2509.02510). */
  readonly topH?: number | null;
  /** Those that are about as surprising as is to be expected, up to this probability (arXiv:2202.00666). Default 1. */
  readonly typicalP?: number | null;
  /** Only tokens of at least this probability (arXiv:2210.15191). Default 0: all. */
  readonly epsilonCutoff?: number | null;
  /** The same, less strict where much is possible. Default 0: all. */
  readonly etaCutoff?: number | null;

  // What they are changed by always.
  /** Above 1, tokens that are in the text become less likely (arXiv:1909.05858). Default 1. */
  readonly repetitionPenalty?: number | null;
  /** No sequence of so many tokens comes twice; 0 allows all. Default 0. */
  readonly noRepeatNgramSize?: number | null;
  /** Sequences of tokens that must not come. */
  readonly badWordsIds?: readonly (readonly number[])[] | null;
  /** Sequences of tokens that become likelier or less likely. */
  readonly sequenceBias?: readonly SequenceBias[] | null;
  /** The token after a prompt of one token. */
  readonly forcedBosTokenId?: number | null;
  /** The token at `maxLength`. */
  readonly forcedEosTokenId?: number | readonly number[] | null;
  /** Tokens that never come. */
  readonly suppressTokens?: readonly number[] | null;
  /** Tokens that do not come first. */
  readonly beginSuppressTokens?: readonly number[] | null;
  /** After so many written tokens, the end becomes likelier by this factor a token. */
  readonly exponentialDecayLengthPenalty?: readonly [start: number, factor: number] | null;
  /** Beam search: scores are divided by the length to this power; above 0 long texts win. Default 1. */
  readonly lengthPenalty?: number | null;
  /** Whether the changed scores become logarithms of probabilities again. Default false. */
  readonly renormalizeLogits?: boolean | null;
  /** Whether NaN and infinities among the scores are replaced. Default false. */
  readonly removeInvalidValues?: boolean | null;

  // Special tokens.
  readonly padTokenId?: number | null;
  readonly bosTokenId?: number | null;
  /** A text ends with this token, or with any of these. */
  readonly eosTokenId?: number | readonly number[] | null;

  // What comes back.
  /** Whether the result is an object with `sequences`, and what was asked for besides. Default false. */
  readonly returnDictInGenerate?: boolean | null;
  /** Whether that has the scores from which each token was chosen. Default false. */
  readonly outputScores?: boolean | null;
  /** Whether that has the model's own scores. Default false. */
  readonly outputLogits?: boolean | null;
}

export type SettingName = keyof GenerationSettings;

/** Returns what was expected instead of the value, or null where it fits. */
type Check = (value: unknown) => string | null;

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
const isToken = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
const isTokens = (value: unknown): value is number[] => Array.isArray(value) && value.every(isToken);

const expecting =
  (what: string, holds: (value: unknown) => boolean): Check =>
  (value) =>
    holds(value) ? null : what;

const flag = expecting('true or false', (value) => typeof value === 'boolean');
const count = (least: number): Check =>
  expecting(
    `a whole number, at least ${least}`,
    (value) => Number.isSafeInteger(value) && (value as number) >= least,
  );
const number = (what: string, holds: (value: number) => boolean): Check =>
  expecting(what, (value) => isNumber(value) && holds(value));
const token = expecting('a token id', isToken);
const tokens = expecting('a list of token ids', isTokens);
const oneOrMoreTokens = expecting(
  'a token id or a list of them',
  (value) => isToken(value) || (isTokens(value) && value.length > 0),
);
const isBias = (pair: unknown): boolean =>
  Array.isArray(pair) &&
  pair.length === 2 &&
  isTokens(pair[0]) &&
  pair[0].length > 0 &&
  typeof pair[1] === 'number' &&
  !Number.isNaN(pair[1]);

/** What each option must be. */
export const settingChecks: Readonly<Record<SettingName, Check>> = {
  maxLength: count(1),
  maxNewTokens: count(1),
  minLength: count(0),
  minNewTokens: count(0),
  earlyStopping: expecting(
    `true, false or 'never'`,
    (value) => typeof value === 'boolean' || value === 'never',
  ),
  maxTime: number('a number of seconds', (value) => value >= 0),
  stopStrings: expecting('a string or a list of strings, none of them empty', (value) => {
    const strings = Array.isArray(value) ? value : [value];
    return strings.length > 0 && strings.every((text) => typeof text === 'string' && text.length > 0);
  }),
  doSample: flag,
  numBeams: count(1),
  numReturnSequences: count(1),
  useCache: flag,
  temperature: number(
    'a number above 0; for the likeliest tokens set doSample to false',
    (value) => value > 0,
  ),
  topK: count(0),
  topP: number('from 0 to 1', (value) => value >= 0 && value <= 1),
  minP: number('from 0 to 1', (value) => value >= 0 && value <= 1),
  topH: number('above 0, at most 1', (value) => value > 0 && value <= 1),
  typicalP: number('above 0, at most 1', (value) => value > 0 && value <= 1),
  epsilonCutoff: number('from 0 to 1, without 1', (value) => value >= 0 && value < 1),
  etaCutoff: number('from 0 to 1, without 1', (value) => value >= 0 && value < 1),
  repetitionPenalty: number('a number above 0', (value) => value > 0),
  noRepeatNgramSize: count(0),
  badWordsIds: expecting(
    'a list of sequences of token ids',
    (value) =>
      Array.isArray(value) && value.length > 0 && value.every((ids) => isTokens(ids) && ids.length > 0),
  ),
  sequenceBias: expecting(
    'a list of pairs [token ids, bias]',
    (value) => Array.isArray(value) && value.length > 0 && value.every(isBias),
  ),
  forcedBosTokenId: token,
  forcedEosTokenId: oneOrMoreTokens,
  suppressTokens: tokens,
  beginSuppressTokens: tokens,
  exponentialDecayLengthPenalty: expecting(
    'a pair [start, factor]',
    (value) =>
      Array.isArray(value) && value.length === 2 && count(0)(value[0]) === null && isNumber(value[1]),
  ),
  lengthPenalty: number('a number', () => true),
  renormalizeLogits: flag,
  removeInvalidValues: flag,
  padTokenId: token,
  bosTokenId: token,
  eosTokenId: oneOrMoreTokens,
  returnDictInGenerate: flag,
  outputScores: flag,
  outputLogits: flag,
};

export const settingNames = Object.keys(settingChecks) as readonly SettingName[];

export const isSettingName = (name: string): name is SettingName => Object.hasOwn(settingChecks, name);
