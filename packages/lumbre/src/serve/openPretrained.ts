import { openRepository, type Repository } from '../hub/index.ts';
import { Module } from '../nn/index.ts';
import { AutoTokenizer, type PreTrainedTokenizer } from '../tokenizers/index.ts';
import { AutoConfig, AutoModel, AutoModelForCausalLM } from '../transformers/auto/index.ts';
import { causalModels } from '../transformers/auto/modelTables.ts';
import type { CausalModel } from '../transformers/causal/causalModel.ts';
import {
  LocalEmbedder,
  LocalGenerator,
  pretrainedLocalTokenizer,
  TextEngine,
  Turns,
  type VectorModel,
} from '../transformers/endpoint/index.ts';
import { CachedSlots } from '../transformers/generation/index.ts';
import type { FromPretrainedOptions, PreTrainedClass } from '../transformers/loading/fromPretrained.ts';
import type { ServedModel, ServedModelOptions } from './servedModel.ts';

/**
 * A model of Hugging Face's, to be offered: one that writes, or an encoder that makes vectors.
 * @param source a name on the hub, a folder, an address or a repository
 * @throws as `fromPretrained`
 */
export async function openPretrained(
  source: string | Repository,
  name: string,
  { slots, queueLimit, ...options }: ServedModelOptions & FromPretrainedOptions,
): Promise<ServedModel> {
  const repository = await openRepository(source, options);
  const tokenizer = await AutoTokenizer.fromPretrained(repository, options);
  const { modelType } = await AutoConfig.fromPretrained(repository, options);
  if (!Object.hasOwn(causalModels, modelType)) {
    const model = (await AutoModel.fromPretrained(repository, options)) as VectorModel;
    return servedEncoder(model, tokenizer, name);
  }
  const model = await AutoModelForCausalLM.fromPretrained(repository, options);
  return servedWriter(model, tokenizer, name, { slots, queueLimit });
}

/** A model that writes, with its tokenizer; it is disposed of with what it is part of. */
export function servedWriter(
  model: CausalModel,
  tokenizer: PreTrainedTokenizer,
  name: string,
  { slots, queueLimit }: ServedModelOptions,
): ServedModel {
  const turns = new Turns();
  const decoder = new CachedSlots(model, slots);
  const engine = new TextEngine(decoder, { queueLimit, turns });
  const { generationConfig } = model;
  const generator = new LocalGenerator({
    name,
    engine,
    tokenizer: pretrainedLocalTokenizer(name, tokenizer),
    generationConfig,
  });
  const base = bodyOf(model);
  const embedder = new LocalEmbedder({
    name,
    model: base,
    maxTokens: model.maxPositions,
    encode: (text) => tokenizer.encode(text),
    turns,
  });
  return {
    name,
    generator,
    embedder,
    maxTokens: model.maxPositions,
    drain: () => engine.drain(),
    async close() {
      await engine.close();
      embedder.dispose();
      model.dispose();
    },
  };
}

/** All of a model but its head. */
function bodyOf(model: CausalModel): VectorModel {
  const { baseModelPrefix } = (model.constructor as unknown as PreTrainedClass<CausalModel>).layout;
  const body = (model as unknown as Record<string, unknown>)[baseModelPrefix];
  if (body instanceof Module) return body as unknown as VectorModel;
  throw new TypeError(`${model.constructor.name} has no ${baseModelPrefix}.`);
}

function servedEncoder(model: VectorModel, tokenizer: PreTrainedTokenizer, name: string): ServedModel {
  const { maxPositionEmbeddings, padTokenId } = model.config as {
    readonly maxPositionEmbeddings?: number;
    readonly padTokenId?: number | null;
  };
  // RoBERTa's first position stands behind that of padding.
  const skipped = /roberta|camembert/.test(model.config.modelType) ? (padTokenId ?? 1) + 1 : 0;
  const maxTokens = Math.min((maxPositionEmbeddings ?? 512) - skipped, tokenizer.modelMaxLength);
  const embedder = new LocalEmbedder({ name, model, maxTokens, encode: (text) => tokenizer.encode(text) });
  return {
    name,
    generator: null,
    embedder,
    maxTokens,
    drain: async () => {},
    async close() {
      embedder.dispose();
      model.dispose();
    },
  };
}
