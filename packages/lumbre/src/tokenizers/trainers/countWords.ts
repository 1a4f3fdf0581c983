import { makeBreather } from '../../platform/breathe.ts';
import type { Normalizer } from '../normalizers/normalizer.ts';
import { GPT2_PATTERN } from '../patterns/harmless.ts';
import { onigurumaPattern } from '../patterns/oniguruma.ts';
import { ByteLevel } from '../preTokenizers/byteLevel.ts';
import type { PreTokenizer } from '../preTokenizers/preTokenizer.ts';
import { Sequence } from '../preTokenizers/sequence.ts';
import { toByteCharacters } from '../text/alphabet.ts';
import { NormalizedString } from '../text/normalizedString.ts';
import { PreTokenizedString } from '../text/preTokenizedString.ts';
import { wellFormed } from '../text/unicode.ts';
import { wordEnd } from '../text/wordScanner.ts';
import { type ProgressOptions, StageReporter } from './progress.ts';

/** Texts to learn from, one by one or in batches; no word goes over the end of a text. */
export type TrainingTexts = Iterable<string | readonly string[]> | AsyncIterable<string | readonly string[]>;

export interface CountWordsOptions extends ProgressOptions {
  readonly normalizer?: Normalizer | null;
  /** Without one, every text is one word. */
  readonly preTokenizer?: PreTokenizer | null;
  /** Characters of all texts, in UTF-16 units, so that the time left can be told. */
  readonly length?: number;
}

/** Cuts texts into words, and tells in the end how they are written: what is left for then is done once for each word. */
interface Cutter {
  cut(text: string): Iterable<string>;
  write(word: string): string;
}

const unchanged = (word: string): string => word;

/** Cuts a text as GPT-2 does. */
const gpt2Words: Cutter['cut'] = (text) => {
  const words: string[] = [];
  for (let start = 0; start < text.length; ) {
    const end = wordEnd(text, start);
    words.push(text.slice(start, end));
    start = end;
  }
  return words;
};

/** Normalizes and cuts, whatever it is that does so. */
const generalCut =
  (normalizer: Normalizer | null, preTokenizers: readonly PreTokenizer[]): Cutter['cut'] =>
  (text) => {
    const pieces = new PreTokenizedString(NormalizedString.of(text, false));
    if (normalizer) pieces.normalize((piece) => normalizer.normalize(piece));
    for (const one of preTokenizers) one.preTokenize(pieces);
    return pieces.splits.map((split) => split.text.text);
  };

/** ByteLevel without its last step, the bytes, which concerns each word by itself. */
const cuttingOf = ({ addPrefixSpace, useRegex }: ByteLevel): PreTokenizer => ({
  preTokenize(text) {
    const pattern = onigurumaPattern(GPT2_PATTERN);
    text.split((piece) => {
      if (addPrefixSpace && !piece.text.startsWith(' ')) piece.prepend(' ');
      return useRegex ? piece.split(pattern, 'Isolated') : [piece];
    });
  },
  toJSON: () => ({ type: 'ByteLevel' }),
});

function cutterOf(normalizer: Normalizer | null, preTokenizer: PreTokenizer | null): Cutter {
  const steps =
    preTokenizer instanceof Sequence ? preTokenizer.preTokenizers : preTokenizer ? [preTokenizer] : [];
  const last = steps.at(-1);
  if (!(last instanceof ByteLevel)) return { cut: generalCut(normalizer, steps), write: unchanged };
  const isGpt2 = steps.length === 1 && !normalizer && last.useRegex && !last.addPrefixSpace;
  return {
    cut: isGpt2 ? gpt2Words : generalCut(normalizer, [...steps.slice(0, -1), cuttingOf(last)]),
    write: toByteCharacters,
  };
}

/** Units of UTF-16 between two looks at the clock. */
const AT_ONCE = 1 << 14;

/**
 * Cuts texts into words and counts them. Lone surrogates count as U+FFFD.
 * @returns how often each word comes, in the order in which they were first seen
 * @throws the reason of `signal` once it is aborted
 */
export async function countWords(
  texts: TrainingTexts,
  options: CountWordsOptions = {},
): Promise<Map<string, number>> {
  const { normalizer = null, preTokenizer = null, length } = options;
  const { cut, write } = cutterOf(normalizer, preTokenizer);
  const counts = new Map<string, number>();
  const reporter = new StageReporter('words', length, options);
  const breathe = makeBreather();
  let done = 0;
  let told = 0;
  const isDue = (text: string): boolean => {
    for (const word of cut(wellFormed(text))) counts.set(word, (counts.get(word) ?? 0) + 1);
    done += text.length;
    return done - told >= AT_ONCE;
  };
  for await (const batch of inBatches(texts)) {
    for (const text of batch) {
      if (!isDue(text)) continue;
      told = done;
      reporter.report(done);
      await breathe();
    }
  }
  reporter.finish(done);
  return write === unchanged ? counts : new Map([...counts].map(([word, count]) => [write(word), count]));
}

/** Single texts as batches, those that need not be awaited in a single one: waiting for each costs more than cutting it. */
async function* inBatches(texts: TrainingTexts): AsyncGenerator<Iterable<string>> {
  if (Symbol.asyncIterator in texts) {
    for await (const batch of texts) yield typeof batch === 'string' ? [batch] : batch;
  } else yield flat(texts);
}

function* flat(texts: Iterable<string | readonly string[]>): Generator<string> {
  for (const batch of texts) {
    if (typeof batch === 'string') yield batch;
    else yield* batch;
  }
}
