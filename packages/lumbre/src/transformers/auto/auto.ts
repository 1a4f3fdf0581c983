import { type HubOptions, openRepository, type Repository } from '../../hub/index.ts';
import type { LayerOptions } from '../../nn/index.ts';
import type { CausalModel } from '../causal/causalModel.ts';
import type { PretrainedConfig } from '../config/pretrainedConfig.ts';
import { readConfig, readConfigJson } from '../config/readConfig.ts';
import type {
  MaskedLanguageModel,
  QuestionAnswerer,
  SequenceClassifier,
  TokenClassifier,
} from '../encoders/index.ts';
import {
  type FromPretrainedOptions,
  loadPretrained,
  makeFromConfig,
  type PreTrainedClass,
} from '../loading/fromPretrained.ts';
import type { PreTrainedModel } from '../preTrainedModel.ts';
import {
  answerModels,
  type BaseModel,
  baseModels,
  causalModels,
  type ModelTable,
  maskedModels,
  sequenceModels,
  tokenModels,
} from './modelTables.ts';

/** Models and configurations by what their `config.json` says that they are. */

/** A kind of model for which nothing here is made. */
export class UnknownModelError extends Error {
  override readonly name = 'UnknownModelError';
  readonly code = 'transformers.unknownModel';
}

/** What `config.json` says that a model is. @throws UnknownModelError when it does not say. */
async function modelTypeOf(auto: string, repository: Repository): Promise<string> {
  const modelType = (await readConfigJson(repository)).get('model_type');
  if (typeof modelType === 'string') return modelType;
  throw new UnknownModelError(
    `${auto}: config.json of ${repository.name} has no model_type; use the model's own class, or write it there: ` +
      `${Object.keys(baseModels).join(', ')}.`,
  );
}

function classOf<Model extends PreTrainedModel>(
  auto: string,
  table: ModelTable<Model>,
  modelType: string,
  where: string,
): PreTrainedClass<Model> {
  const found = Object.hasOwn(table, modelType) ? table[modelType] : undefined;
  if (found) return found;
  const known = Object.keys(table).join(', ');
  const isKnown = Object.hasOwn(baseModels, modelType);
  throw new UnknownModelError(
    `${auto}: ${where} is a ${JSON.stringify(modelType)}, ` +
      (isKnown
        ? `which has no such head here; those that have one are ${known}.`
        : `which is not known here; known are ${known}.`),
  );
}

/** Makes models of the class that their `config.json` asks for. */
export interface AutoClass<Model extends PreTrainedModel> {
  /**
   * A model with the weights of a checkpoint: as `fromPretrained` of the class that its `model_type` stands for.
   * @throws UnknownModelError for a model that nothing here is made for; as `PreTrainedModel.fromPretrained`
   */
  fromPretrained(source: string | Repository, options?: FromPretrainedOptions): Promise<Model>;
  /** A new model. @throws UnknownModelError; RangeError for a configuration that makes no sense */
  fromConfig(config: PretrainedConfig, options?: LayerOptions): Model;
}

function autoClass<Model extends PreTrainedModel>(auto: string, table: ModelTable<Model>): AutoClass<Model> {
  return {
    async fromPretrained(source, options = {}) {
      const repository = await openRepository(source, options);
      const modelType = await modelTypeOf(auto, repository);
      return await loadPretrained(classOf(auto, table, modelType, repository.name), repository, options);
    },
    fromConfig: (config, options = {}) =>
      makeFromConfig(
        classOf(auto, table, config.modelType, 'the configuration') as PreTrainedClass<
          Model,
          PretrainedConfig
        >,
        config,
        options,
      ),
  };
}

/** Models without a head: vectors for tokens. */
export const AutoModel: AutoClass<BaseModel> = /* @__PURE__ */ autoClass('AutoModel', baseModels);

/** Models that write texts. */
export const AutoModelForCausalLM: AutoClass<CausalModel> = /* @__PURE__ */ autoClass(
  'AutoModelForCausalLM',
  causalModels,
);

/** Models that fill gaps in texts. */
export const AutoModelForMaskedLM: AutoClass<MaskedLanguageModel> = /* @__PURE__ */ autoClass(
  'AutoModelForMaskedLM',
  maskedModels,
);

/** Models that put texts into classes. */
export const AutoModelForSequenceClassification: AutoClass<SequenceClassifier> = /* @__PURE__ */ autoClass(
  'AutoModelForSequenceClassification',
  sequenceModels,
);

/** Models that put tokens into classes. */
export const AutoModelForTokenClassification: AutoClass<TokenClassifier> = /* @__PURE__ */ autoClass(
  'AutoModelForTokenClassification',
  tokenModels,
);

/** Models that find answers in texts. */
export const AutoModelForQuestionAnswering: AutoClass<QuestionAnswerer> = /* @__PURE__ */ autoClass(
  'AutoModelForQuestionAnswering',
  answerModels,
);

export interface AutoConfigOptions extends HubOptions {
  /** Settings instead of those of `config.json`. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** A GGUF file, which has its configuration inside. */
  readonly file?: string;
}

/** Configurations of the kind that their `config.json` asks for. */
export const AutoConfig = {
  /** @throws UnknownModelError for a model that nothing here is made for; RangeError for one that makes no sense; HubError */
  async fromPretrained(
    source: string | Repository,
    options: AutoConfigOptions = {},
  ): Promise<PretrainedConfig> {
    const repository = await openRepository(source, options);
    const modelType = await modelTypeOf('AutoConfig', repository);
    const { configKind } = classOf('AutoConfig', baseModels, modelType, repository.name);
    return await readConfig(repository, configKind, { settings: options.config, file: options.file });
  },
} as const;
