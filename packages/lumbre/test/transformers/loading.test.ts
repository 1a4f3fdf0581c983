import { describe, expect, test } from 'vitest';
import { memoryRepository, type StoredArray, writeSafetensors } from '../../src/hub/index.ts';
import { parseJson } from '../../src/hub/json.ts';
import { Generator, noGrad, tensor } from '../../src/index.ts';
import { Linear, QuantizedEmbedding, QuantizedLinear } from '../../src/nn/index.ts';
import {
  GPT2LMHeadModel,
  GPT2Model,
  gpt2Config,
  LlamaForCausalLM,
  llamaConfig,
  mistralConfig,
} from '../../src/transformers/causal/index.ts';
import type { JsonObject } from '../../src/transformers/config/pretrainedConfig.ts';
import type { LoadingReport } from '../../src/transformers/loading/loadWeights.ts';
import {
  type CausalCase,
  caseOf,
  cases,
  load,
  repositoryOf,
  rows,
  valuesOf,
  weightsOf,
  worst,
} from './causalCases.ts';

const gpt2 = caseOf('gpt2');
const llama = caseOf('llama');

const logitsOf = (model: { forward(ids: ReturnType<typeof rows>): ReturnType<typeof rows> }) =>
  noGrad(() => valuesOf(model.forward(rows('ids'))));

const renamed = (given: CausalCase, rename: (name: string) => string | null) =>
  weightsOf(given).flatMap(([name, array]): [string, StoredArray][] => {
    const other = rename(name);
    return other === null ? [] : [[other, array]];
  });

const zeros = (...shape: number[]): StoredArray => ({
  dtype: 'float32',
  shape,
  data: new Float32Array(shape.reduce((a, b) => a * b, 1)),
});

/** What is said of a checkpoint instead of a warning. */
async function reportOf(given: CausalCase, weights: readonly (readonly [string, StoredArray])[]) {
  let said: LoadingReport | undefined;
  const repository = repositoryOf(given, [...weights]);
  const model = await load(given, repository, { report: (report) => (said = report) });
  return { model, report: said as unknown as LoadingReport };
}

describe('names', () => {
  test('of the first GPT-2 have no prefix, and masks that nobody needs', async () => {
    const old = renamed(gpt2, (name) => name.replace('transformer.', ''));
    const masks = [0, 1].map((i) => [`h.${i}.attn.bias`, zeros(1, 1, 24, 24)] as const);
    const { model, report } = await reportOf(gpt2, [...old, ...masks]);
    expect(report).toEqual({ missing: [], unexpected: [] });
    expect(worst(logitsOf(model), gpt2.logits)).toBeLessThan(1e-4);
    model.dispose();
  });

  test('of a checkpoint with a head fit the model without, and say what was left out', async () => {
    const untied = caseOf('gpt2, untied, other sizes');
    let said: LoadingReport | undefined;
    const report = (given: LoadingReport) => {
      said = given;
    };
    const base = await GPT2Model.fromPretrained(repositoryOf(untied), { report });
    expect(said).toEqual({ missing: [], unexpected: ['lm_head.weight'] });
    const whole = await load(untied);
    const hidden = noGrad(() => base.forward(rows('ids')));
    const head = (whole as GPT2LMHeadModel).lm_head;
    expect(worst(valuesOf(noGrad(() => head.forward(hidden))), untied.logits)).toBeLessThan(1e-4);
    base.dispose();
    whole.dispose();
  });

  test('a head that is missing starts anew, as the generator says', async () => {
    const weights = renamed(llama, (name) => (name === 'lm_head.weight' ? null : name));
    const first = await reportOf(llama, weights);
    expect(first.report).toEqual({ missing: ['lm_head.weight'], unexpected: [] });
    const { weight } = (first.model as LlamaForCausalLM).lm_head;
    const values = valuesOf(weight);
    expect(values.some((x) => x !== 0)).toBe(true);
    const std = Math.hypot(...values) / Math.sqrt(values.length);
    expect(std).toBeGreaterThan(0.017);
    expect(std).toBeLessThan(0.023);
    first.model.dispose();
  });

  test('a tied head that a file has too is not asked; where it alone is there, it is', async () => {
    const tied = caseOf('llama, tied, as many heads of keys');
    const both = await reportOf(tied, [...weightsOf(tied), ['lm_head.weight', zeros(37, 32)]]);
    expect(both.report).toEqual({ missing: [], unexpected: [] });
    expect(worst(logitsOf(both.model), tied.logits)).toBeLessThan(1e-4);
    both.model.dispose();
    const alone = renamed(tied, (name) => (name === 'model.embed_tokens.weight' ? 'lm_head.weight' : name));
    const head = await reportOf(tied, alone);
    expect(worst(logitsOf(head.model), tied.logits)).toBeLessThan(1e-4);
    head.model.dispose();
  });
});

describe('what does not fit is an error', () => {
  const attempt = (given: CausalCase, weights: (readonly [string, StoredArray])[]) =>
    load(given, repositoryOf(given, weights), { report: () => {} });

  test('a weight of the body that is missing', async () => {
    const weights = renamed(gpt2, (name) => (name.endsWith('h.1.ln_2.bias') ? null : name));
    await expect(attempt(gpt2, weights)).rejects.toThrow(
      'lacks 1 weights of the model: transformer.h.1.ln_2.bias',
    );
  });

  test('a shape, whichever way a matrix lies', async () => {
    const weights = weightsOf(gpt2).map(([name, array]) =>
      name.endsWith('h.0.mlp.c_fc.weight') ? ([name, zeros(128, 32)] as const) : ([name, array] as const),
    );
    await expect(attempt(gpt2, weights)).rejects.toThrow(
      /h\.0\.mlp\.c_fc\.weight: the file has float32\[32, 128\]/,
    );
  });

  test('integers for floats', async () => {
    const weights = weightsOf(gpt2).map(([name, array]) =>
      name.endsWith('ln_f.bias')
        ? ([name, { dtype: 'int32', shape: [32], data: new Int32Array(32) }] as const)
        : ([name, array] as const),
    );
    await expect(attempt(gpt2, weights)).rejects.toThrow('ln_f.bias: the file has int32[32]');
  });

  test('a checkpoint of something else', async () => {
    await expect(attempt(gpt2, [['other.weight', zeros(3)]])).rejects.toThrow('none of the weights');
  });

  test('another family', async () => {
    await expect(LlamaForCausalLM.fromPretrained(repositoryOf(gpt2))).rejects.toThrow(
      'model_type is "gpt2", expected llama',
    );
  });

  test('sizes that no memory has, before any is taken', async () => {
    const large = {
      ...(llama.config as object),
      hidden_size: 2 ** 15,
      intermediate_size: 2 ** 16,
      num_hidden_layers: 64,
    };
    const open = (config: object) =>
      LlamaForCausalLM.fromPretrained(
        memoryRepository([
          ['config.json', JSON.stringify({ ...config, head_dim: 8 })],
          ['model.safetensors', writeSafetensors(weightsOf(llama))],
        ]),
      );
    await expect(open(large)).rejects.toThrow(/weights take \d+\.\d GiB, and there are/);
    await expect(open({ ...large, vocab_size: 2 ** 24 })).rejects.toThrow('fit in a tensor');
    const settings = { hiddenSize: 2 ** 15, intermediateSize: 2 ** 16, numHiddenLayers: 64 };
    expect(() => LlamaForCausalLM.fromConfig(settings)).toThrow(/GiB/);
  });
});

describe('weights in fewer bits', () => {
  /** How near logits are to those of 32 bits, as a part of their size. */
  const near = (given: CausalCase, logits: ArrayLike<number>) =>
    worst(logits, given.logits) / Math.max(...given.logits.map(Math.abs));

  test.each([
    ['float16', 2e-3],
    ['bfloat16', 4e-2],
    ['int8', 5e-2],
  ] as const)('%s: logits are near, and float32', async (dtype, tolerance) => {
    for (const given of [gpt2, llama, caseOf('qwen2'), caseOf('gpt_neo, a window of 4')]) {
      const model = await load(given, undefined, { dtype });
      const logits = noGrad(() => model.forward(rows('ids')));
      expect(logits.dtype).toBe('float32');
      const far = near(given, valuesOf(logits));
      expect(far).toBeLessThan(tolerance);
      expect(far).toBeGreaterThan(1e-6);
      expect(model.dtype).toBe(dtype === 'int8' ? 'float32' : dtype);
      model.dispose();
    }
  });

  test('files in 16 bits become what is asked for', async () => {
    const halves = weightsOf(gpt2).map(([name, array]): [string, StoredArray] => [
      name,
      { ...array, dtype: 'bfloat16' },
    ]);
    const model = await load(gpt2, repositoryOf(gpt2, halves));
    expect(model.dtype).toBe('float32');
    expect(near(gpt2, logitsOf(model))).toBeLessThan(4e-2);
    model.dispose();
  });

  test('int8 takes linear layers and the embedding of tokens, once where they are tied, and nothing else', async () => {
    const model = (await load(gpt2, undefined, { dtype: 'int8' })) as GPT2LMHeadModel;
    const { wte, wpe, h } = model.transformer;
    const head: unknown = model.lm_head;
    expect(wte).toBeInstanceOf(QuantizedEmbedding);
    expect(head).toBeInstanceOf(QuantizedLinear);
    expect((head as QuantizedLinear).values).toBe((wte as unknown as QuantizedEmbedding).values);
    expect(wpe.weight.dtype).toBe('float32');
    for (const [, module] of model.namedModules()) expect(module).not.toBeInstanceOf(Linear);
    expect(h[0]?.attn.c_attn.bias?.dtype).toBe('float32');
    model.dispose();
  });
});

describe('configurations', () => {
  test.each(cases)('%s: is written as it was read', (_, { class: name, config }) => {
    const kind = (
      { GPT2LMHeadModel, LlamaForCausalLM } as unknown as Record<string, { configKind: typeof llamaConfig }>
    )[name]?.configKind;
    if (!kind) return;
    const json = parseJson(JSON.stringify(config)) as JsonObject;
    const read = kind.fromJson(json);
    const again = kind.fromJson(kind.toJson(read));
    expect({ ...again, extra: null }).toEqual({ ...read, extra: null });
    expect(again.extra.get('id2label')).toEqual(
      new Map([
        ['0', 'LABEL_0'],
        ['1', 'LABEL_1'],
      ]),
    );
  });

  test('older ways of saying the same', () => {
    const read = (fields: object) => llamaConfig.fromJson(parseJson(JSON.stringify(fields)) as JsonObject);
    const old = read({ rope_theta: 500, rope_scaling: { type: 'linear', factor: 2 } });
    expect(old.ropeTheta).toBe(500);
    expect(old.ropeScaling).toEqual({ ropeType: 'linear', factor: 2 });
    expect(read({ rope_scaling: null }).ropeScaling).toBeNull();
    const newer = read({ rope_parameters: { rope_type: 'default', rope_theta: 7 } });
    expect([newer.ropeTheta, newer.ropeScaling]).toEqual([7, null]);
    const written = llamaConfig.toJson(old);
    expect(written.get('rope_scaling')).toEqual(
      new Map<string, unknown>([
        ['rope_type', 'linear'],
        ['factor', 2],
      ]),
    );
    expect(written.has('sliding_window')).toBe(false);
    expect(mistralConfig.toJson(mistralConfig.complete({})).get('sliding_window')).toBe(4096);
  });

  test.each([
    [{ hidden_size: 30, num_attention_heads: 4 }, 'hidden_size 30 does not divide into 4'],
    [{ num_key_value_heads: 3 }, 'num_key_value_heads 3 does not divide num_attention_heads 32'],
    [{ head_dim: 7 }, 'heads are 7 wide'],
    [{ num_hidden_layers: 1e9 }, 'num_hidden_layers is 1000000000'],
    [{ num_hidden_layers: '2' }, 'num_hidden_layers is "2"'],
    [{ hidden_act: '__proto__' }, 'hidden_act is "__proto__"'],
    [{ rope_scaling: { rope_type: 'longrope', factor: 2 } }, 'rope_scaling.ropeType'],
    [{ rope_parameters: { rope_type: 'linear', factor: -1 } }, 'rope_scaling.factor is -1'],
    [{ rope_parameters: { partial_rotary_factor: 0.5 } }, 'partial_rotary_factor 0.5'],
    [{ vocab_size: null }, 'vocab_size is null'],
    [{ layer_types: ['full_attention'] }, 'layer_types has 1 entries for 32 layers'],
  ])('%j is refused by name', (fields, message) => {
    expect(() => llamaConfig.fromJson(parseJson(JSON.stringify(fields)) as JsonObject)).toThrow(message);
  });

  test('settings of a user are checked too', () => {
    expect(() => gpt2Config.complete({ nEmbd: 10, nHead: 3 })).toThrow('n_embd 10 does not divide into 3');
    expect(() => gpt2Config.complete({ layers: 3 } as object)).toThrow('unknown settings layers');
    expect(() => gpt2Config.complete({ nLayer: 0 })).toThrow('nLayer is 0');
  });

  test('settings of a call count instead of those of the file', async () => {
    const model = await GPT2LMHeadModel.fromPretrained(repositoryOf(gpt2), { config: { residPdrop: 0.25 } });
    expect(model.config.residPdrop).toBe(0.25);
    expect(model.training).toBe(false);
    model.dispose();
  });
});

test('a new model starts as transformers would start it', () => {
  const make = () =>
    GPT2LMHeadModel.fromConfig(
      { vocabSize: 50, nPositions: 16, nEmbd: 64, nLayer: 2, nHead: 2 },
      { generator: new Generator(5) },
    );
  const [model, again] = [make(), make()];
  const std = (values: ArrayLike<number>) =>
    Math.sqrt(Array.from(values).reduce((sum, x) => sum + x * x, 0) / values.length);
  const [block] = model.transformer.h;
  expect(std(valuesOf(block?.mlp.c_fc.weight as never))).toBeCloseTo(0.02, 3);
  expect(std(valuesOf(block?.mlp.c_proj.weight as never))).toBeCloseTo(0.01, 3);
  expect(std(valuesOf(block?.mlp.c_fc.bias as never))).toBe(0);
  expect(model.lm_head.weight).toBe(model.transformer.wte.weight);
  const ids = tensor([[1, 2, 3]], { dtype: 'int32' });
  model.eval();
  again.eval();
  expect(valuesOf(model.forward(ids))).toEqual(valuesOf(again.forward(ids)));
  model.dispose();
  again.dispose();
});
