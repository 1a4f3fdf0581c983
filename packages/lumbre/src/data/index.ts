/** Data to learn from: text as tokens and batches, and the stories that Lumbre's own grammar writes. */
export * from './stories/index.ts';
export { decodeText, splitTokens, TextError } from './text.ts';
export { type BatchOptions, evenBatches, RandomBatches, type TokenBatch } from './textBatches.ts';
