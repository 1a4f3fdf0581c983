import type { Tensor } from '../../tensor/tensor.ts';
import type { CausalModel } from '../causal/causalModel.ts';
import { GPT2LMHeadModel, GPT2Model } from '../causal/gpt2.ts';
import { GPTNeoForCausalLM, GPTNeoModel } from '../causal/gptNeo.ts';
import {
  LlamaForCausalLM,
  LlamaModel,
  MistralForCausalLM,
  MistralModel,
  Qwen2ForCausalLM,
  Qwen2Model,
  Qwen3ForCausalLM,
  Qwen3Model,
} from '../causal/llama.ts';
import {
  type BaseModelOutputWithPooling,
  BertForMaskedLM,
  BertForQuestionAnswering,
  BertForSequenceClassification,
  BertForTokenClassification,
  BertModel,
  CamembertForMaskedLM,
  CamembertForQuestionAnswering,
  CamembertForSequenceClassification,
  CamembertForTokenClassification,
  CamembertModel,
  DistilBertForMaskedLM,
  DistilBertForQuestionAnswering,
  DistilBertForSequenceClassification,
  DistilBertForTokenClassification,
  DistilBertModel,
  type MaskedLanguageModel,
  type QuestionAnswerer,
  RobertaForMaskedLM,
  RobertaForQuestionAnswering,
  RobertaForSequenceClassification,
  RobertaForTokenClassification,
  RobertaModel,
  type SequenceClassifier,
  type TokenClassifier,
  XLMRobertaForMaskedLM,
  XLMRobertaForQuestionAnswering,
  XLMRobertaForSequenceClassification,
  XLMRobertaForTokenClassification,
  XLMRobertaModel,
} from '../encoders/index.ts';
import type { PreTrainedClass } from '../loading/fromPretrained.ts';
import type { PreTrainedModel } from '../preTrainedModel.ts';

/** Which class each `model_type` of a `config.json` stands for, for each use. */

/** Classes by `model_type`. */
export type ModelTable<Model extends PreTrainedModel> = Readonly<Record<string, PreTrainedClass<Model>>>;

/** A model without a head: vectors `[batch, time, width]` for tokens, alone or with more. */
export type BaseModel = PreTrainedModel & {
  forward(
    inputIds: Tensor,
    context?: { readonly attentionMask?: Tensor | undefined; readonly tokenTypeIds?: Tensor | undefined },
  ): Tensor | BaseModelOutputWithPooling;
};

export const baseModels: ModelTable<BaseModel> = {
  bert: BertModel,
  camembert: CamembertModel,
  distilbert: DistilBertModel,
  gpt2: GPT2Model,
  gpt_neo: GPTNeoModel,
  llama: LlamaModel,
  mistral: MistralModel,
  qwen2: Qwen2Model,
  qwen3: Qwen3Model,
  roberta: RobertaModel,
  'xlm-roberta': XLMRobertaModel,
};

export const causalModels: ModelTable<CausalModel> = {
  gpt2: GPT2LMHeadModel,
  gpt_neo: GPTNeoForCausalLM,
  llama: LlamaForCausalLM,
  mistral: MistralForCausalLM,
  qwen2: Qwen2ForCausalLM,
  qwen3: Qwen3ForCausalLM,
};

export const maskedModels: ModelTable<MaskedLanguageModel> = {
  bert: BertForMaskedLM,
  camembert: CamembertForMaskedLM,
  distilbert: DistilBertForMaskedLM,
  roberta: RobertaForMaskedLM,
  'xlm-roberta': XLMRobertaForMaskedLM,
};

export const sequenceModels: ModelTable<SequenceClassifier> = {
  bert: BertForSequenceClassification,
  camembert: CamembertForSequenceClassification,
  distilbert: DistilBertForSequenceClassification,
  roberta: RobertaForSequenceClassification,
  'xlm-roberta': XLMRobertaForSequenceClassification,
};

export const tokenModels: ModelTable<TokenClassifier> = {
  bert: BertForTokenClassification,
  camembert: CamembertForTokenClassification,
  distilbert: DistilBertForTokenClassification,
  roberta: RobertaForTokenClassification,
  'xlm-roberta': XLMRobertaForTokenClassification,
};

export const answerModels: ModelTable<QuestionAnswerer> = {
  bert: BertForQuestionAnswering,
  camembert: CamembertForQuestionAnswering,
  distilbert: DistilBertForQuestionAnswering,
  roberta: RobertaForQuestionAnswering,
  'xlm-roberta': XLMRobertaForQuestionAnswering,
};
