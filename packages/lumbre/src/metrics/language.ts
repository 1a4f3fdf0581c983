import { type Values, valuesOf } from './values.ts';

/** The mean of losses in nats, one for each token, or the mean itself. */
function meanLoss(operation: string, loss: number | Values): number {
  if (typeof loss === 'number') {
    if (Number.isNaN(loss)) throw new RangeError(`${operation}: the loss is NaN.`);
    return loss;
  }
  const values = valuesOf(operation, 'loss', loss);
  if (values.length === 0) throw new RangeError(`${operation}: there are no tokens.`);
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] as number;
  return sum / values.length;
}

/**
 * e to the mean cross-entropy: among how many equally likely tokens a model hesitates.
 * @param loss in nats: of each token, or their mean
 */
export const perplexity = (loss: number | Values): number => Math.exp(meanLoss('perplexity', loss));

/**
 * The cross-entropy in bits for each character, which compares models with different tokens.
 *
 * @param loss in nats: of each token, or their mean
 * @param options.charactersPerToken the length of the text divided by its number of tokens; 1 for characters
 */
export function bitsPerCharacter(
  loss: number | Values,
  { charactersPerToken = 1 }: { readonly charactersPerToken?: number } = {},
): number {
  if (!(charactersPerToken > 0)) {
    throw new RangeError(
      `bitsPerCharacter: charactersPerToken must be more than 0, not ${charactersPerToken}.`,
    );
  }
  return meanLoss('bitsPerCharacter', loss) / Math.LN2 / charactersPerToken;
}
