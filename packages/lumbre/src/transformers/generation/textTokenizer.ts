/** What generation needs of a tokenizer: `PreTrainedTokenizer` has it. */
export interface TextTokenizer {
  decode(ids: Int32Array, options?: { readonly skipSpecialTokens?: boolean }): string;
}

/** How many characters two texts have in common at their beginning. */
export function commonPrefix(a: string, b: string): number {
  const end = Math.min(a.length, b.length);
  let at = 0;
  while (at < end && a.charCodeAt(at) === b.charCodeAt(at)) at++;
  return at;
}
