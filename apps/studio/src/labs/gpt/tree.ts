import type { Tokenizer } from 'lumbre/text';

/** A piece that a text may go on with, in the tree of those that come after. */
export interface Branch {
  readonly text: string;
  /** Of this piece, given all before it. */
  readonly probability: number;
  readonly next: readonly Branch[];
}

/** Reads the scores of every token after some contexts. */
export type ReadNext = (contexts: readonly (readonly number[])[]) => Promise<Float32Array[]>;

/** How many branches a piece has at most, by how deep it lies. */
const WIDTHS = [3, 2, 2];
/** Branches that are less likely than this among their likes are left out: there is no end of them. */
const LEAST = 0.04;
/** A branch goes on letter by letter as long as the next one is likelier than all others together. */
const SURE = 0.5;
/** Letters of a word at most. */
const LONGEST = 14;

interface Growing {
  tokens: number[];
  text: string;
  probability: number;
}

/** The likeliest tokens after a position, with their probabilities. */
export function likeliest(
  logits: ArrayLike<number>,
  count: number,
): { token: number; probability: number }[] {
  let largest = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < logits.length; i++) largest = Math.max(largest, logits[i] as number);
  let total = 0;
  const weights = Float64Array.from(logits, (logit) => {
    const weight = Math.exp(logit - largest);
    total += weight;
    return weight;
  });
  return [...weights.keys()]
    .sort((a, b) => (weights[b] as number) - (weights[a] as number) || a - b)
    .slice(0, count)
    .map((token) => ({ token, probability: (weights[token] as number) / total }));
}

const isLetter = (text: string): boolean => /^[\p{L}\p{M}\p{N}]+$/u.test(text);

/**
 * Where a text may go, three pieces deep. By pieces of words, each branch is a token. By characters it is a token and, inside a
 * word, the letters that surely follow: so that it forks where the model hesitates. The probability is that of exactly these.
 */
export async function growTree(
  tokenizer: Tokenizer,
  context: readonly number[],
  read: ReadNext,
): Promise<Branch[]> {
  const byCharacter = tokenizer.toJSON().type === 'char';

  /** Goes on with the likeliest letters while the model does not hesitate, to the end of the word at most. */
  const finishWords = async (branches: readonly { growing: Growing }[]): Promise<void> => {
    let open = branches.map(({ growing }) => growing);
    for (let letters = 0; letters < LONGEST && open.length > 0; letters++) {
      const scores = await read(open.map(({ tokens }) => tokens));
      const going: Growing[] = [];
      open.forEach((growing, i) => {
        const [best] = likeliest(scores[i] as Float32Array, 1);
        if (!best || best.probability <= SURE) return;
        const letter = tokenizer.decode([best.token]);
        // A space begins a word, of which it is a part here as it is in pieces of words.
        if (!isLetter(letter)) return;
        growing.tokens.push(best.token);
        growing.text += letter;
        growing.probability *= best.probability;
        going.push(growing);
      });
      open = going;
    }
  };

  const grow = async (contexts: readonly (readonly number[])[], depth: number): Promise<Branch[][]> => {
    const width = WIDTHS[depth];
    if (width === undefined || contexts.length === 0) return contexts.map(() => []);
    const scores = await read(contexts);
    const branches = scores.flatMap((logits, parent) =>
      likeliest(logits, width)
        .filter(({ probability }, rank) => rank === 0 || probability >= LEAST)
        .map(({ token, probability }) => ({
          parent,
          growing: {
            tokens: [...(contexts[parent] as readonly number[]), token],
            text: tokenizer.decode([token]),
            probability,
          },
        })),
    );
    if (byCharacter)
      await finishWords(branches.filter(({ growing }) => /^[\p{L}\p{M}\p{N} ]/u.test(growing.text)));
    const next = await grow(
      branches.map(({ growing }) => growing.tokens),
      depth + 1,
    );
    const result: Branch[][] = contexts.map(() => []);
    branches.forEach(({ parent, growing: { text, probability } }, i) => {
      result[parent]?.push({ text, probability, next: next[i] as Branch[] });
    });
    // A likely letter may lead to less likely words than another one.
    for (const siblings of result) siblings.sort((one, other) => other.probability - one.probability);
    return result;
  };

  const [roots] = await grow([context], 0);
  return roots ?? [];
}
