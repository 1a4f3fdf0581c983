import { type GgufFile, openGguf } from './ggufFile.ts';
import { GgufError, type GgufValue } from './ggufHeader.ts';
import type { Json } from './json.ts';
import type { RandomAccessFile } from './randomAccess.ts';
import type { StoredArray, StoredFloatOptions } from './storedArray.ts';
import { gatherStrided } from './strided.ts';
import type { WeightFile } from './weightFile.ts';

/** How the tensors of a family are called by llama.cpp and by Hugging Face, and what is done to them on the way. */
interface Family {
  /** Hugging Face's name for the model, and its class. */
  readonly modelType: string;
  readonly architecture: string;
  readonly names: Readonly<Record<string, string>>;
  /** Names within a layer. */
  readonly layer: string;
  readonly layerNames: Readonly<Record<string, string>>;
  /** Whether rows of queries and keys were put in the order that llama.cpp rotates them in. */
  readonly rotated: boolean;
  /** Weights that Hugging Face keeps the other way round. */
  readonly transposed: readonly string[];
  readonly config: (file: GgufFile, get: Getter) => [string, Json | undefined][];
}

/** A value of the file by its name within the architecture: `block_count`. */
type Getter = (name: string) => GgufValue | undefined;

const number = (value: GgufValue | undefined): number | undefined =>
  typeof value === 'number' ? value : undefined;

const llamaNames = {
  'token_embd.weight': 'model.embed_tokens.weight',
  'output_norm.weight': 'model.norm.weight',
  'output.weight': 'lm_head.weight',
};
const llamaLayerNames = {
  attn_norm: 'input_layernorm',
  ffn_norm: 'post_attention_layernorm',
  attn_q: 'self_attn.q_proj',
  attn_k: 'self_attn.k_proj',
  attn_v: 'self_attn.v_proj',
  attn_output: 'self_attn.o_proj',
  attn_q_norm: 'self_attn.q_norm',
  attn_k_norm: 'self_attn.k_norm',
  ffn_gate: 'mlp.gate_proj',
  ffn_up: 'mlp.up_proj',
  ffn_down: 'mlp.down_proj',
};

function llamaConfig(file: GgufFile, get: Getter): [string, Json | undefined][] {
  const scaling = get('rope.scaling.type');
  const factor = number(get('rope.scaling.factor'));
  const rope: Json | undefined =
    typeof scaling === 'string' && scaling !== 'none' && factor !== undefined
      ? new Map<string, Json>([
          ['rope_type', scaling],
          ['factor', factor],
        ])
      : undefined;
  return [
    ['hidden_size', number(get('embedding_length'))],
    ['intermediate_size', number(get('feed_forward_length'))],
    ['num_hidden_layers', number(get('block_count'))],
    ['num_attention_heads', number(get('attention.head_count'))],
    ['num_key_value_heads', number(get('attention.head_count_kv') ?? get('attention.head_count'))],
    ['head_dim', number(get('attention.key_length'))],
    ['max_position_embeddings', number(get('context_length'))],
    ['rms_norm_eps', number(get('attention.layer_norm_rms_epsilon'))],
    ['rope_theta', number(get('rope.freq_base')) ?? 10000],
    ['rope_scaling', rope],
    ['sliding_window', number(get('attention.sliding_window'))],
    ['hidden_act', 'silu'],
    ['tie_word_embeddings', !file.tensors.has('output.weight')],
  ];
}

const llama: Family = {
  modelType: 'llama',
  architecture: 'LlamaForCausalLM',
  names: llamaNames,
  layer: 'model.layers',
  layerNames: llamaLayerNames,
  rotated: true,
  transposed: [],
  config: llamaConfig,
};

const families: Readonly<Record<string, Family>> = {
  llama,
  mistral: { ...llama, modelType: 'mistral', architecture: 'MistralForCausalLM' },
  qwen2: { ...llama, modelType: 'qwen2', architecture: 'Qwen2ForCausalLM', rotated: false },
  qwen3: { ...llama, modelType: 'qwen3', architecture: 'Qwen3ForCausalLM', rotated: false },
  gpt2: {
    modelType: 'gpt2',
    architecture: 'GPT2LMHeadModel',
    names: {
      'token_embd.weight': 'transformer.wte.weight',
      'position_embd.weight': 'transformer.wpe.weight',
      'output_norm.weight': 'transformer.ln_f.weight',
      'output_norm.bias': 'transformer.ln_f.bias',
      'output.weight': 'lm_head.weight',
    },
    layer: 'transformer.h',
    layerNames: {
      attn_norm: 'ln_1',
      attn_qkv: 'attn.c_attn',
      attn_output: 'attn.c_proj',
      ffn_norm: 'ln_2',
      ffn_up: 'mlp.c_fc',
      ffn_down: 'mlp.c_proj',
    },
    rotated: false,
    transposed: ['attn_qkv.weight', 'attn_output.weight', 'ffn_up.weight', 'ffn_down.weight'],
    config: (file, get) => [
      ['n_embd', number(get('embedding_length'))],
      ['n_inner', number(get('feed_forward_length'))],
      ['n_layer', number(get('block_count'))],
      ['n_head', number(get('attention.head_count'))],
      ['n_positions', number(get('context_length'))],
      ['layer_norm_epsilon', number(get('attention.layer_norm_epsilon'))],
      ['tie_word_embeddings', !file.tensors.has('output.weight')],
    ],
  },
};

/** Tables that are computed from the configuration again. */
const unused = new Set(['rope_freqs.weight']);

function familyOf({ values }: GgufFile): readonly [name: string, family: Family] {
  const name = values.get('general.architecture');
  if (typeof name === 'string' && Object.hasOwn(families, name)) return [name, families[name] as Family];
  throw new GgufError(
    `gguf: this is a model of the architecture ${JSON.stringify(String(name).slice(0, 80))}, which is not known here; known are ` +
      `${Object.keys(families).join(', ')}. Its tensors can be read under their own names with openGguf.`,
  );
}

const layerPattern = /^blk\.(\d{1,5})\.([a-z_]+)\.(weight|bias)$/;

/** Hugging Face's name of a tensor; undefined for what it does not have. */
function translated(name: string, { names, layer, layerNames }: Family): string | undefined {
  if (Object.hasOwn(names, name)) return names[name];
  const [, number, part = '', kind] = layerPattern.exec(name) ?? [];
  return Object.hasOwn(layerNames, part) ? `${layer}.${number}.${layerNames[part]}.${kind}` : undefined;
}

/**
 * Rows of queries or keys from llama.cpp's order, in which the two halves that are rotated together alternate, to Hugging
 * Face's, in which one half of each head follows the other.
 */
function unrotated({ dtype, shape, data }: StoredArray, heads: number, name: string): StoredArray {
  const [rows = 0, width = 1] = shape;
  const half = rows / heads / 2;
  if (!(Number.isInteger(heads) && heads > 0 && Number.isInteger(half))) {
    throw new GgufError(`gguf: ${name} has ${rows} rows, which are not ${heads} heads of an even size.`);
  }
  const out = data.slice();
  for (let head = 0; head < heads; head++) {
    for (let part = 0; part < 2; part++) {
      for (let i = 0; i < half; i++) {
        const from = (head * half * 2 + i * 2 + part) * width;
        out.set(data.subarray(from, from + width), (head * half * 2 + part * half + i) * width);
      }
    }
  }
  return { dtype, shape, data: out };
}

function transposed({ dtype, shape, data }: StoredArray): StoredArray {
  const [rows = 1, columns = 1] = shape;
  return { dtype, shape: [columns, rows], data: gatherStrided(data, [columns, rows], [1, columns]) };
}

/**
 * Opens a GGUF file of a language model (llama, and what is built like it, and gpt2) with Hugging Face's names, shapes and
 * order of rows. What Hugging Face does not keep is left out.
 * @throws GgufError for a damaged file, and for other architectures
 */
export async function openGgufModel(
  file: RandomAccessFile,
  options: StoredFloatOptions = {},
): Promise<WeightFile> {
  const gguf = await openGguf(file, options);
  const [, family] = familyOf(gguf);
  const get = getterOf(gguf);
  const heads = number(get('attention.head_count')) ?? 1;
  const keyHeads = number(get('attention.head_count_kv')) ?? heads;
  const names = new Map<string, string>();
  for (const name of gguf.tensors.keys()) {
    const own = translated(name, family);
    if (own !== undefined) names.set(name, own);
    else if (!unused.has(name)) {
      throw new GgufError(`gguf: the tensor ${JSON.stringify(name)} is none that a ${family.modelType} has.`);
    }
  }
  const restored = (name: string, array: StoredArray): StoredArray => {
    if (family.transposed.some((part) => name.endsWith(`.${part}`)) && array.shape.length === 2)
      return transposed(array);
    if (!family.rotated || !/\.attn_[qk]\.(weight|bias)$/.test(name)) return array;
    return unrotated(array, name.includes('.attn_q.') ? heads : keyHeads, name);
  };
  const turned = (name: string, shape: readonly number[]): readonly number[] =>
    family.transposed.some((part) => name.endsWith(`.${part}`)) ? [...shape].reverse() : shape;
  return {
    format: 'gguf',
    metadata: gguf.metadata,
    tensors: new Map(
      [...names].map(([name, own]) => {
        const info = gguf.tensors.get(name) as NonNullable<ReturnType<typeof gguf.tensors.get>>;
        return [own, { ...info, shape: turned(name, info.shape) }];
      }),
    ),
    async *read(wanted = () => true) {
      const isWanted = (name: string): boolean => {
        const own = names.get(name);
        return own !== undefined && wanted(own);
      };
      for await (const [name, array] of gguf.read(isWanted)) {
        yield [names.get(name) as string, restored(name, array)] as const;
      }
    },
    close: () => gguf.close(),
  };
}

function getterOf(file: GgufFile): Getter {
  const architecture = file.values.get('general.architecture');
  return (name) => file.values.get(`${architecture}.${name}`);
}

/** The model's configuration as its `config.json` would have it: what `repository.json('config.json')` gives elsewhere. */
export function ggufConfig(file: GgufFile): Map<string, Json> {
  const [, family] = familyOf(file);
  const get = getterOf(file);
  const tokens = file.values.get('tokenizer.ggml.tokens');
  const embedding = file.tensors.get('token_embd.weight');
  const entries: [string, Json | undefined][] = [
    ['model_type', family.modelType],
    ['architectures', [family.architecture]],
    ['vocab_size', embedding?.shape[0] ?? (Array.isArray(tokens) ? tokens.length : undefined)],
    ...family.config(file, get),
    ['bos_token_id', number(file.values.get('tokenizer.ggml.bos_token_id'))],
    ['eos_token_id', number(file.values.get('tokenizer.ggml.eos_token_id'))],
    ['pad_token_id', number(file.values.get('tokenizer.ggml.padding_token_id'))],
  ];
  return new Map(entries.filter((entry): entry is [string, Json] => entry[1] !== undefined));
}

/** What a GGUF file says of its tokenizer, as it is there. */
export interface GgufTokenizer {
  /** `gpt2` for byte-level BPE, `llama` for SentencePiece. */
  readonly model: string;
  /** How texts are cut before: `llama-bpe`, `qwen2`, `gpt-2`. */
  readonly pre: string | undefined;
  readonly tokens: readonly string[];
  readonly scores: readonly number[] | undefined;
  /** 1 ordinary, 2 unknown, 3 control, 4 of the user, 6 a byte. */
  readonly tokenTypes: readonly number[] | undefined;
  /** Pairs with a space between. */
  readonly merges: readonly string[] | undefined;
  readonly bosTokenId: number | undefined;
  readonly eosTokenId: number | undefined;
  readonly unknownTokenId: number | undefined;
  readonly paddingTokenId: number | undefined;
  readonly addBosToken: boolean | undefined;
  readonly addEosToken: boolean | undefined;
  readonly chatTemplate: string | undefined;
}

/** The tokenizer in a GGUF file; undefined when there is none. @throws GgufError when it has no sense */
export function ggufTokenizer({ values }: GgufFile): GgufTokenizer | undefined {
  const get = (name: string): GgufValue | undefined => values.get(`tokenizer.ggml.${name}`);
  const model = get('model');
  const tokens = get('tokens');
  if (model === undefined && tokens === undefined) return undefined;
  const list = <T extends 'string' | 'number'>(name: string, type: T) => {
    const value = get(name);
    if (value === undefined) return undefined;
    if (Array.isArray(value) && (value.length === 0 || typeof value[0] === type)) {
      return value as readonly (T extends 'string' ? string : number)[];
    }
    throw new GgufError(`gguf: tokenizer.ggml.${name} is no list of ${type}s.`);
  };
  const flag = (name: string): boolean | undefined => {
    const value = get(name);
    return typeof value === 'boolean' ? value : undefined;
  };
  const text = (value: GgufValue | undefined): string | undefined =>
    typeof value === 'string' ? value : undefined;
  const all = list('tokens', 'string');
  if (typeof model !== 'string' || all === undefined) {
    throw new GgufError('gguf: the tokenizer lacks its model or its tokens.');
  }
  return {
    model,
    pre: text(get('pre')),
    tokens: all,
    scores: list('scores', 'number'),
    tokenTypes: list('token_type', 'number'),
    merges: list('merges', 'string'),
    bosTokenId: number(get('bos_token_id')),
    eosTokenId: number(get('eos_token_id')),
    unknownTokenId: number(get('unknown_token_id')),
    paddingTokenId: number(get('padding_token_id')),
    addBosToken: flag('add_bos_token'),
    addEosToken: flag('add_eos_token'),
    chatTemplate: text(values.get('tokenizer.chat_template')),
  };
}
