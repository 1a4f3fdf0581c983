export { BertProcessing } from './bertProcessing.ts';
export { ByteLevel } from './byteLevel.ts';
export type { PostProcessor } from './postProcessor.ts';
export { RobertaProcessing, type RobertaProcessingOptions } from './robertaProcessing.ts';
export { Sequence } from './sequence.ts';
export type { SpecialToken } from './specialTokens.ts';
export {
  type TemplatePiece,
  TemplateProcessing,
  type TemplateProcessingOptions,
  type TemplateToken,
} from './templateProcessing.ts';
