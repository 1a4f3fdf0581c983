import { describe, test } from 'vitest';
import {
  BertForMaskedLM,
  BertForQuestionAnswering,
  BertForSequenceClassification,
  BertForTokenClassification,
  BertModel,
  DistilBertForQuestionAnswering,
  DistilBertForTokenClassification,
  RobertaForMaskedLM,
  RobertaForQuestionAnswering,
  RobertaForSequenceClassification,
  RobertaForTokenClassification,
} from '../../../src/transformers/encoders/index.ts';
import {
  featureExtractionPipeline,
  fillMaskPipeline,
  type PipelineParts,
  questionAnsweringPipeline,
  textClassificationPipeline,
  tokenClassificationPipeline,
} from '../../../src/transformers/pipelines/callables.ts';
import expected from '../../fixtures/transformers/pipelines.json' with { type: 'json' };
import answers from '../../fixtures/transformers/questionAnswering.json' with { type: 'json' };
import { fillByName } from '../encoders/support.ts';
import {
  bertSizes,
  bertTokenizer,
  camelCase,
  expectOutput,
  robertaSizes,
  robertaTokenizer,
} from './support.ts';

/** A pipeline for tests that go through many of them. */
type Called = PipelineParts & ((input: unknown, options?: unknown) => Promise<unknown>);

const three = ['NEG', 'NEU', 'POS'];
const labels = { id2label: expected.labels };

const pipelines: Readonly<Record<keyof typeof expected.cases, () => unknown>> = {
  'bert fill-mask': () =>
    fillMaskPipeline(fillByName(new BertForMaskedLM(bertSizes())).eval(), bertTokenizer(), {}),
  'roberta fill-mask': () =>
    fillMaskPipeline(fillByName(new RobertaForMaskedLM(robertaSizes())).eval(), robertaTokenizer(), {}),
  'bert text-classification': () =>
    textClassificationPipeline(
      fillByName(new BertForSequenceClassification({ ...bertSizes(), id2label: three })).eval(),
      bertTokenizer(),
      {},
    ),
  'roberta text-classification': () =>
    textClassificationPipeline(
      fillByName(
        new RobertaForSequenceClassification({
          ...robertaSizes(),
          id2label: three,
          problemType: 'multi_label_classification',
        }),
      ).eval(),
      robertaTokenizer(),
      {},
    ),
  'bert regression': () =>
    textClassificationPipeline(
      fillByName(
        new BertForSequenceClassification({ ...bertSizes(), numLabels: 1, problemType: 'regression' }),
      ).eval(),
      bertTokenizer(),
      {},
    ),
  'bert token-classification': () =>
    tokenClassificationPipeline(
      fillByName(new BertForTokenClassification({ ...bertSizes(), ...labels })).eval(),
      bertTokenizer(),
      {},
    ),
  'distilbert token-classification': () => {
    const { vocabSize, ...sizes } = bertSizes();
    const model = new DistilBertForTokenClassification({ vocabSize, ...sizes, ...labels });
    return tokenClassificationPipeline(fillByName(model).eval(), bertTokenizer(), {});
  },
  'roberta token-classification': () =>
    tokenClassificationPipeline(
      fillByName(new RobertaForTokenClassification({ ...robertaSizes(), ...labels })).eval(),
      robertaTokenizer(),
      {},
    ),
  'bert feature-extraction': () =>
    featureExtractionPipeline(fillByName(new BertModel(bertSizes())).eval(), bertTokenizer(), {}),
};

describe('what pipelines give is what those of transformers give', () => {
  const names = Object.keys(expected.cases) as (keyof typeof expected.cases)[];
  test.each(names)('%s', async (name) => {
    const pipe = pipelines[name]() as Called;
    for (const [i, { input, options, output }] of expected.cases[name].entries()) {
      const got = await pipe(camelCase(input), camelCase(options));
      expectOutput(got, camelCase(output), `${name} ${i}`);
    }
    pipe.dispose();
  });

  const answering = {
    bert: () => [new BertForQuestionAnswering(bertSizes(60)), bertTokenizer(60)] as const,
    roberta: () => [new RobertaForQuestionAnswering(robertaSizes(60)), robertaTokenizer(60)] as const,
    distilbert: () => [new DistilBertForQuestionAnswering(bertSizes(60)), bertTokenizer(60)] as const,
  };
  test.each(Object.keys(answering) as (keyof typeof answering)[])('%s question-answering', async (name) => {
    const [model, tokenizer] = answering[name]();
    const pipe = questionAnsweringPipeline(fillByName(model).eval(), tokenizer, {}) as unknown as Called;
    for (const [i, { question, context, options, output }] of answers[name].entries()) {
      const got = await pipe({ question, context }, camelCase(options));
      expectOutput(got, output, `${name} ${i}`);
    }
    pipe.dispose();
  });
});
