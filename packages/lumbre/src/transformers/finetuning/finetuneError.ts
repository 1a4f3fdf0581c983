/** Data, settings or a model that cannot be fine-tuned: the message says what to change. */
export class FinetuneError extends Error {
  override readonly name = 'FinetuneError';
  readonly code = 'transformers.finetune';
}
