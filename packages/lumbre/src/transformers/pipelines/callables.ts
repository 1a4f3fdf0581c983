import type { Tensor } from '../../tensor/tensor.ts';
import type { PreTrainedTokenizer } from '../../tokenizers/index.ts';
import type { BaseModel } from '../auto/modelTables.ts';
import type { CausalModel } from '../causal/causalModel.ts';
import type {
  MaskedLanguageModel,
  QuestionAnswerer,
  SequenceClassifier,
  TokenClassifier,
} from '../encoders/index.ts';
import type { PreTrainedModel } from '../preTrainedModel.ts';
import type { TokenEntity } from './entities.ts';
import {
  extractFeatures,
  type FeatureExtractionOptions,
  featureLists,
  featureTensor,
} from './featureExtraction.ts';
import { type Filling, type FillMaskOptions, fillMasks } from './fillMask.ts';
import type { PipelineTokenizer } from './pipelineTokenizer.ts';
import {
  type Answer,
  answerQuestions,
  type Question,
  type QuestionAnsweringOptions,
} from './questionAnswering.ts';
import {
  type Classification,
  classifyTexts,
  type TextClassificationOptions,
  type TextPair,
} from './textClassification.ts';
import {
  type Chat,
  type GeneratedChat,
  type GeneratedText,
  type TextGenerationOptions,
  writeTexts,
} from './textGeneration.ts';
import { classifyTokens, type TokenClassificationOptions } from './tokenClassification.ts';

/** Pipelines as functions: what they are called with decides what they give, as in transformers. */

/** What every pipeline has besides being callable. */
export interface PipelineParts<Model extends PreTrainedModel = PreTrainedModel> {
  readonly task: string;
  readonly model: Model;
  /** Gives back the memory of the model; the pipeline is of no use afterwards. */
  dispose(): void;
}

export interface FillMaskPipeline extends PipelineParts<MaskedLanguageModel> {
  /**
   * What could stand in the gap of a text, best first. A text with several gaps gives a list for each, in order: say so with
   * `fill<Filling[][]>(text)`.
   * @throws RangeError for a text without a gap, or one that is too long
   */
  <Result extends Filling[] | Filling[][] = Filling[]>(
    text: string,
    options?: FillMaskOptions,
  ): Promise<Result>;
  <Result extends Filling[] | Filling[][] = Filling[]>(
    texts: readonly string[],
    options?: FillMaskOptions,
  ): Promise<Result[]>;
}

export interface TextClassificationPipeline extends PipelineParts<SequenceClassifier> {
  /** The label of a text, in a list; the best `topK` of them, or with null all, best first. */
  (text: string, options?: TextClassificationOptions): Promise<Classification[]>;
  /** Lists of labels, one a text. */
  (
    texts: readonly (string | TextPair)[],
    options: TextClassificationOptions & { readonly topK: number | null },
  ): Promise<Classification[][]>;
  /** The label of each text. */
  (
    texts: readonly (string | TextPair)[],
    options?: TextClassificationOptions & { readonly topK?: undefined },
  ): Promise<Classification[]>;
  /** The labels of two texts together. */
  (
    pair: TextPair,
    options: TextClassificationOptions & { readonly topK: number | null },
  ): Promise<Classification[]>;
  (
    pair: TextPair,
    options?: TextClassificationOptions & { readonly topK?: undefined },
  ): Promise<Classification>;
}

export interface TokenClassificationPipeline extends PipelineParts<TokenClassifier> {
  /** The labelled tokens of a text, or with an `aggregationStrategy` its entities. */
  (text: string, options?: TokenClassificationOptions): Promise<TokenEntity[]>;
  (texts: readonly string[], options?: TokenClassificationOptions): Promise<TokenEntity[][]>;
}

export interface QuestionAnsweringPipeline extends PipelineParts<QuestionAnswerer> {
  /** The best `topK` answers, best first; fewer where there are not as many. */
  (question: Question, options: QuestionAnsweringOptions & { readonly topK: number }): Promise<Answer[]>;
  /** The best answer. */
  (question: Question, options?: QuestionAnsweringOptions & { readonly topK?: undefined }): Promise<Answer>;
  (
    questions: readonly Question[],
    options: QuestionAnsweringOptions & { readonly topK: number },
  ): Promise<Answer[][]>;
  (
    questions: readonly Question[],
    options?: QuestionAnsweringOptions & { readonly topK?: undefined },
  ): Promise<Answer[]>;
}

type Pooled = FeatureExtractionOptions & { readonly pooling: 'mean' | 'cls' | 'last' };

export interface FeatureExtractionPipeline extends PipelineParts<BaseModel> {
  /** A tensor `[1, tokens, width]`, or with pooling `[width]`. Dispose of it when it is not needed any more. */
  (text: string, options: FeatureExtractionOptions & { readonly returnTensors: true }): Promise<Tensor>;
  (
    texts: readonly string[],
    options: FeatureExtractionOptions & { readonly returnTensors: true },
  ): Promise<Tensor[]>;
  /** A vector for a text. */
  (text: string, options: Pooled): Promise<number[]>;
  (texts: readonly string[], options: Pooled): Promise<number[][]>;
  /** Vectors for tokens, `[1][tokens][width]`. */
  (text: string, options?: FeatureExtractionOptions): Promise<number[][][]>;
  (texts: readonly string[], options?: FeatureExtractionOptions): Promise<number[][][][]>;
}

export interface TextGenerationPipeline extends PipelineParts<CausalModel> {
  /** What the model writes after a prompt: a list of as many texts as `numReturnSequences` says. */
  (prompt: string, options?: TextGenerationOptions): Promise<GeneratedText[]>;
  (prompts: readonly string[], options?: TextGenerationOptions): Promise<GeneratedText[][]>;
  /** The conversation with the model's answer. */
  (chat: Chat, options?: TextGenerationOptions): Promise<GeneratedChat[]>;
  (chats: readonly Chat[], options?: TextGenerationOptions): Promise<GeneratedChat[][]>;
}

const isList = <T>(input: T | readonly T[]): input is readonly T[] => Array.isArray(input);

/** A function with the parts of a pipeline. */
function callable<Pipeline extends PipelineParts>(
  task: string,
  model: Pipeline['model'],
  call: (input: never, options?: never) => Promise<unknown>,
): Pipeline {
  return Object.assign(call, { task, model, dispose: () => model.dispose() }) as unknown as Pipeline;
}

export const fillMaskPipeline = (
  model: MaskedLanguageModel,
  tokenizer: PipelineTokenizer,
  defaults: FillMaskOptions,
): FillMaskPipeline =>
  callable('fill-mask', model, async (input: string | readonly string[], options: FillMaskOptions = {}) => {
    const texts = isList(input) ? input : [input];
    const found = (await fillMasks(model, tokenizer, texts, { ...defaults, ...options })).map((gaps) =>
      gaps.length === 1 ? gaps[0] : gaps,
    );
    return isList(input) ? found : found[0];
  });

export const textClassificationPipeline = (
  model: SequenceClassifier,
  tokenizer: PipelineTokenizer,
  defaults: TextClassificationOptions,
): TextClassificationPipeline =>
  callable(
    'text-classification',
    model,
    async (
      input: string | TextPair | readonly (string | TextPair)[],
      options: TextClassificationOptions = {},
    ) => {
      const texts = isList(input) ? input : [input];
      const settings = { ...defaults, ...options };
      const found = await classifyTexts(model, tokenizer, texts, settings);
      const told = settings.topK === undefined ? found.map(([best]) => best) : found;
      if (isList(input)) return told;
      // A single text has a list in any case, as in transformers.
      return typeof input === 'string' && settings.topK === undefined ? told : told[0];
    },
  );

export const tokenClassificationPipeline = (
  model: TokenClassifier,
  tokenizer: PipelineTokenizer,
  defaults: TokenClassificationOptions,
): TokenClassificationPipeline =>
  callable(
    'token-classification',
    model,
    async (input: string | readonly string[], options: TokenClassificationOptions = {}) => {
      const texts = isList(input) ? input : [input];
      const found = await classifyTokens(model, tokenizer, texts, { ...defaults, ...options });
      return isList(input) ? found : found[0];
    },
  );

export const questionAnsweringPipeline = (
  model: QuestionAnswerer,
  tokenizer: PipelineTokenizer,
  defaults: QuestionAnsweringOptions,
): QuestionAnsweringPipeline =>
  callable(
    'question-answering',
    model,
    async (input: Question | readonly Question[], options: QuestionAnsweringOptions = {}) => {
      const questions = isList(input) ? input : [input];
      const settings = { ...defaults, ...options };
      const found = await answerQuestions(model, tokenizer, questions, settings);
      const told = settings.topK === undefined ? found.map(([best]) => best) : found;
      return isList(input) ? told : told[0];
    },
  );

export const featureExtractionPipeline = (
  model: BaseModel,
  tokenizer: PipelineTokenizer,
  defaults: FeatureExtractionOptions,
): FeatureExtractionPipeline =>
  callable(
    'feature-extraction',
    model,
    async (
      input: string | readonly string[],
      options: FeatureExtractionOptions & { readonly returnTensors?: boolean } = {},
    ) => {
      const texts = isList(input) ? input : [input];
      const { returnTensors = false, ...settings } = { ...defaults, ...options };
      const found = await extractFeatures(model, tokenizer, texts, settings);
      const told = found.map((one) => (returnTensors ? featureTensor(one, model.device) : featureLists(one)));
      return isList(input) ? told : told[0];
    },
  );

/** A conversation is a list too: of turns, which are objects. */
const isChat = (input: string | Chat | readonly (string | Chat)[]): input is Chat =>
  Array.isArray(input) && typeof input[0] === 'object' && !Array.isArray(input[0]);

export const textGenerationPipeline = (
  model: CausalModel,
  tokenizer: PreTrainedTokenizer,
  defaults: TextGenerationOptions,
): TextGenerationPipeline =>
  callable(
    'text-generation',
    model,
    async (input: string | Chat | readonly (string | Chat)[], options: TextGenerationOptions = {}) => {
      const isSingle = typeof input === 'string' || isChat(input);
      const prompts = isSingle ? [input] : (input as readonly (string | Chat)[]);
      const written = await writeTexts(model, tokenizer, prompts, { ...defaults, ...options });
      return isSingle ? written[0] : written;
    },
  );
