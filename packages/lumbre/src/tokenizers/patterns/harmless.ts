import type { AlternativeNode, Node, OnigurumaAst } from 'oniguruma-parser/parser';

/** GPT-2's: contractions, letters, digits, other signs, white space. Each with the space before it. */
export const GPT2_PATTERN = String.raw`'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`;

/**
 * Patterns of published models, read one by one: at every place one of their alternatives takes what the others gave up, so
 * that the time is linear, though the rules below do not see it.
 */
const published: ReadonlySet<string> = new Set([
  GPT2_PATTERN,
  // Llama 3, SmolLM 3, Qwen 2 and 3, and others after cl100k_base.
  String.raw`(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`,
  String.raw`(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`,
  // o200k_base and gpt-oss.
  String.raw`[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+`,
]);

/**
 * Whether a pattern takes linear time on every text, and may run as JavaScript's own. In each alternative there is at most one
 * repetition without an end, it is the last thing, and it is of single characters: whatever it takes is taken, and nothing
 * behind it sends it back. Before it lie parts of a few characters.
 */
export function isHarmless(source: string, { body }: OnigurumaAst): boolean {
  return published.has(source) || body.every(alternativeIsHarmless);
}

function alternativeIsHarmless({ body }: AlternativeNode): boolean {
  // Three optional parts are eight ways; thirty would be too many.
  if (body.filter((node) => node.type === 'Quantifier').length > 3) return false;
  return body.every((node, i) =>
    i === body.length - 1 && node.type === 'Quantifier'
      ? isOneCharacter(node.body) && (node.kind === 'greedy' || node.max < 16)
      : isShort(node),
  );
}

const isOneCharacter = (node: Node): boolean =>
  node.type === 'Character' ||
  node.type === 'CharacterClass' ||
  (node.type === 'CharacterSet' && node.variableLength !== true);

/** Matches a bounded number of characters in a few ways. */
function isShort(node: Node): boolean {
  switch (node.type) {
    case 'Assertion':
      return node.kind !== 'search_start' && node.kind !== 'text_segment_boundary';
    case 'Quantifier':
      return isOneCharacter(node.body) && node.max <= 4;
    case 'Group':
    case 'LookaroundAssertion':
      return (
        node.body.length <= 32 &&
        node.body.every(({ body }) => body.length <= 8 && body.every(isOneCharacter))
      );
    default:
      return isOneCharacter(node);
  }
}
