import { z } from 'zod';
import type { Json } from '../../hub/json.ts';
import type { CompleteBertConfig } from '../../models/text/bertConfig.ts';
import { activationNames } from '../activations.ts';
import {
  type ConfigHooks,
  type ConfigOf,
  count,
  type DefinedConfig,
  defineConfig,
  type OptionsOf,
  positive,
  probability,
  size,
  tokenId,
} from '../config/defineConfig.ts';

/** What the encoders are configured with: transformers' names, in camelCase. */

export const problemTypes = [
  'regression',
  'single_label_classification',
  'multi_label_classification',
] as const;

/** What a classifier of texts learns. */
export type ProblemType = (typeof problemTypes)[number];

const MOST_LABELS = 2 ** 20;

/** The settings of all encoders, with the sizes of the first that was published of a family. */
const shared = (vocabSize: number, numHiddenLayers: number, padTokenId: number) => ({
  vocabSize: size().default(vocabSize),
  /** The width; numAttentionHeads divides it. */
  hiddenSize: size().default(768),
  numHiddenLayers: count().default(numHiddenLayers),
  numAttentionHeads: count().default(12),
  /** The width inside the layers' second half. */
  intermediateSize: size().default(3072),
  hiddenAct: z.enum(activationNames).default('gelu'),
  hiddenDropoutProb: probability().default(0.1),
  attentionProbsDropoutProb: probability().default(0.1),
  /** How many places there are. */
  maxPositionEmbeddings: size().default(512),
  /** The token that fills up rows. */
  padTokenId: tokenId().nullable().default(padTokenId),
  /** How many labels a classifier has; as many as `id2label` names, or 2. */
  numLabels: z.int().min(1).max(MOST_LABELS).default(2),
  /** What the labels are called, by their numbers; `LABEL_0`, `LABEL_1`, … unless given. */
  id2label: z.array(z.string()).readonly().default([]),
  /** What a classifier of texts learns; from the labels of its loss unless given. */
  problemType: z.enum(problemTypes).nullable().default(null),
});

const withSegments = (vocabSize: number, padTokenId: number) => ({
  ...shared(vocabSize, 12, padTokenId),
  /** How many kinds of segments there are. */
  typeVocabSize: size().default(2),
  layerNormEps: positive().default(1e-12),
  /** Before the layer that gives labels; hiddenDropoutProb unless given. */
  classifierDropout: probability().nullable().default(null),
});

const bertShape = withSegments(30_522, 0);
const robertaShape = withSegments(50_265, 1);
const distilBertShape = {
  ...shared(30_522, 6, 0),
  /** Before the ends of an answer are found. */
  qaDropout: probability().default(0.1),
  /** Before the layer that gives labels for whole texts. */
  seqClassifDropout: probability().default(0.2),
};

/** The families with RoBERTa's layers and names. */
export const robertaTypes = ['roberta', 'xlm-roberta', 'camembert'] as const;

export type BertConfig = ConfigOf<'bert', typeof bertShape>;
export type BertOptions = OptionsOf<typeof bertShape>;
export type RobertaConfig = ConfigOf<(typeof robertaTypes)[number], typeof robertaShape>;
export type RobertaOptions = OptionsOf<typeof robertaShape>;
export type DistilBertConfig = ConfigOf<'distilbert', typeof distilBertShape>;
export type DistilBertOptions = OptionsOf<typeof distilBertShape>;
/** What heads ask of the encoders' configurations. */
export type EncoderConfig = BertConfig | RobertaConfig | DistilBertConfig;

type AnyConfig = ConfigOf<string, ReturnType<typeof shared>>;

const checkShared = ({
  hiddenSize,
  numAttentionHeads,
  padTokenId,
  vocabSize,
  ...config
}: AnyConfig): string[] => [
  ...(hiddenSize % numAttentionHeads === 0
    ? []
    : [
        `a width of ${hiddenSize} does not divide into ${numAttentionHeads} equal heads; choose a multiple of the number of heads`,
      ]),
  ...(padTokenId === null || padTokenId < vocabSize
    ? []
    : [`pad_token_id ${padTokenId} is no id of a vocabulary of ${vocabSize}`]),
  ...(config.id2label.length === config.numLabels
    ? []
    : [
        `there are ${config.numLabels} labels, but id2label names ${config.id2label.length}; give one of the two`,
      ]),
];

/** `LABEL_0`, `LABEL_1`, … */
const numbered = (length: number): string[] => Array.from({ length }, (_, i) => `LABEL_${i}`);

/** The names of `{"0": "NEGATIVE", "1": "POSITIVE"}` in the order of their numbers; as it came if it is something else. */
function labelNames(id2label: Json): Json {
  if (!(id2label instanceof Map)) return id2label;
  const names = Array.from({ length: id2label.size }, (_, i) => id2label.get(String(i)));
  return names.every((name) => typeof name === 'string') ? (names as string[]) : id2label;
}

function readLabels(json: Map<string, Json>): void {
  const own = json.get('id2label');
  const isGiven = own !== undefined && own !== null && !(own instanceof Map && own.size === 0);
  const labels = isGiven ? labelNames(own) : undefined;
  const number = json.get('num_labels');
  // What the labels are called says how many there are; label2id says the same again.
  json.delete('label2id');
  const found = typeof number === 'number' && number >= 1 && number <= MOST_LABELS ? number : 2;
  json.set('id2label', labels ?? numbered(Math.trunc(found)));
  if (Array.isArray(labels)) json.set('num_labels', labels.length);
}

function writeLabels(json: Map<string, Json>, { id2label, problemType }: AnyConfig): void {
  json.delete('num_labels');
  json.set('id2label', new Map(id2label.map((name, id) => [String(id), name])));
  json.set('label2id', new Map(id2label.map((name, id) => [name, id])));
  if (problemType === null) json.delete('problem_type');
}

const hooks: ConfigHooks<AnyConfig> = { check: checkShared, read: readLabels, write: writeLabels };

interface LabelOptions {
  readonly numLabels?: number;
  readonly id2label?: readonly string[];
}

/** Names for as many labels as are asked for, or as many labels as have names. */
function labelsFor({ numLabels, id2label }: LabelOptions): LabelOptions {
  if (id2label && id2label.length > 0) return { id2label, numLabels: numLabels ?? id2label.length };
  const count = numLabels ?? 2;
  // A number that is none is refused when it is looked at.
  return {
    numLabels: count,
    id2label: count >= 1 && count <= MOST_LABELS ? numbered(Math.trunc(count)) : [],
  };
}

function withLabels<Type extends string, Shape extends ReturnType<typeof shared>>(
  kind: DefinedConfig<Type, Shape>,
): DefinedConfig<Type, Shape> {
  return {
    ...kind,
    complete: (options) => kind.complete({ ...options, ...labelsFor(options as LabelOptions) }),
  };
}

/** The settings of BERT, with the defaults of `bert-base-uncased`. */
export const bertConfig: DefinedConfig<'bert', typeof bertShape> = /* @__PURE__ */ withLabels(
  defineConfig(['bert'], bertShape, hooks),
);

/** The settings of RoBERTa, with the defaults of `roberta-base`; XLM-RoBERTa and CamemBERT have the same. */
export const robertaConfig: DefinedConfig<(typeof robertaTypes)[number], typeof robertaShape> =
  /* @__PURE__ */ withLabels(
    defineConfig(robertaTypes, robertaShape, {
      ...hooks,
      check: (config) => [
        ...checkShared(config),
        ...(config.maxPositionEmbeddings > (config.padTokenId ?? 1) + 1
          ? []
          : [
              `max_position_embeddings ${config.maxPositionEmbeddings} leaves no place for tokens, whose first is behind the ` +
                "padding's",
            ]),
      ],
    }),
  );

/** DistilBERT's own names for what the others have too. */
const distilBertNames = [
  ['dim', 'hidden_size'],
  ['n_layers', 'num_hidden_layers'],
  ['n_heads', 'num_attention_heads'],
  ['hidden_dim', 'intermediate_size'],
  ['activation', 'hidden_act'],
  ['dropout', 'hidden_dropout_prob'],
  ['attention_dropout', 'attention_probs_dropout_prob'],
] as const;

/** The settings of DistilBERT, with the defaults of `distilbert-base-uncased`. In the file it has names of its own. */
export const distilBertConfig: DefinedConfig<'distilbert', typeof distilBertShape> =
  /* @__PURE__ */ withLabels(
    defineConfig(['distilbert'], distilBertShape, {
      check: checkShared,
      read(json) {
        readLabels(json);
        for (const [own, common] of distilBertNames) {
          const value = json.get(own);
          json.delete(own);
          if (value !== undefined) json.set(common, value);
        }
      },
      write(json, config) {
        writeLabels(json, config);
        for (const [own, common] of distilBertNames) {
          const value = json.get(common);
          json.delete(common);
          if (value !== undefined) json.set(own, value);
        }
      },
    }),
  );

/** What DistilBERT's norms add to variances; it is in no file. */
export const DISTILBERT_NORM_EPS = 1e-12;

/** What BERT's layers are made from. */
export const layersConfig = (config: BertConfig | RobertaConfig, padTokenId: number): CompleteBertConfig => ({
  vocabSize: config.vocabSize,
  hiddenSize: config.hiddenSize,
  numHiddenLayers: config.numHiddenLayers,
  numAttentionHeads: config.numAttentionHeads,
  intermediateSize: config.intermediateSize,
  hiddenDropoutProb: config.hiddenDropoutProb,
  attentionProbsDropoutProb: config.attentionProbsDropoutProb,
  maxPositionEmbeddings: config.maxPositionEmbeddings,
  typeVocabSize: config.typeVocabSize,
  initializerRange: config.initializerRange,
  layerNormEps: config.layerNormEps,
  padTokenId,
});
