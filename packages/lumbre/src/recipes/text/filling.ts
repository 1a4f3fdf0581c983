import type { BertForPreTraining } from '../../models/index.ts';
import { tensor } from '../../tensor/creation.ts';
import { noGrad, scope } from '../../tensor/scope.ts';
import type { BpeTokenizer } from '../../text/index.ts';
import type { Filling } from '../recipe.ts';
import { CLS, MASK, SEP, SPECIAL_TOKENS } from './bertData.ts';

/** How many fillings are told unless asked for more. */
const FILLINGS = 5;

/**
 * The likeliest tokens for each `[MASK]` of a text, best first.
 * @throws RangeError for a text without one, or one that is too long.
 */
export async function fillMasks(
  model: BertForPreTraining,
  tokenizer: BpeTokenizer,
  text: string,
  count = FILLINGS,
): Promise<Filling[][]> {
  const { maxPositionEmbeddings, vocabSize } = model.config;
  const ids = Int32Array.of(
    tokenizer.idOf(CLS),
    // Words were learned with a space before them.
    ...tokenizer.encode(text.startsWith(' ') || text.startsWith(MASK) ? text : ` ${text}`),
    tokenizer.idOf(SEP),
  );
  if (ids.length > maxPositionEmbeddings) {
    throw new RangeError(
      `fill: the text has ${ids.length} tokens, and the model reads ${maxPositionEmbeddings} at most; take a shorter one.`,
    );
  }
  const mask = tokenizer.idOf(MASK);
  const places = [...ids.keys()].filter((i) => ids[i] === mask);
  if (places.length === 0)
    throw new RangeError(`fill: the text has no ${MASK}; write it where a word is missing.`);
  const { device } = model;
  const probabilities = await noGrad(() =>
    scope(() => {
      const positions = tensor(Int32Array.from(places), { device });
      const input = tensor(ids, { shape: [1, ids.length], device });
      return model.forward(input, { positions }).predictionLogits.softmax(-1).dataSync();
    }),
  );
  return places.map((_, row) => {
    const own = Array.from(probabilities.subarray(row * vocabSize, (row + 1) * vocabSize));
    return own
      .map((probability, id) => ({ id, probability: Number(probability) }))
      .filter(({ id }) => id >= SPECIAL_TOKENS.length)
      .sort((a, b) => b.probability - a.probability)
      .slice(0, count)
      .map(({ id, probability }) => ({ token: tokenizer.decode([id]), probability }));
  });
}

/** Fillings as lines of text: what is asked, and what could stand there. */
export function fillingLines(text: string, fillings: readonly (readonly Filling[])[]): string {
  const share = (probability: number) => `${Math.round(100 * probability)} %`;
  const lines = fillings.map(
    (found) =>
      `    ${found.map(({ token, probability }) => `${token.trim()} ${share(probability)}`).join(' · ')}`,
  );
  return [text, ...lines].join('\n');
}
