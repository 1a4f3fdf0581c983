import { warn } from '#platform';
import { tensor } from '../../tensor/creation.ts';
import type { Encoding } from '../../tokenizers/index.ts';
import type { MaskedLanguageModel } from '../encoders/index.ts';
import type { PipelineTokenizer } from './pipelineTokenizer.ts';
import { type BatchOptions, batchesOf, fillingOf, inputsOf, longestRow, valuesOf } from './rows.ts';
import { checkTopK, softmax, topIndices } from './scores.ts';

/** What could stand in a gap. */
export interface Filling {
  /** How probable it is there. */
  readonly score: number;
  /** The token's id. */
  readonly token: number;
  readonly tokenStr: string;
  /** The text with it in the gap, as the tokenizer writes it. */
  readonly sequence: string;
}

export interface FillMaskOptions extends BatchOptions {
  /** How many fillings are told. Default 5. */
  readonly topK?: number | undefined;
  /** Which words may stand there; all unless given. A word that is no token counts as its first token. */
  readonly targets?: string | readonly string[] | undefined;
  /** Whether longer texts are cut to what the model reads; else they are an error. Default false. */
  readonly truncation?: boolean | undefined;
}

/** Likely tokens for the gaps of texts: for each text a list of gaps, for each gap a list of fillings, best first. */
export async function fillMasks(
  model: MaskedLanguageModel,
  tokenizer: PipelineTokenizer,
  texts: readonly string[],
  { topK = 5, targets, truncation = false, ...options }: FillMaskOptions,
): Promise<Filling[][][]> {
  checkTopK(topK);
  const { maskToken, maskTokenId } = tokenizer;
  if (maskTokenId === null || maskToken === null) {
    throw new RangeError(
      'fill-mask: the tokenizer has no mask token; use the tokenizer of a masked language model.',
    );
  }
  const longest = longestRow(model, tokenizer);
  const cut = truncation && Number.isFinite(longest) ? { truncation: { maxLength: longest } } : {};
  const encodings = texts.map((text) => tokenizer.encode(text, cut));
  const gaps = encodings.map(({ ids }) => ids.flatMap((id, i) => (id === maskTokenId ? [i] : [])));
  for (const [i, found] of gaps.entries()) {
    if (found.length > 0) continue;
    throw new RangeError(
      `fill-mask: there is no ${maskToken} in ${JSON.stringify(texts[i])}; write it where a word is missing.`,
    );
  }
  const allowed = targets === undefined ? undefined : targetIds(tokenizer, [targets].flat());
  const filling = fillingOf(model, tokenizer);
  const results: Filling[][][] = texts.map(() => []);
  for (const batch of batchesOf(encodings, options)) {
    const places = batch.indices.flatMap((i, row) =>
      (gaps[i] as number[]).map((at) => row * batch.time + at),
    );
    const scores = await valuesOf(() => {
      const { ids, context } = inputsOf(batch, filling);
      const positions = tensor(Int32Array.from(places), { device: model.device });
      return model.forward(ids, { ...context, positions }).logits;
    });
    const width = scores.length / places.length;
    let row = 0;
    for (const i of batch.indices) {
      const own = gaps[i] as number[];
      results[i] = own.map((at) => {
        const probabilities = softmax(scores.subarray(row * width, ++row * width));
        return fillings(
          tokenizer,
          encodings[i] as Encoding,
          at,
          own.length === 1,
          probabilities,
          topK,
          allowed,
        );
      });
    }
  }
  return results;
}

function fillings(
  tokenizer: PipelineTokenizer,
  { ids }: Encoding,
  at: number,
  isOnlyGap: boolean,
  probabilities: Float64Array,
  topK: number,
  allowed: readonly number[] | undefined,
): Filling[] {
  const best = allowed
    ? topIndices(
        allowed.map((id) => probabilities[id] ?? 0),
        topK,
      ).map((i) => allowed[i] as number)
    : topIndices(probabilities, topK);
  return best.map((token) => ({
    score: probabilities[token] ?? 0,
    token,
    tokenStr: tokenizer.decode([token], { skipSpecialTokens: false }),
    // Special tokens are left out, but for further gaps, which would be missed.
    sequence: tokenizer.decode(
      ids.map((id, i) => (i === at ? token : id)).filter((id) => id !== tokenizer.padTokenId),
      { skipSpecialTokens: isOnlyGap },
    ),
  }));
}

function targetIds(tokenizer: PipelineTokenizer, targets: readonly string[]): number[] {
  const ids = targets.flatMap((target) => {
    const id = tokenizer.tokenToId(target);
    if (id !== undefined) return [id];
    const [first] = tokenizer.encode(target, { addSpecialTokens: false }).ids;
    if (first === undefined) {
      warn(`fill-mask: ${JSON.stringify(target)} has no tokens; it is left out.`);
      return [];
    }
    const taken = tokenizer.decode([first], { skipSpecialTokens: false });
    warn(`fill-mask: ${JSON.stringify(target)} is no token; ${JSON.stringify(taken)} is taken for it.`);
    return [first];
  });
  if (ids.length === 0) throw new RangeError('fill-mask: there are no targets; give at least one word.');
  return [...new Set(ids)];
}
