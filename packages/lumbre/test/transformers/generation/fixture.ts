import type { Tensor } from '../../../src/index.ts';
import type { CausalModel } from '../../../src/transformers/causal/causalModel.ts';
import { GPT2LMHeadModel } from '../../../src/transformers/causal/gpt2.ts';
import { LlamaForCausalLM } from '../../../src/transformers/causal/llama.ts';
import type {
  GenerateOutput,
  GenerationSettings,
  TextTokenizer,
} from '../../../src/transformers/generation/index.ts';
import fixture from '../../fixtures/transformers/generation.json' with { type: 'json' };
import { fillWeights } from '../../fixtures/transformers/generationModels.ts';

export type ModelName = 'gpt2' | 'llama';

export interface Generated {
  readonly model: ModelName;
  readonly inputIds: number[][];
  readonly options: GenerationSettings & { readonly attentionMask?: number[][] };
  readonly sequences: number[][];
  readonly lastScores: { readonly sum: number; readonly finite: number };
  readonly sequencesScores?: number[];
  readonly beamIndices?: number[][];
}

export const generated = fixture.generated as unknown as Generated[];

const utf8 = new TextDecoder();

/** A tokenizer whose tokens are bytes: parts of words and of characters. */
export const tinyTokenizer: TextTokenizer = {
  decode: (ids) =>
    utf8.decode(Uint8Array.from(Array.from(ids, (id) => fixture.inputs.pieces[id] ?? []).flat())),
};

/** After which tokens texts end that a stop string ends. */
export const stopping: readonly {
  readonly stopStrings: string[];
  readonly tokens: number[];
  readonly ends: number[];
}[] = fixture.stopping;

/** The values of a tensor `[rows, columns]`. */
export function rowsOf(values: Tensor): number[][] {
  const columns = values.shape[1] as number;
  const flat = values.dataSync();
  return Array.from({ length: values.shape[0] as number }, (_, i) => [
    ...flat.subarray(i * columns, (i + 1) * columns),
  ]);
}

export function disposeOutput({
  sequences,
  scores,
  logits,
  sequencesScores,
  beamIndices,
}: GenerateOutput): void {
  for (const used of [sequences, sequencesScores, beamIndices, ...(scores ?? []), ...(logits ?? [])]) {
    used?.dispose();
  }
}

/** One of the fixture's two models, with its weights. */
export function tinyModel(name: ModelName): CausalModel {
  const { bosTokenId, padTokenId } = fixture.inputs.special;
  const special = { bosTokenId, padTokenId, eosTokenId: fixture.inputs.eosTokenId[name] };
  const model = name === 'gpt2' ? gpt2(special) : llama(special);
  fillWeights(model);
  return model;
}

interface Special {
  readonly bosTokenId: number;
  readonly padTokenId: number;
  readonly eosTokenId: number;
}

function gpt2(special: Special): CausalModel {
  const { vocab_size, n_positions, n_embd, n_layer, n_head } = fixture.inputs.configs.gpt2;
  return new GPT2LMHeadModel({
    ...special,
    vocabSize: vocab_size,
    nPositions: n_positions,
    nEmbd: n_embd,
    nLayer: n_layer,
    nHead: n_head,
  });
}

function llama(special: Special): CausalModel {
  const config = fixture.inputs.configs.llama;
  return new LlamaForCausalLM({
    ...special,
    vocabSize: config.vocab_size,
    hiddenSize: config.hidden_size,
    intermediateSize: config.intermediate_size,
    numHiddenLayers: config.num_hidden_layers,
    numAttentionHeads: config.num_attention_heads,
    numKeyValueHeads: config.num_key_value_heads,
    maxPositionEmbeddings: config.max_position_embeddings,
    tieWordEmbeddings: config.tie_word_embeddings,
  });
}
