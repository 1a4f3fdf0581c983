export { type ChatText, chatText, type Span } from './chatSpans.ts';
export { type Example, type TokenizedRecords, tokenizeRecords } from './examples.ts';
export { FinetuneError } from './finetuneError.ts';
export { FinetuneTask } from './finetuneTask.ts';
export { freezeByName } from './freeze.ts';
export { enableGradientCheckpointing } from './gradientCheckpointing.ts';
export { packExamples, type Row } from './packing.ts';
export {
  type FinetuneFacts,
  type Finetuning,
  type PrepareFinetuning,
  prepareFinetuning,
} from './prepare.ts';
export { readRecords, type TextRecord } from './records.ts';
export { type FinetuneOptions, type FinetuneSettings, finetuneSettings } from './settings.ts';
