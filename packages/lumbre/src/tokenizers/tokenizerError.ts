/** What is wrong with a tokenizer's file, or with what it was asked for; its message says what was expected and what came. */
export class TokenizerError extends Error {
  override readonly name = 'TokenizerError';
}

/** A piece of what came, short enough for a message. */
export function shown(value: unknown): string {
  let text: string;
  if (Array.isArray(value)) text = `a list of ${value.length}`;
  else if (value !== null && typeof value === 'object') text = 'an object';
  else text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
