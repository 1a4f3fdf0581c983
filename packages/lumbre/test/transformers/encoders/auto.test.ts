import { expect, test } from 'vitest';
import {
  memoryRepository,
  type Repository,
  type StoredArray,
  writeSafetensors,
} from '../../../src/hub/index.ts';
import { scope, type Tensor } from '../../../src/index.ts';
import type { Module } from '../../../src/nn/index.ts';
import {
  AutoConfig,
  AutoModel,
  AutoModelForCausalLM,
  AutoModelForMaskedLM,
  AutoModelForSequenceClassification,
} from '../../../src/transformers/auto/index.ts';
import { jsonText } from '../../../src/transformers/config/jsonText.ts';
import {
  type BertConfig,
  BertForMaskedLM,
  BertForSequenceClassification,
  BertModel,
  DistilBertForMaskedLM,
  distilBertConfig,
  XLMRobertaModel,
} from '../../../src/transformers/encoders/index.ts';
import { fillByName, rows } from './support.ts';

const sizes = {
  vocab_size: 12,
  hidden_size: 8,
  num_hidden_layers: 1,
  num_attention_heads: 2,
  intermediate_size: 12,
  max_position_embeddings: 10,
};

const options = {
  vocabSize: 12,
  hiddenSize: 8,
  numHiddenLayers: 1,
  numAttentionHeads: 2,
  intermediateSize: 12,
  maxPositionEmbeddings: 10,
} as const;

/** The files of a model, with its weights under other names if asked for. */
function saved(
  config: object | string,
  model: Module,
  named: (name: string) => string = (name) => name,
): Repository {
  const weights = [...model.namedParameters()].map(([name, value]): [string, StoredArray] => [
    named(name),
    { dtype: value.dtype, shape: value.shape, data: value.dataSync() },
  ]);
  return memoryRepository([
    ['config.json', typeof config === 'string' ? config : JSON.stringify(config)],
    ['model.safetensors', writeSafetensors(weights)],
  ]);
}

const ids = () => rows([[2, 5, 7, 11, 3]]);

test('config.json says of which class a model is', async () => {
  const model = fillByName(new BertForMaskedLM(options)).eval();
  const opened = await AutoModelForMaskedLM.fromPretrained(saved({ model_type: 'bert', ...sizes }, model));
  scope(() => {
    expect(opened).toBeInstanceOf(BertForMaskedLM);
    expect(opened.training).toBe(false);
    const input = ids();
    expect([...opened.forward(input).logits.dataSync()]).toEqual([...model.forward(input).logits.dataSync()]);
  });
  for (const used of [model, opened]) used.dispose();
});

test("checkpoints of another head, and TensorFlow's names of norms: the encoder is taken, what is new is told", async () => {
  const masked = fillByName(new BertForMaskedLM(options)).eval();
  const files = saved(
    { model_type: 'bert', ...sizes, id2label: { 0: 'no', 1: 'maybe', 2: 'yes' } },
    masked,
    (name) => name.replace('LayerNorm.weight', 'LayerNorm.gamma').replace('LayerNorm.bias', 'LayerNorm.beta'),
  );
  let told: readonly string[] = [];
  let left: readonly string[] = [];
  const report = ({ missing, unexpected }: { missing: readonly string[]; unexpected: readonly string[] }) => {
    [told, left] = [missing, unexpected];
  };
  const classifier = await AutoModelForSequenceClassification.fromPretrained(files, { report });
  expect(classifier).toBeInstanceOf(BertForSequenceClassification);
  expect(classifier.config.id2label).toEqual(['no', 'maybe', 'yes']);
  expect([...told].sort()).toEqual([
    'bert.pooler.dense.bias',
    'bert.pooler.dense.weight',
    'classifier.bias',
    'classifier.weight',
  ]);
  const encoder = await AutoModel.fromPretrained(files, { report });
  expect(encoder).toBeInstanceOf(BertModel);
  expect([...told].sort()).toEqual(['pooler.dense.bias', 'pooler.dense.weight']);
  expect(left).toContain('cls.predictions.transform.LayerNorm.gamma');
  scope(() => {
    const input = ids();
    const wanted = masked.bert.forward(input).lastHiddenState;
    for (const model of [encoder as BertModel, (classifier as BertForSequenceClassification).bert]) {
      expect([...model.forward(input).lastHiddenState.dataSync()]).toEqual([...wanted.dataSync()]);
    }
    // A checkpoint without the head's name in front fits a model with a head.
    expect((classifier.forward(input).logits as Tensor).shape).toEqual([1, 3]);
  });
  const again = await AutoModelForMaskedLM.fromPretrained(saved({ model_type: 'bert', ...sizes }, encoder), {
    report,
  });
  scope(() => {
    const input = ids();
    const hidden = (again as BertForMaskedLM).bert.forward(input).lastHiddenState;
    expect([...hidden.dataSync()]).toEqual([...masked.bert.forward(input).lastHiddenState.dataSync()]);
  });
  for (const used of [masked, classifier, encoder, again]) used.dispose();
});

test.each(['float16', 'bfloat16', 'int8'] as const)(
  'weights in %s compute nearly the same',
  async (dtype) => {
    const model = fillByName(new DistilBertForMaskedLM(options)).eval();
    const files = saved(jsonText(distilBertConfig.toJson(model.config)), model);
    const opened = await AutoModelForMaskedLM.fromPretrained(files, { dtype });
    scope(() => {
      const input = ids();
      const wanted = model.forward(input).logits.dataSync();
      const { logits } = opened.forward(input);
      expect(logits.dtype).toBe('float32');
      const far = Math.max(
        ...Array.from(logits.dataSync(), (x, i) => Math.abs(Number(x) - Number(wanted[i]))),
      );
      const largest = Math.max(...Array.from(wanted, (x) => Math.abs(Number(x))));
      expect(far / largest).toBeLessThan({ float16: 2e-3, bfloat16: 2e-2, int8: 5e-2 }[dtype]);
    });
    for (const used of [model, opened]) used.dispose();
  },
);

test('configurations: their own names, labels, what is not known', async () => {
  const config = (json: object) => memoryRepository([['config.json', JSON.stringify(json)]]);
  const distil = await AutoConfig.fromPretrained(
    config({
      model_type: 'distilbert',
      dim: 16,
      n_layers: 3,
      n_heads: 4,
      hidden_dim: 20,
      activation: 'relu',
    }),
  );
  expect(distil).toMatchObject({
    hiddenSize: 16,
    numHiddenLayers: 3,
    numAttentionHeads: 4,
    intermediateSize: 20,
    hiddenAct: 'relu',
    id2label: ['LABEL_0', 'LABEL_1'],
  });
  const written = Object.fromEntries(distilBertConfig.toJson(distil as never));
  expect(written).toMatchObject({ dim: 16, n_layers: 3, activation: 'relu' });
  expect(written).not.toHaveProperty('hidden_size');
  const named = await AutoConfig.fromPretrained(
    config({ model_type: 'xlm-roberta', id2label: { 0: 'A', 1: 'B', 2: 'C' } }),
  );
  expect(named).toMatchObject({
    modelType: 'xlm-roberta',
    numLabels: 3,
    id2label: ['A', 'B', 'C'],
    padTokenId: 1,
  });
  // Settings that a file does not know are kept for it.
  const more = (await AutoConfig.fromPretrained(
    config({ model_type: 'bert', own: { a: [1] } }),
  )) as BertConfig;
  expect(more.extra.get('own')).toEqual(new Map([['a', [1]]]));

  await expect(AutoConfig.fromPretrained(config({ model_type: 't5' }))).rejects.toThrow(
    /"t5", which is not known here; known are bert/,
  );
  await expect(AutoConfig.fromPretrained(config({ model_type: '__proto__' }))).rejects.toThrow(
    /not known here/,
  );
  await expect(AutoConfig.fromPretrained(config({ vocab_size: 3 }))).rejects.toThrow(/has no model_type/);
  await expect(AutoModelForMaskedLM.fromPretrained(config({ model_type: 'gpt2' }))).rejects.toThrow(
    /has no such head here; those that have one are bert, camembert/,
  );
  await expect(AutoModelForCausalLM.fromPretrained(config({ model_type: 'bert' }))).rejects.toThrow(/gpt2/);
  await expect(
    AutoConfig.fromPretrained(config({ model_type: 'bert', hidden_size: 10, num_attention_heads: 3 })),
  ).rejects.toThrow(/10 does not divide into 3 equal heads/);
  await expect(
    AutoConfig.fromPretrained(config({ model_type: 'bert', id2label: { 0: 'A', 5: 'B' } })),
  ).rejects.toThrow(/id2label/);
});

test('settings that make no sense are named; a family of its own', () => {
  expect(() => new BertModel({ ...options, hiddenSize: 9 })).toThrow(/9 does not divide into 2 equal heads/);
  expect(() => new BertForSequenceClassification({ ...options, numLabels: 3, id2label: ['a'] })).toThrow(
    /3 labels, but id2label names 1/,
  );
  expect(() => new BertForSequenceClassification({ ...options, numLabels: 0 })).toThrow(/numLabels/);
  const model = new XLMRobertaModel(options);
  expect(model.config.modelType).toBe('xlm-roberta');
  scope(() => {
    expect(() => model.forward(rows([[2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 2]]))).toThrow(/1 to 8 tokens/);
    expect(() => model.forward(ids(), { attentionMask: rows([[1, 1]]) })).toThrow(
      /attentionMask is \[1, 2\]/,
    );
  });
  model.dispose();
});
