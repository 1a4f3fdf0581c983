export {
  type AutoClass,
  AutoConfig,
  type AutoConfigOptions,
  AutoModel,
  AutoModelForCausalLM,
  AutoModelForMaskedLM,
  AutoModelForQuestionAnswering,
  AutoModelForSequenceClassification,
  AutoModelForTokenClassification,
  UnknownModelError,
} from './auto.ts';
export type { BaseModel } from './modelTables.ts';
