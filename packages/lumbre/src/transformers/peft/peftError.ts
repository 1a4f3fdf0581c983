/** An adapter that cannot be made, or read, or does not fit a model. */
export class PeftError extends Error {
  override readonly name = 'PeftError';
  readonly code = 'transformers.peft';
}
