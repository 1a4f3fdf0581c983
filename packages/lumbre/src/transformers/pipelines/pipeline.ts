import { openRepository, type Repository } from '../../hub/index.ts';
import { AutoTokenizer, type PreTrainedTokenizer } from '../../tokenizers/index.ts';
import {
  AutoModel,
  AutoModelForCausalLM,
  AutoModelForMaskedLM,
  AutoModelForQuestionAnswering,
  AutoModelForSequenceClassification,
  AutoModelForTokenClassification,
  type BaseModel,
} from '../auto/index.ts';
import { CausalModel } from '../causal/causalModel.ts';
import {
  MaskedLanguageModel,
  QuestionAnswerer,
  SequenceClassifier,
  TokenClassifier,
} from '../encoders/index.ts';
import type { FromPretrainedOptions } from '../loading/fromPretrained.ts';
import { PreTrainedModel } from '../preTrainedModel.ts';
import { pipelineTokenizer } from './backendTokenizer.ts';
import {
  type FeatureExtractionPipeline,
  type FillMaskPipeline,
  featureExtractionPipeline,
  fillMaskPipeline,
  type QuestionAnsweringPipeline,
  questionAnsweringPipeline,
  type TextClassificationPipeline,
  type TextGenerationPipeline,
  type TokenClassificationPipeline,
  textClassificationPipeline,
  textGenerationPipeline,
  tokenClassificationPipeline,
} from './callables.ts';
import type { FeatureExtractionOptions } from './featureExtraction.ts';
import type { FillMaskOptions } from './fillMask.ts';
import { isOwnBert, openOwnBert } from './ownModels.ts';
import type { QuestionAnsweringOptions } from './questionAnswering.ts';
import type { TextClassificationOptions } from './textClassification.ts';
import type { TextGenerationOptions } from './textGeneration.ts';
import type { TokenClassificationOptions } from './tokenClassification.ts';

/** What each task is done with when no model is named, as in transformers. */
const defaultModels = {
  'text-generation': 'openai-community/gpt2',
  'fill-mask': 'distilbert/distilroberta-base',
  'feature-extraction': 'distilbert/distilbert-base-cased',
  'text-classification': 'distilbert/distilbert-base-uncased-finetuned-sst-2-english',
  'token-classification': 'dbmdz/bert-large-cased-finetuned-conll03-english',
  'question-answering': 'distilbert/distilbert-base-cased-distilled-squad',
} as const;

export type PipelineTask = keyof typeof defaultModels;

export const pipelineTasks = Object.keys(defaultModels) as readonly PipelineTask[];

/** Other names of tasks. */
const aliases = { 'sentiment-analysis': 'text-classification', ner: 'token-classification' } as const;

/** @throws RangeError that lists the tasks there are */
export function pipelineTask(name: string): PipelineTask {
  if (Object.hasOwn(defaultModels, name)) return name as PipelineTask;
  if (Object.hasOwn(aliases, name)) return aliases[name as keyof typeof aliases];
  throw new RangeError(
    `pipeline: there is no task ${JSON.stringify(name)}; there are ${[...pipelineTasks, ...Object.keys(aliases)].join(', ')}.`,
  );
}

/** How a model is opened; and what each call of the pipeline is told unless it says otherwise itself. */
export interface PipelineOptions<Defaults = object> extends FromPretrainedOptions {
  /** The model's tokenizer, or where it is; that of the model's files unless given. */
  readonly tokenizer?: PreTrainedTokenizer | string | Repository | undefined;
  /** Options of each call. */
  readonly defaults?: Defaults | undefined;
}

/** A model's name on the hub, a folder or an address, a repository, or a model that is open already. */
export type PipelineModel<Model> = string | Repository | Model;

/**
 * A model with its tokenizer, as a function of texts:
 *
 *     const fill = await pipeline('fill-mask', 'dccuchile/bert-base-spanish-wwm-uncased');
 *     const [best] = await fill('Madrid es la [MASK] de España.');
 *
 * What is given is shaped as in transformers, with names in camelCase. `fill-mask` also opens what the recipe `bert` has
 * trained.
 *
 * @param model the one that transformers takes for the task unless given
 * @throws RangeError for a task that there is none of, or a model that is not made for it; as `fromPretrained`
 */
export function pipeline(
  task: 'text-generation',
  model?: PipelineModel<CausalModel>,
  options?: PipelineOptions<TextGenerationOptions>,
): Promise<TextGenerationPipeline>;
export function pipeline(
  task: 'fill-mask',
  model?: PipelineModel<MaskedLanguageModel>,
  options?: PipelineOptions<FillMaskOptions>,
): Promise<FillMaskPipeline>;
export function pipeline(
  task: 'feature-extraction',
  model?: PipelineModel<BaseModel>,
  options?: PipelineOptions<FeatureExtractionOptions>,
): Promise<FeatureExtractionPipeline>;
export function pipeline(
  task: 'text-classification' | 'sentiment-analysis',
  model?: PipelineModel<SequenceClassifier>,
  options?: PipelineOptions<TextClassificationOptions>,
): Promise<TextClassificationPipeline>;
export function pipeline(
  task: 'token-classification' | 'ner',
  model?: PipelineModel<TokenClassifier>,
  options?: PipelineOptions<TokenClassificationOptions>,
): Promise<TokenClassificationPipeline>;
export function pipeline(
  task: 'question-answering',
  model?: PipelineModel<QuestionAnswerer>,
  options?: PipelineOptions<QuestionAnsweringOptions>,
): Promise<QuestionAnsweringPipeline>;
export async function pipeline(
  name: PipelineTask | keyof typeof aliases,
  given?: PipelineModel<PreTrainedModel>,
  { tokenizer: ownTokenizer, defaults = {}, ...options }: PipelineOptions = {},
): Promise<unknown> {
  const task = pipelineTask(name);
  const source = given ?? defaultModels[task];
  const isOpen = source instanceof PreTrainedModel;
  if (isOpen && ownTokenizer === undefined) {
    throw new RangeError('pipeline: a model that is open needs its tokenizer: { tokenizer }.');
  }
  const place = isOpen ? null : await openRepository(source, options);
  if (task === 'fill-mask' && place && ownTokenizer === undefined && (await isOwnBert(place))) {
    const own = await openOwnBert(place, options.device);
    return fillMaskPipeline(own.model, own.tokenizer, defaults);
  }
  const tokenizer =
    ownTokenizer === undefined || typeof ownTokenizer === 'string' || isRepository(ownTokenizer)
      ? await AutoTokenizer.fromPretrained((ownTokenizer ?? place) as string | Repository, options)
      : ownTokenizer;
  /** The model, opened if need be. */
  const modelOf = async <Model extends PreTrainedModel>(
    auto: { fromPretrained(source: Repository, options: FromPretrainedOptions): Promise<Model> },
    fits: (model: PreTrainedModel) => boolean,
  ): Promise<Model> => {
    if (place) return await auto.fromPretrained(place, options);
    if (fits(source as PreTrainedModel)) return source as Model;
    throw new RangeError(
      `pipeline: a ${(source as PreTrainedModel).constructor.name} is not made for ${task}.`,
    );
  };
  const texts = pipelineTokenizer(tokenizer);
  switch (task) {
    case 'text-generation':
      return textGenerationPipeline(
        await modelOf(AutoModelForCausalLM, (model) => model instanceof CausalModel),
        tokenizer,
        defaults,
      );
    case 'fill-mask':
      return fillMaskPipeline(
        await modelOf(AutoModelForMaskedLM, (model) => model instanceof MaskedLanguageModel),
        texts,
        defaults,
      );
    case 'feature-extraction':
      return featureExtractionPipeline(
        await modelOf(AutoModel, (model) => !(model instanceof CausalModel) && 'forward' in model),
        texts,
        defaults,
      );
    case 'text-classification':
      return textClassificationPipeline(
        await modelOf(AutoModelForSequenceClassification, (model) => model instanceof SequenceClassifier),
        texts,
        defaults,
      );
    case 'token-classification':
      return tokenClassificationPipeline(
        await modelOf(AutoModelForTokenClassification, (model) => model instanceof TokenClassifier),
        texts,
        defaults,
      );
    case 'question-answering':
      return questionAnsweringPipeline(
        await modelOf(AutoModelForQuestionAnswering, (model) => model instanceof QuestionAnswerer),
        texts,
        defaults,
      );
  }
}

const isRepository = (given: PreTrainedTokenizer | Repository): given is Repository =>
  'open' in given && 'has' in given;
