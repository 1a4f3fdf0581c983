import { describe, expect, test } from 'vitest';
import { scope, type Tensor, tensor } from '../../../src/index.ts';
import type { Module } from '../../../src/nn/index.ts';
import {
  type BaseModelOutputWithPooling,
  BertForMaskedLM,
  BertForNextSentencePrediction,
  BertForPreTraining,
  BertForQuestionAnswering,
  BertForSequenceClassification,
  BertForTokenClassification,
  BertModel,
  DistilBertForMaskedLM,
  DistilBertForQuestionAnswering,
  DistilBertForSequenceClassification,
  DistilBertForTokenClassification,
  DistilBertModel,
  type EncoderContext,
  RobertaForMaskedLM,
  RobertaForQuestionAnswering,
  RobertaForSequenceClassification,
  RobertaForTokenClassification,
  RobertaModel,
} from '../../../src/transformers/encoders/index.ts';
import expected from '../../fixtures/transformers/encoders.json' with { type: 'json' };
import { expectClose, expectTensor, fillByName, type Numbers, probe, rows } from './support.ts';

const sizes = {
  vocabSize: 40,
  hiddenSize: 16,
  numHiddenLayers: 2,
  numAttentionHeads: 4,
  intermediateSize: 24,
  hiddenDropoutProb: 0,
  attentionProbsDropoutProb: 0,
  maxPositionEmbeddings: 12,
} as const;

const bert = { ...sizes, hiddenAct: 'gelu_new' } as const;
const roberta = { ...sizes, typeVocabSize: 1, layerNormEps: 1e-5 } as const;
const distilbert = { ...sizes, qaDropout: 0, seqClassifDropout: 0 } as const;

interface Labels {
  readonly labels?: Tensor;
  readonly startPositions?: Tensor;
  readonly endPositions?: Tensor;
}

/** What all heads have, for tests that go through them. */
type Head = Module & {
  forward(
    ids: Tensor,
    context: EncoderContext & Labels,
  ): Record<string, Tensor | readonly Tensor[] | undefined>;
};

type Base = Module & { forward(ids: Tensor, context: EncoderContext): BaseModelOutputWithPooling };

type Labelled = 1 | 2 | 3;

const families = {
  bert: {
    base: (): Base => new BertModel(bert),
    masked: (): Head => new BertForMaskedLM(bert) as unknown as Head,
    sequence: (numLabels: Labelled): Head =>
      new BertForSequenceClassification({ ...bert, numLabels }) as unknown as Head,
    token: (): Head => new BertForTokenClassification({ ...bert, numLabels: 3 }) as unknown as Head,
    answer: (): Head => new BertForQuestionAnswering(bert) as unknown as Head,
  },
  roberta: {
    base: (): Base => new RobertaModel(roberta),
    masked: (): Head => new RobertaForMaskedLM(roberta) as unknown as Head,
    sequence: (numLabels: Labelled): Head =>
      new RobertaForSequenceClassification({ ...roberta, numLabels }) as unknown as Head,
    token: (): Head => new RobertaForTokenClassification({ ...roberta, numLabels: 3 }) as unknown as Head,
    answer: (): Head => new RobertaForQuestionAnswering(roberta) as unknown as Head,
  },
  distilbert: {
    base: (): Base => new DistilBertModel(distilbert),
    masked: (): Head => new DistilBertForMaskedLM(distilbert) as unknown as Head,
    sequence: (numLabels: Labelled): Head =>
      new DistilBertForSequenceClassification({ ...distilbert, numLabels }) as unknown as Head,
    token: (): Head =>
      new DistilBertForTokenClassification({ ...distilbert, numLabels: 3 }) as unknown as Head,
    answer: (): Head => new DistilBertForQuestionAnswering(distilbert) as unknown as Head,
  },
} as const;

const names = Object.keys(families) as (keyof typeof families)[];

interface Inputs {
  readonly input_ids: readonly (readonly number[])[];
  readonly attention_mask: readonly (readonly number[])[];
  readonly token_type_ids?: readonly (readonly number[])[];
}

function read(inputs: Inputs) {
  const tokenTypeIds = inputs.token_type_ids && rows(inputs.token_type_ids);
  return {
    ids: rows(inputs.input_ids),
    context: { attentionMask: rows(inputs.attention_mask), ...(tokenTypeIds ? { tokenTypeIds } : {}) },
    isToken: inputs.attention_mask.flat().map((value) => value === 1),
  };
}

interface Measured {
  readonly loss: number;
  readonly gradients: Readonly<Record<string, number>>;
}

function expectLoss(
  model: Module,
  loss: Tensor | readonly Tensor[] | undefined,
  wanted: Measured,
  what: string,
): void {
  expectClose((loss as Tensor).itemSync(), wanted.loss, `${what} loss`);
  (loss as Tensor).backward();
  const parameters = model.namedParameters();
  for (const [name, value] of Object.entries(wanted.gradients)) {
    expectClose(probe(parameters.get(name)?.grad as Tensor), value, `${what} ${name}`);
  }
}

describe.each(names)("transformers' %s", (name) => {
  const make = families[name];
  const wanted = expected[name];

  test('vectors of tokens and of the whole, of every layer; how much tokens look at each other', () => {
    scope(() => {
      const model = fillByName(make.base()).eval();
      const { ids, context, isToken } = read(wanted.inputs);
      const output = model.forward(ids, { ...context, outputHiddenStates: true, outputAttentions: true });
      expectTensor(
        output.lastHiddenState,
        wanted.base.lastHiddenState,
        'hidden',
        (i) => isToken[i >> 4] ?? false,
      );
      const plain = model.forward(ids, context).lastHiddenState;
      expectTensor(plain, wanted.base.lastHiddenState, 'hidden', (i) => isToken[i >> 4] ?? false);
      if ('poolerOutput' in wanted.base) {
        expectTensor(output.poolerOutput as Tensor, wanted.base.poolerOutput as Numbers, 'pooler');
      } else expect(output.poolerOutput).toBeUndefined();
      expect(output.hiddenStates).toHaveLength(3);
      for (const [i, state] of (output.hiddenStates ?? []).entries()) {
        expectClose(probe(state), wanted.base.hiddenStates[i] as number, `hidden state ${i}`);
      }
      expect(output.attentions?.map(({ shape }) => shape)).toEqual([
        [3, 4, 7, 7],
        [3, 4, 7, 7],
      ]);
      for (const [i, weights] of (output.attentions ?? []).entries()) {
        expectClose(probe(weights.select(0, 0)), wanted.base.attentions[i] as number, `attention ${i}`);
      }
      model.dispose();
    });
  });

  test('a masked language model: logits, of some positions too, loss and gradients', () => {
    scope(() => {
      const model = fillByName(make.masked());
      const { ids, context, isToken } = read(wanted.inputs);
      const output = model.forward(ids, { ...context, labels: rows(wanted.masked.labels) });
      const counts = (i: number) => isToken[Math.floor(i / 40)] ?? false;
      expectTensor(output.logits as Tensor, wanted.masked.logits, 'logits', counts);
      const positions = tensor(Int32Array.of(1, 8));
      const some = (model as unknown as BertForMaskedLM).forward(ids, { ...context, positions }).logits;
      const all = wanted.masked.logits.data;
      expectTensor(some, { shape: [2, 40], data: [...all.slice(40, 80), ...all.slice(320, 360)] }, 'some');
      expectLoss(model, output.loss, wanted.masked, 'masked');
      model.dispose();
    });
  });

  test('classes of texts: one of several, several at once, and a number', () => {
    scope(() => {
      const { ids, context } = read(wanted.inputs);
      const cases = [
        ['sequence', 3, tensor(Int32Array.of(2, 0, 1))],
        ['severalLabels', 3, tensor([1, 0, 1, 0, 0, 1, 1, 1, 0]).reshape(3, 3)],
        ['regression', 1, tensor([0.5, -1, 2])],
      ] as const;
      for (const [kind, numLabels, labels] of cases) {
        const model = fillByName(make.sequence(numLabels));
        const output = model.forward(ids, { ...context, labels });
        expectTensor(output.logits as Tensor, wanted[kind].logits, kind);
        expectLoss(model, output.loss, wanted[kind], kind);
        model.dispose();
      }
    });
  });

  test('classes of tokens', () => {
    scope(() => {
      const model = fillByName(make.token());
      const { ids, context, isToken } = read(wanted.inputs);
      const output = model.forward(ids, { ...context, labels: rows(wanted.token.labels) });
      const counts = (i: number) => isToken[Math.floor(i / 3)] ?? false;
      expectTensor(output.logits as Tensor, wanted.token.logits, 'logits', counts);
      expectLoss(model, output.loss, wanted.token, 'token');
      model.dispose();
    });
  });

  test('where an answer starts and ends', () => {
    scope(() => {
      const model = fillByName(make.answer());
      const { ids, context, isToken } = read(wanted.inputs);
      const output = model.forward(ids, {
        ...context,
        startPositions: tensor(Int32Array.of(1, 0, 9)),
        endPositions: tensor(Int32Array.of(3, 0, 12)),
      });
      const counts = (i: number) => isToken[i] ?? false;
      expectTensor(output.startLogits as Tensor, wanted.answer.start_logits, 'starts', counts);
      expectTensor(output.endLogits as Tensor, wanted.answer.end_logits, 'ends', counts);
      expectLoss(model, output.loss, wanted.answer, 'answer');
      model.dispose();
    });
  });
});

test("BERT's own training: masked tokens and whether texts follow each other", () => {
  scope(() => {
    const { inputs, masked, preTraining, nextSentence } = expected.bert;
    const { ids, context } = read(inputs);
    const model = fillByName(new BertForPreTraining(bert));
    const nextSentenceLabel = tensor(Int32Array.of(0, 1, 1));
    const output = model.forward(ids, { ...context, labels: rows(masked.labels), nextSentenceLabel });
    expectTensor(output.seqRelationshipLogits, preTraining.seq_relationship_logits, 'sentences');
    expectLoss(model, output.loss, preTraining, 'pre-training');
    model.dispose();
    const next = fillByName(new BertForNextSentencePrediction(bert));
    const told = next.forward(ids, { ...context, labels: nextSentenceLabel });
    expectTensor(told.logits, nextSentence.logits, 'sentences alone');
    expectLoss(next, told.loss, nextSentence, 'next sentence');
    next.dispose();
  });
});
