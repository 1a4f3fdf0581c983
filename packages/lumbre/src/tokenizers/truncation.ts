import type { Direction, Encoding } from './encoding.ts';
import type { JsonReader } from './jsonReader.ts';
import { TokenizerError } from './tokenizerError.ts';

/** Which text of a pair is cut: token by token the longer one, only the first, only the second. */
export type TruncationStrategy = 'longest_first' | 'only_first' | 'only_second';

export interface TruncationOptions {
  /** How many tokens are left, special tokens counted. */
  readonly maxLength: number;
  /** Default `longest_first`. */
  readonly strategy?: TruncationStrategy;
  /** How many tokens pieces that overflow share with the one before. Default 0. */
  readonly stride?: number;
  /** Which end is cut off. Default `right`. */
  readonly direction?: Direction;
}

/** Cuts an encoding, or both of a pair, so that they have `maxLength` tokens together. */
export function truncateEncodings(
  first: Encoding,
  second: Encoding | null,
  { maxLength, strategy = 'longest_first', stride = 0, direction = 'right' }: TruncationOptions,
): void {
  if (maxLength === 0) {
    first.truncate(0, stride, direction);
    second?.truncate(0, stride, direction);
    return;
  }
  const total = first.length + (second?.length ?? 0);
  if (total <= maxLength) return;
  if (strategy === 'longest_first') {
    const [one, two] = second ? sharedLengths(first.length, second.length, maxLength) : [maxLength, 0];
    first.truncate(one, stride, direction);
    second?.truncate(two, stride, direction);
    return;
  }
  const target = strategy === 'only_first' ? first : second;
  if (target === null) {
    throw new TokenizerError("Truncation: 'only_second' needs a second text, and there is none.");
  }
  const left = target.length - (total - maxLength);
  if (left <= 0) {
    throw new TokenizerError(
      `Truncation: '${strategy}' would have to take ${total - maxLength} tokens from a text of ${target.length}; choose 'longest_first' or a larger maxLength.`,
    );
  }
  target.truncate(left, stride, direction);
}

/** How many tokens each of two texts may keep: the shorter one all of its own as long as that is fair. */
function sharedLengths(first: number, second: number, maxLength: number): [number, number] {
  const shorter = Math.min(first, second);
  let short = shorter;
  let long = shorter > maxLength ? shorter : Math.max(shorter, maxLength - shorter);
  if (short + long > maxLength) {
    short = Math.floor(maxLength / 2);
    long = short + (maxLength % 2);
  }
  return first > second ? [long, short] : [short, long];
}

const strategies = {
  LongestFirst: 'longest_first',
  OnlyFirst: 'only_first',
  OnlySecond: 'only_second',
} as const;
const strategyNames = Object.keys(strategies) as (keyof typeof strategies)[];

export function readTruncation(json: JsonReader): TruncationOptions {
  return {
    direction: json.oneOf('direction', ['Left', 'Right'], 'Right') === 'Left' ? 'left' : 'right',
    maxLength: json.integer('max_length'),
    strategy: strategies[json.oneOf('strategy', strategyNames)],
    stride: json.integer('stride'),
  };
}

export function truncationToJSON(options: TruncationOptions): Record<string, unknown> {
  const { maxLength, strategy = 'longest_first', stride = 0, direction = 'right' } = options;
  return {
    direction: direction === 'left' ? 'Left' : 'Right',
    max_length: maxLength,
    strategy: strategyNames.find((name) => strategies[name] === strategy),
    stride,
  };
}
