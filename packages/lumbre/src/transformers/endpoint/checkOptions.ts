import type { TextOptions } from './textGenerator.ts';

const MOST_STOPS = 16;
const LONGEST_STOP = 1000;
const MOST_BIASES = 1024;

type Numbers =
  | 'temperature'
  | 'topP'
  | 'topK'
  | 'maxNewTokens'
  | 'seed'
  | 'presencePenalty'
  | 'frequencyPenalty'
  | 'logprobs';

/** Least and largest values; those of whole numbers are marked. */
const ranges: Readonly<Record<Numbers, readonly [least: number, most: number, whole?: 'whole']>> = {
  maxNewTokens: [0, Number.MAX_SAFE_INTEGER, 'whole'],
  temperature: [0, 100],
  topP: [0, 1],
  topK: [0, Number.MAX_SAFE_INTEGER, 'whole'],
  seed: [0, Number.MAX_SAFE_INTEGER, 'whole'],
  presencePenalty: [-2, 2],
  frequencyPenalty: [-2, 2],
  logprobs: [0, 20, 'whole'],
};

export const stopsOf = ({ stop }: TextOptions): readonly string[] =>
  stop === undefined ? [] : typeof stop === 'string' ? [stop] : stop;

/** @throws RangeError that names the option that makes no sense. */
export function checkTextOptions(operation: string, options: TextOptions): void {
  for (const [name, [least, most, whole]] of Object.entries(ranges)) {
    const value = options[name as Numbers];
    if (value === undefined) continue;
    const fits = value >= least && value <= most && (!whole || Number.isSafeInteger(value));
    if (!fits) {
      const upTo = most === Number.MAX_SAFE_INTEGER ? `at least ${least}` : `from ${least} to ${most}`;
      throw new RangeError(
        `${operation}: ${name} must be a ${whole ? 'whole ' : ''}number ${upTo}, not ${value}.`,
      );
    }
  }
  const stops = stopsOf(options);
  if (stops.length > MOST_STOPS || stops.some((stop) => stop.length < 1 || stop.length > LONGEST_STOP)) {
    throw new RangeError(
      `${operation}: stop must be at most ${MOST_STOPS} strings of 1 to ${LONGEST_STOP} characters.`,
    );
  }
  const { logitBias } = options;
  const wrong = [...(logitBias ?? [])].find(
    ([token, bias]) => !(Number.isSafeInteger(token) && token >= 0 && bias >= -100 && bias <= 100),
  );
  if (wrong || (logitBias && logitBias.size > MOST_BIASES)) {
    throw new RangeError(
      `${operation}: logitBias must be at most ${MOST_BIASES} token ids with numbers from -100 to 100` +
        `${wrong ? `, not ${wrong[0]}: ${wrong[1]}` : ''}.`,
    );
  }
}
