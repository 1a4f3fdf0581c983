export { ADAPTER_FILE } from './adapterFile.ts';
export {
  type AutoPeftClass,
  AutoPeftModelForCausalLM,
  AutoPeftModelForSequenceClassification,
  type AutoPeftOptions,
} from './autoPeft.ts';
export { ADAPTER_CONFIG_FILE, LoraConfig, type LoraOptions } from './loraConfig.ts';
export { LoraLinear } from './loraLinear.ts';
export { PeftError } from './peftError.ts';
export {
  getPeftModel,
  PeftModel,
  type PeftOptions,
  type TrainableParameters,
} from './peftModel.ts';
