import { formatShape } from '../../graph/shape.ts';
import { Tensor } from '../../tensor/tensor.ts';
import type { Prompts } from './decoding.ts';

/** Token ids of one prompt, or of several of one length: `tokenizer(…).inputIds`, arrays, or typed arrays. */
export type InputIds = Tensor | ArrayLike<number> | readonly ArrayLike<number>[];

/** Rows of whole numbers out of a tensor `[batch, time]` or `[time]`, or of arrays. */
async function readRows(what: string, given: InputIds): Promise<Int32Array[]> {
  if (given instanceof Tensor) {
    if (given.ndim < 1 || given.ndim > 2) {
      throw new RangeError(`generate: ${what} must be [batch, time], got ${formatShape(given.shape)}.`);
    }
    const values = Int32Array.from(await given.data());
    const time = given.shape.at(-1) as number;
    return Array.from({ length: time === 0 ? 0 : values.length / time }, (_, i) =>
      values.slice(i * time, (i + 1) * time),
    );
  }
  const isRow = given.length === 0 || typeof given[0] === 'number';
  const rows = isRow ? [given as ArrayLike<number>] : Array.from(given as readonly ArrayLike<number>[]);
  return rows.map((row) => Int32Array.from(row));
}

export interface InputOptions {
  readonly attentionMask?: InputIds | null | undefined;
  readonly padTokenId: number | null;
  readonly eosTokenIds: readonly number[];
  readonly bosTokenId: number | null;
}

/**
 * Reads prompts. Where no mask is given, tokens that are `padTokenId` are padding, unless that also ends texts: what
 * transformers takes them for.
 * @throws RangeError for rows of different lengths, empty prompts without a `bosTokenId`, ids that are none, and a mask
 *   that hides the last token: a text is continued at its end, so padding belongs on the left.
 */
export async function readPrompts(
  inputIds: InputIds | null | undefined,
  options: InputOptions,
): Promise<Prompts> {
  const { attentionMask, padTokenId, eosTokenIds, bosTokenId } = options;
  let rows = inputIds == null ? [] : await readRows('inputIds', inputIds);
  if (rows.every((row) => row.length === 0)) {
    if (bosTokenId === null) {
      throw new RangeError(
        'generate: the prompt is empty and there is no bosTokenId; begin with at least one token.',
      );
    }
    rows = [Int32Array.of(bosTokenId)];
  }
  const length = (rows[0] as Int32Array).length;
  if (rows.some((row) => row.length !== length)) {
    throw new RangeError(
      `generate: prompts of ${[...new Set(rows.map((row) => row.length))].join(' and ')} tokens; pad the short ones on the ` +
        "left: tokenizer(texts, { padding: true, returnTensors: true }) with paddingSide 'left'.",
    );
  }
  const wrong = rows.flatMap((row) => [...row]).find((id) => id < 0);
  if (wrong !== undefined) throw new RangeError(`generate: ${wrong} is no token id.`);
  const mask = attentionMask ? await readRows('attentionMask', attentionMask) : inferMask();
  return { rows, mask: mask && checkMask(rows, mask) };

  function inferMask(): Int32Array[] | null {
    if (padTokenId === null || eosTokenIds.includes(padTokenId)) return null;
    return rows.map((row) => row.map((id) => (id === padTokenId ? 0 : 1)));
  }
}

function checkMask(rows: readonly Int32Array[], mask: readonly Int32Array[]): Uint8Array[] | null {
  const length = (rows[0] as Int32Array).length;
  if (mask.length !== rows.length || mask.some((row) => row.length !== length)) {
    throw new RangeError(
      `generate: attentionMask [${mask.length}, ${mask[0]?.length ?? 0}] does not fit inputIds [${rows.length}, ${length}].`,
    );
  }
  if (mask.every((row) => row.every((isToken) => isToken !== 0))) return null;
  if (mask.some((row) => row.at(-1) === 0)) {
    throw new RangeError(
      'generate: a prompt ends with padding, and a text goes on at its end; pad on the left (paddingSide of the tokenizer).',
    );
  }
  return mask.map((row) => Uint8Array.from(row, (isToken) => (isToken ? 1 : 0)));
}
