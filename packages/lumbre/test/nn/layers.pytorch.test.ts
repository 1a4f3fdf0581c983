import { describe, expect, test } from 'vitest';
import { zeros } from '../../src/index.ts';
import * as nn from '../../src/nn/index.ts';
import cases from '../fixtures/layers/feedForward.json' with { type: 'json' };
import { type LayerExtras, runLayerFixtures } from './layerHarness.ts';

/** What each class refuses: inputs for the first case of its kind. */
const extras: LayerExtras = {
  Linear: { refuses: [[[[4, 4]], 'Linear: expected an input [.., 3], got [4, 4]']] },
  Conv1d: {
    refuses: [
      [[[2, 3, 6]], 'Conv1d: expected an input [batch, 2, length] or [2, length], got [2, 3, 6]'],
      [[[2, 2, 6, 6]], 'Conv1d: expected an input'],
      [[[2, 2, 2]], 'does not fit'],
    ],
  },
  Conv2d: {
    refuses: [
      [
        [[2, 5, 5, 2]],
        'Conv2d: expected an input [batch, 2, height, width] or [2, height, width], got [2, 5, 5, 2]',
      ],
      [[[2, 5]], 'Conv2d: expected an input'],
      [[[2, 2, 2, 5]], 'does not fit'],
    ],
  },
  ConvTranspose1d: { refuses: [[[[2, 3, 4]], 'ConvTranspose1d: expected an input [batch, 2, length]']] },
  ConvTranspose2d: {
    refuses: [[[[3, 4, 4]], 'ConvTranspose2d: expected an input [batch, 2, height, width]']],
  },
  MaxPool1d: { refuses: [[[[5]], 'maxPool1d: input has shape [5]']] },
  MaxPool2d: { refuses: [[[[2, 2, 1, 5]], 'do not fit']] },
  AvgPool1d: { refuses: [[[[2, 2, 6, 6]], 'avgPool1d: input has shape']] },
  AvgPool2d: { refuses: [[[[4, 5]], 'avgPool2d: input has shape [4, 5]']] },
  AdaptiveAvgPool1d: { refuses: [[[[5]], 'adaptiveAvgPool1d: input has shape [5]']] },
  AdaptiveAvgPool2d: { refuses: [[[[3, 4]], 'adaptiveAvgPool2d: input has shape [3, 4]']] },
  AdaptiveMaxPool1d: { refuses: [[[[5]], 'AdaptiveMaxPool1d: expected an input [batch, channels, length]']] },
  AdaptiveMaxPool2d: { refuses: [[[[2, 2, 0, 4]], 'at least one element']] },
  BatchNorm1d: {
    refuses: [
      [[[4, 2]], 'BatchNorm1d: expected an input [batch, 3] or [batch, 3, length], got [4, 2]'],
      [[[4, 3, 2, 2]], 'BatchNorm1d: expected an input'],
    ],
  },
  BatchNorm2d: {
    refuses: [[[[2, 2, 3]], 'BatchNorm2d: expected an input [batch, 2, height, width], got [2, 2, 3]']],
  },
  InstanceNorm1d: {
    refuses: [
      [[[2, 2, 1]], 'one value in each channel'],
      [[[2, 3, 4]], 'InstanceNorm1d: expected'],
    ],
  },
  InstanceNorm2d: {
    refuses: [[[[3, 3, 4, 4]], 'InstanceNorm2d: expected an input [batch, 2, height, width]']],
  },
  GroupNorm: { refuses: [[[[2, 3, 4]], 'GroupNorm: expected an input [batch, 4, ..], got [2, 3, 4]']] },
  LayerNorm: { refuses: [[[[4, 3]], 'LayerNorm: expected an input [.., 4], got [4, 3]']] },
  RMSNorm: { refuses: [[[[]], 'RMSNorm: expected an input [.., 4], got []']] },
  PReLU: { refuses: [] },
  GLU: { refuses: [[[[2, 3]], 'even size']] },
  Softmax: { refuses: [[[[]], 'does not exist']] },
  Flatten: { refuses: [[[[3]], 'flatten']] },
  Unflatten: { refuses: [[[[2, 7]], '[7]']] },
  Upsample: { refuses: [[[[2, 3]], 'interpolate: input has shape [2, 3]']] },
  PixelShuffle: { refuses: [[[[2, 6, 2, 2]], 'divisible by 4']] },
  PixelUnshuffle: { refuses: [[[[2, 3, 2]], 'divisible by 2']] },
  ZeroPad1d: { refuses: [[[[3]], 'ZeroPad1d: expected an input [batch, channels, length]']] },
  ReflectionPad1d: { refuses: [[[[2, 2, 2]], "mode 'reflect' cannot put"]] },
  CircularPad2d: { refuses: [[[[3, 3]], 'CircularPad2d: expected an input']] },
};

runLayerFixtures(cases, nn, extras);

test('every class that is refused something has a case', () => {
  const tried = new Set(cases.map(({ layer }) => layer));
  expect(Object.keys(extras).filter((name) => !tried.has(name))).toEqual([]);
});

describe('constructors refuse', () => {
  test.each([
    [
      'groups that do not divide',
      () => new nn.Conv2d(3, 4, 2, { groups: 2 }),
      'Conv2d: 3 input and 4 output',
    ],
    ['a kernel of 0', () => new nn.Conv1d(2, 2, 0), 'Conv1d: kernelSize is 0'],
    ['sizes for other dimensions', () => new nn.Conv2d(2, 2, [3, 3, 3]), 'Conv2d: kernelSize is [3, 3, 3]'],
    [
      'same with a stride',
      () => new nn.Conv2d(2, 2, 3, { padding: 'same', stride: 2 }),
      "Conv2d: padding 'same'",
    ],
    ['groups that do not divide channels', () => new nn.GroupNorm(3, 4), 'GroupNorm: 4 channels'],
    ['an empty shape', () => new nn.LayerNorm([]), 'LayerNorm: normalizedShape'],
    ['half a channel', () => new nn.InstanceNorm2d(1.5), 'InstanceNorm2d: numFeatures'],
    [
      'three sides',
      () => new nn.ZeroPad2d([1, 2, 3]),
      'ZeroPad2d: padding must be a whole number or [left, right, top',
    ],
  ])('%s', (_, make, message) => {
    expect(make).toThrow(message);
  });

  test('a padding mode that does not exist', () => {
    expect(() => new nn.Conv1d(2, 2, 3, { paddingMode: 'mirror' as 'reflect' })).toThrow("not 'mirror'");
  });
});

test('parameters without a purpose are not there', () => {
  const names = (module: nn.Module) => {
    const found = [...module.stateDict().keys()];
    module.dispose();
    return found;
  };
  expect(names(new nn.Conv2d(1, 1, 1, { bias: false }))).toEqual(['weight']);
  expect(names(new nn.BatchNorm2d(1, { affine: false }))).toEqual([
    'running_mean',
    'running_var',
    'num_batches_tracked',
  ]);
  expect(names(new nn.BatchNorm1d(1, { trackRunningStats: false }))).toEqual(['weight', 'bias']);
  expect(names(new nn.InstanceNorm2d(1))).toEqual([]);
  expect(names(new nn.LayerNorm(2, { elementwiseAffine: false }))).toEqual([]);
  expect(names(new nn.RMSNorm(2))).toEqual(['weight']);
});

test('activations know what they were made with, and their names', () => {
  const layer = new nn.LeakyReLU(0.2);
  expect(layer.args).toEqual([0.2]);
  expect(layer.constructor.name).toBe('LeakyReLU');
  expect(layer).toBeInstanceOf(nn.Module);
  const x = zeros([2]);
  expect(new nn.Identity().forward(x)).toBe(x);
});
