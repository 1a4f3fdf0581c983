import { describe, expect, test } from 'vitest';
import { compile, defaultDevice, noGrad, scope, type Tensor, tensor } from '../../../src/index.ts';
import {
  BertForMaskedLM,
  BertForNextSentencePrediction,
  BertForPreTraining,
  BertForSequenceClassification,
  MLPLanguageModel,
  RecurrentLanguageModel,
} from '../../../src/models/index.ts';
import { crossEntropy, type Module } from '../../../src/nn/index.ts';
import { AdamW } from '../../../src/optim/index.ts';
import expected from '../../fixtures/models/texts.json' with { type: 'json' };
import { expectNumber, expectNumbers, expectProbe, expectState, type Place } from '../pictures.ts';
import { fillTied, ids } from './support.ts';

const places: Place[] = [
  { dtype: 'float64', device: 'js' },
  { dtype: 'float32', device: defaultDevice() },
];

/** One compiled step of AdamW. */
function trainOnce(module: Module, loss: () => Tensor): Tensor {
  const optimizer = new AdamW(module.parameters(), { lr: 0.01, weightDecay: 0.1 });
  const step = compile(() => {
    const value = loss();
    value.backward();
    optimizer.step();
    optimizer.zeroGrad();
    return value;
  });
  const value = step();
  step.dispose();
  optimizer.dispose();
  return value;
}

describe.each(places)("PyTorch's results in $dtype on $device", (place) => {
  const { device } = place;
  const models = [
    ['mlp', () => new MLPLanguageModel({ vocabSize: 7, blockSize: 3, nEmbd: 4, nHidden: 5 }, place)],
    ...(['rnn', 'lstm', 'gru'] as const).map(
      (cell) =>
        [
          cell,
          () =>
            new RecurrentLanguageModel(
              { cell, vocabSize: 7, embeddingDim: 4, hiddenSize: 5, numLayers: cell === 'lstm' ? 2 : 1 },
              place,
            ),
        ] as const,
    ),
  ] as const;

  test.each(models)('%s: logits, loss, and what a step of AdamW makes of the weights', (name, make) => {
    scope(() => {
      const model = fillTied(make(), place);
      const [x, y] = [ids([3, 6], 7, place), ids([3, 6], 7, place, 1)];
      const wanted = expected[name];
      const logits = noGrad(() => model.forward(x));
      expectNumbers(logits, wanted.logits, 'logits');
      const loss = trainOnce(model, () => crossEntropy(model.forward(x), y));
      expectNumber(loss, wanted.loss, 'loss');
      expectState(model, wanted.state);
      model.dispose();
    });
  });

  const config = {
    vocabSize: 13,
    hiddenSize: 8,
    numHiddenLayers: 2,
    numAttentionHeads: 2,
    intermediateSize: 12,
    maxPositionEmbeddings: 10,
    hiddenDropoutProb: 0,
    attentionProbsDropoutProb: 0,
  };
  const { bert } = expected;
  const rows = (values: readonly (readonly number[])[]) =>
    tensor(Int32Array.from(values.flat()), { shape: [values.length, values[0]?.length ?? 0], device });
  const inputs = () => ({
    ids: rows(bert.inputs.ids),
    context: {
      tokenTypeIds: rows(bert.inputs.tokenTypeIds),
      attentionMask: rows(bert.inputs.attentionMask),
    },
    labels: rows(bert.inputs.labels),
    nextSentenceLabel: tensor(Int32Array.from(bert.inputs.nextSentenceLabel), { device }),
  });

  test("BERT: Hugging Face's names, scores, losses and step", () => {
    scope(() => {
      const model = fillTied(new BertForPreTraining(config, place), place);
      const { ids: tokens, context, ...labels } = inputs();
      noGrad(() => {
        expectNumbers(model.bert.forward(tokens, context).lastHiddenState, bert.hidden, 'hidden');
        const output = model.forward(tokens, context);
        expectNumbers(output.predictionLogits, bert.predictionLogits, 'predictions');
        expectNumbers(output.seqRelationshipLogits, bert.seqRelationshipLogits, 'sentences');
        expectNumber(model.loss(tokens, labels, context).maskedLM, bert.maskedLM, 'masked');
        // The heads by themselves give the same, from the same weights.
        const state = model.stateDict();
        const masked = new BertForMaskedLM(config, place);
        masked.loadStateDict(state, { strict: false });
        expectNumbers(masked.forward(tokens, context), bert.predictionLogits, 'masked alone');
        expectNumber(masked.loss(tokens, labels.labels, context), bert.maskedLM, 'masked loss');
        const next = new BertForNextSentencePrediction(config, place);
        next.loadStateDict(state, { strict: false });
        expectNumbers(next.forward(tokens, context), bert.seqRelationshipLogits, 'sentences alone');
        for (const used of [masked, next]) used.dispose();
      });
      const loss = trainOnce(model, () => model.loss(tokens, labels, context).loss);
      expectNumber(loss, bert.loss, 'loss');
      // Softmax does not see what is added to all scores alike: a bias of keys has no gradient but rounding, which Adam
      // makes a whole step of.
      const found = model.stateDict();
      const counted = Object.entries(bert.state).filter(([name]) => !name.endsWith('key.bias'));
      expect([...found.keys()].sort()).toEqual(Object.keys(bert.state).sort());
      for (const [name, wanted] of counted) expectProbe(found.get(name) as Tensor, wanted, name);
      model.dispose();
    });
  });

  test('BERT: scores of some positions are those of all', () => {
    scope(() =>
      noGrad(() => {
        const model = fillTied(new BertForPreTraining(config, place), place);
        const { ids: tokens, context } = inputs();
        const positions = tensor(Int32Array.of(3, 9, 20), { device });
        const some = model.forward(tokens, { ...context, positions }).predictionLogits;
        const data = bert.predictionLogits.data;
        const wanted = [3, 9, 20].flatMap((at) => data.slice(at * 13, (at + 1) * 13));
        expectNumbers(some, { shape: [3, 13], data: wanted }, 'some');
        model.dispose();
      }),
    );
  });

  test('BERT as a classifier', () => {
    scope(() =>
      noGrad(() => {
        const model = fillTied(new BertForSequenceClassification(config, 3, place), place);
        const { ids: tokens, context } = inputs();
        expectNumbers(model.forward(tokens, context), bert.classification, 'classes');
        const labels = tensor(Int32Array.of(2, 0, 1), { device });
        expectNumber(model.loss(tokens, labels, context), bert.classificationLoss, 'loss');
        model.dispose();
      }),
    );
  });
});

test('settings that make no sense are named', () => {
  const config = { vocabSize: 9, hiddenSize: 8, numHiddenLayers: 1, numAttentionHeads: 3 };
  expect(() => new BertForMaskedLM(config)).toThrow('hiddenSize 8 does not divide into 3 equal heads');
  const small = { ...config, numAttentionHeads: 2, maxPositionEmbeddings: 4 };
  const model = new BertForMaskedLM(small);
  expect(() => model.forward(ids([1, 5], 9, { device: model.device }))).toThrow(
    'at most 4 tokens (maxPositionEmbeddings), got [1, 5]',
  );
  model.dispose();
  const sizes = { vocabSize: 5, embeddingDim: 4, hiddenSize: 6 };
  expect(() => new RecurrentLanguageModel({ ...sizes, tieWeights: true })).toThrow('tieWeights needs');
  expect(() => new RecurrentLanguageModel({ ...sizes, cell: 'xlstm' as 'lstm' })).toThrow(
    "'rnn', 'lstm' or 'gru'",
  );
  expect(() => new MLPLanguageModel({ vocabSize: 0 })).toThrow('vocabSize');
});
