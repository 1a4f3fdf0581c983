import { describe, expect, test } from 'vitest';
import { tensor } from '../../src/index.ts';
import {
  Accuracy,
  accuracy,
  averagePrecision,
  classificationReport,
  confusionMatrix,
  f1,
  logLoss,
  Mean,
  MeanAbsoluteError,
  MeanSquaredError,
  meanAbsoluteError,
  meanSquaredError,
  precision,
  r2Score,
  recall,
  rocAuc,
  rootMeanSquaredError,
  topKAccuracy,
} from '../../src/metrics/index.ts';
import fixture from '../fixtures/classical.json' with { type: 'json' };

const { classification: c, regression: r } = fixture;

describe('classification, as scikit-learn', () => {
  test('accuracy of arrays and tensors', () => {
    expect(accuracy(c.truth, c.predicted)).toBeCloseTo(c.accuracy, 12);
    expect(accuracy(tensor(Int32Array.from(c.truth)), tensor(c.predicted))).toBeCloseTo(c.accuracy, 12);
  });

  test('top k', () => {
    expect([1, 2, 3].map((k) => topKAccuracy(c.truth, c.scores, { k }))).toEqual(c.topK);
  });

  test('precision, recall and F1 with every average', () => {
    for (const average of ['macro', 'micro', 'weighted'] as const) {
      const ours = [precision, recall, f1].map((figure) => figure(c.truth, c.predicted, { average }));
      ours.forEach((value, i) => {
        expect(value).toBeCloseTo(c.averages[average][i] as number, 12);
      });
    }
    [precision, recall, f1].forEach((figure, i) => {
      expect(figure(c.two, c.twoPredicted)).toBeCloseTo(c.averages.binary[i] as number, 12);
    });
    expect(precision([0, 1], [0, 0], { zeroDivision: 1 })).toBe(1);
  });

  test('the confusion matrix, and as a table', () => {
    expect(confusionMatrix(c.truth, c.predicted).matrix).toEqual(c.confusion);
    expect(String(confusionMatrix([0, 0, 1], [0, 1, 1], { names: ['cat', 'rainbow'] }))).toBe(
      [
        'true \\ predicted  cat  rainbow',
        'cat                 1        1',
        'rainbow             0        1',
      ].join('\n'),
    );
    expect(confusionMatrix([0, 5], [5, 5], { labels: [5] }).matrix).toEqual([[1]]);
  });

  test('the report', () => {
    const words = (text: string) => text.split(/\s+/).filter(Boolean);
    const ours = classificationReport(c.truth, c.predicted, { targetNames: ['a', 'bb', 'ccc', 'd'] });
    expect(words(ours)).toEqual(words(c.report));
  });

  test('areas under curves, with equal scores', () => {
    expect(rocAuc(c.two, c.score)).toBeCloseTo(c.rocAuc, 12);
    expect(rocAuc(c.truth, c.scores)).toBeCloseTo(c.rocAucClasses, 12);
    expect(averagePrecision(c.two, c.score)).toBeCloseTo(c.averagePrecision, 12);
  });

  test('log loss', () => {
    expect(logLoss(c.truth, c.scores)).toBeCloseTo(c.logLoss, 12);
    expect(logLoss(c.two, c.certain)).toBeCloseTo(c.logLossTwo, 12);
  });

  test('bad input is named', () => {
    expect(() => accuracy([1, 2], [1])).toThrow('yTrue has 2 elements and yPred 1');
    expect(() => accuracy([], [])).toThrow('no samples');
    expect(() => accuracy([1, Number.NaN], [1, 2])).toThrow('yTrue is NaN at position 1');
    expect(() => accuracy(tensor([[1, 2]]), [1, 2])).toThrow('expected one number for each sample');
    expect(() => rocAuc([1, 1], [0.1, 0.2])).toThrow('all 2 samples are of class 1');
    expect(() => rocAuc([1, 2], [0.1, 0.2])).toThrow('expected 0 or 1');
    expect(() => averagePrecision([0, 0], [0.1, 0.2])).toThrow('no sample of class 1');
    expect(() => f1([0, 1, 2], [0, 1, 2])).toThrow("Choose 'macro'");
    expect(() =>
      topKAccuracy(
        [0, 4],
        [
          [1, 2],
          [2, 1],
        ],
        { k: 1 },
      ),
    ).toThrow('expected a class from 0 to 1');
    expect(() => topKAccuracy([0], [[1, 2]], { k: 3 })).toThrow('from 1 to the 2 classes');
    expect(() => logLoss([0], [[1.5, 0]])).toThrow('probabilities from 0 to 1');
    expect(() => classificationReport([0, 1], [0, 1], { targetNames: ['a'] })).toThrow('1 targetNames for 2');
  });
});

describe('regression, as scikit-learn', () => {
  const [truth, predicted] = [r.truth.flat(), r.predicted.flat()];

  test('errors', () => {
    expect(meanSquaredError(truth, predicted)).toBeCloseTo(r.mse, 12);
    expect(rootMeanSquaredError(truth, predicted)).toBeCloseTo(Math.sqrt(r.mse), 12);
    expect(meanAbsoluteError(truth, predicted)).toBeCloseTo(r.mae, 12);
    expect(meanSquaredError(tensor(r.truth), tensor(r.predicted))).toBeCloseTo(r.mse, 6);
  });

  test('explained variance of one and of several outputs', () => {
    const first = (rows: number[][]) => rows.map((row) => row[0] as number);
    expect(r2Score(first(r.truth), first(r.predicted))).toBeCloseTo(r.r2First, 12);
    expect(r2Score(tensor(r.truth), tensor(r.predicted))).toBeCloseTo(r.r2, 6);
    expect([r2Score([2, 2], [2, 2]), r2Score([2, 2], [2, 3])]).toEqual([1, 0]);
    expect(() => r2Score([1], [1])).toThrow('at least two');
    expect(() => meanSquaredError(tensor(r.truth), tensor(r.truth).mT)).toThrow('expected the same');
  });
});

test('metrics gather batches of different size', () => {
  const metric = new Accuracy();
  for (let i = 0; i < c.truth.length; i += 7)
    metric.update(c.truth.slice(i, i + 7), c.predicted.slice(i, i + 7));
  expect(metric.compute()).toBeCloseTo(c.accuracy, 12);
  expect(metric.reset().compute()).toBeNaN();
  expect(new Mean('loss').update(1, 3).update(5).compute()).toBe(2);
  expect(new MeanSquaredError().update([1, 2], [2, 4]).update([0], [1]).compute()).toBe(2);
  expect(new MeanAbsoluteError().update([1, 2], [2, 4]).compute()).toBe(1.5);
  expect(() => new Mean().update(1, -1)).toThrow('negative');
});
