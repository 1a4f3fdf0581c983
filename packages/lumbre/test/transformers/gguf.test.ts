import { describe, expect, test } from 'vitest';
import { memoryRepository, type StoredArray } from '../../src/hub/index.ts';
import { noGrad } from '../../src/index.ts';
import { LlamaForCausalLM } from '../../src/transformers/causal/index.ts';
import { transposed } from '../../src/transformers/loading/loadWeights.ts';
import { type CausalCase, caseOf, load, rows, valuesOf, weightsOf, worst } from './causalCases.ts';
import { permuted, writeGguf } from './ggufWriter.ts';

/** What llama.cpp calls the tensors of a family, and how it turns some of them. */
const names: readonly (readonly [RegExp, string])[] = [
  [/^model\.embed_tokens|^transformer\.wte/, 'token_embd'],
  [/^transformer\.wpe/, 'position_embd'],
  [/^model\.norm|^transformer\.ln_f/, 'output_norm'],
  [/^lm_head/, 'output'],
  [/^(model\.layers|transformer\.h)\.(\d+)\./, 'blk.$2.'],
  [/self_attn\.o_proj|attn\.c_proj/, 'attn_output'],
  [/self_attn\.(.)_proj/, 'attn_$1'],
  [/mlp\.(gate|up|down)_proj/, 'ffn_$1'],
  [/input_layernorm|ln_1/, 'attn_norm'],
  [/post_attention_layernorm|ln_2/, 'ffn_norm'],
  [/attn\.c_attn/, 'attn_qkv'],
  [/mlp\.c_fc/, 'ffn_up'],
  [/mlp\.c_proj/, 'ffn_down'],
];

const ggufName = (name: string): string => names.reduce((so, [from, to]) => so.replace(from, to), name);

const llamaValues = (type: string, given: CausalCase) => {
  const config = given.config as Readonly<Record<string, number>>;
  return {
    'general.architecture': type,
    [`${type}.embedding_length`]: config.hidden_size as number,
    [`${type}.feed_forward_length`]: config.intermediate_size as number,
    [`${type}.block_count`]: config.num_hidden_layers as number,
    [`${type}.attention.head_count`]: config.num_attention_heads as number,
    [`${type}.attention.head_count_kv`]: config.num_key_value_heads as number,
    [`${type}.context_length`]: config.max_position_embeddings as number,
    [`${type}.attention.layer_norm_rms_epsilon`]: { float: 1e-6 },
    'tokenizer.ggml.eos_token_id': 2,
  };
};

const llamaFile = (type: string, given: CausalCase, rotated: boolean) =>
  writeGguf(
    llamaValues(type, given),
    weightsOf(given).map(([name, array]): [string, StoredArray] => {
      const heads = name.includes('q_proj') ? 4 : name.includes('k_proj') ? 2 : 0;
      return [ggufName(name), rotated && heads > 0 ? permuted(array, heads) : array];
    }),
  );

const logitsOf = (model: Awaited<ReturnType<typeof load>>) =>
  noGrad(() => valuesOf(model.forward(rows('ids'))));

describe('a GGUF file alone is a model', () => {
  test('of llama, with its rows put back', async () => {
    const given = caseOf('llama');
    const repository = memoryRepository([['tiny.gguf', llamaFile('llama', given, true)]]);
    const model = await load(given, repository);
    expect(worst(logitsOf(model), given.logits)).toBeLessThan(1e-4);
    expect((model as LlamaForCausalLM).config.eosTokenId).toBe(2);
    model.dispose();
  });

  test('of qwen2, tied, with biases, found by what it says that it is', async () => {
    const given = caseOf('qwen2');
    const repository = memoryRepository([['q.gguf', llamaFile('qwen2', given, false)]]);
    const model = await load(given, repository, { dtype: 'int8' });
    const scale = Math.max(...given.logits.map(Math.abs));
    expect(worst(logitsOf(model), given.logits)).toBeLessThan(0.05 * scale);
    model.dispose();
  });

  test('of gpt2', async () => {
    const given = caseOf('gpt2');
    const values = {
      'general.architecture': 'gpt2',
      'gpt2.embedding_length': 32,
      'gpt2.feed_forward_length': 128,
      'gpt2.block_count': 2,
      'gpt2.attention.head_count': 4,
      'gpt2.context_length': 24,
      'gpt2.attention.layer_norm_epsilon': { float: 1e-5 },
    };
    const turned = /c_(attn|fc|proj)\.weight/;
    const tensors = weightsOf(given).map(([name, array]): [string, StoredArray] => [
      ggufName(name),
      turned.test(name) ? transposed(array) : array,
    ]);
    const model = await load(given, memoryRepository([['g.gguf', writeGguf(values, tensors)]]));
    expect(worst(logitsOf(model), given.logits)).toBeLessThan(1e-4);
    model.dispose();
  });

  test('is chosen by name where there are several, beside a config.json', async () => {
    const given = caseOf('llama');
    const repository = memoryRepository([
      ['config.json', '{"model_type": "gpt2"}'],
      ['a.gguf', llamaFile('llama', given, true)],
      ['b.gguf', new Uint8Array(10)],
    ]);
    const model = await LlamaForCausalLM.fromPretrained(repository, { file: 'a.gguf' });
    expect(worst(logitsOf(model), given.logits)).toBeLessThan(1e-4);
    model.dispose();
    await expect(LlamaForCausalLM.fromPretrained(repository, { file: 'b.gguf' })).rejects.toThrow();
  });

  test('a repository without either says what is missing', async () => {
    await expect(
      LlamaForCausalLM.fromPretrained(memoryRepository([['model.safetensors', '']])),
    ).rejects.toThrow('config.json');
  });
});
