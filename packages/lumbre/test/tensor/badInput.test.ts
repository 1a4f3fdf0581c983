import { beforeEach, describe, expect, test } from 'vitest';
import * as t from '../../src/index.ts';
import { Embedding, Linear } from '../../src/nn/index.ts';
import { AdamW, SGD } from '../../src/optim/index.ts';
import { deviceNames, getDevice } from '../../src/runtime/devices.ts';
import { closeScope, openScope } from '../../src/tensor/lifetime.ts';

type Tensor = t.Tensor;

/** What the types forbid, as it comes from JavaScript. */
const wrong = (value: unknown) => value as never;

type WrongCalls = Record<
  string,
  readonly [call: (on: { readonly device: string }) => unknown, message: RegExp]
>;

const int = (values: number | readonly number[], on: { readonly device: string }) =>
  t.tensor(values as number[], { dtype: 'int32', ...on });
/** Zeros that lie in memory: nothing is known of them. */
const zeros = (shape: readonly number[], on: { readonly device: string }) => t.zeros(shape, on).realize();
const leaf = (shape: readonly number[], on: { readonly device: string }) => {
  const value = zeros(shape, on);
  value.requiresGrad = true;
  return value;
};
const other = (device: string) => ({ device: device === 'js' ? 'wasm' : 'js' });

const creation: WrongCalls = {
  'rows of two lengths': [
    (on) => t.tensor([[1, 2], [3]], on),
    /tensor: ragged data: element \[1\] .* length 1, expected .* 2/,
  ],
  'a number among rows': [(on) => t.tensor(wrong([[1, 2], 3]), on), /ragged data: element \[1\] is a number/],
  'ragged further down': [
    (on) =>
      t.tensor(
        [
          [[1], [2]],
          [[3], [4, 5]],
        ],
        on,
      ),
    /element \[1, 1\] is an array of length 2/,
  ],
  text: [(on) => t.tensor(wrong(['a']), on), /element \[0\] is a string; expected numbers or booleans/],
  null: [(on) => t.tensor(wrong([null]), on), /element \[0\] is null/],
  nothing: [(on) => t.tensor(wrong(undefined), on), /tensor: expected a number, .* got undefined/],
  'too few values': [
    (on) => t.tensor([1, 2, 3], { shape: [2, 2], ...on }),
    /3 values do not fill shape \[2, 2\]/,
  ],
  'a dtype that does not exist': [
    (on) => t.tensor([1], { dtype: wrong('float8'), ...on }),
    /no dtype 'float8'; choose one of bool/,
  ],
  'an int64 that is too large': [
    (on) => t.tensor(wrong(new BigInt64Array([2n ** 40n])), on),
    /1099511627776 at position 0 does not fit int32/,
  ],
  'a negative size': [(on) => t.zeros([2, -1], on), /zeros: \[2, -1\] is not a shape; .* not -1/],
  'a size that is no integer': [(on) => t.ones([1.5], on), /ones: \[1.5\] is not a shape/],
  'a size that is NaN': [(on) => t.full([Number.NaN], 0, on), /full: \[NaN\] is not a shape/],
  'a fill of text': [
    (on) => t.full([2], wrong('x'), on),
    /full: expected a number or a boolean to fill with, got string/,
  ],
  'a matrix of negative size': [(on) => t.eye(-1, 2, on), /eye: \[-1, 2\] is not a shape/],
  'more elements than fit': [
    (on) => t.zeros([2 ** 20, 2 ** 20], on),
    /zeros: .* has 1099511627776 elements; at most 4294967296/,
  ],
  'steps of zero': [(on) => t.arange(0, 5, 0, on), /arange: from 0 to 5 by 0 .* must not be 0/],
  'a negative number of steps': [(on) => t.linspace(0, 1, -3, on), /linspace: \[-3\] is not a shape/],
  'an empty range of integers': [
    (on) => t.randint(3, 3, [2], on),
    /randint: expected integers low < high .* got 3 and 3/,
  ],
  'no permutation': [(on) => t.randperm(-1, on), /randperm: \[-1\]/],
  'a probability of 2': [
    (on) => t.bernoulli(2, [2], on),
    /bernoulli: p must be a probability from 0 to 1, not 2/,
  ],
  'a negative deviation': [
    (on) => t.normal(0, -1, [2], on),
    /normal: the standard deviation must not be negative, got -1/,
  ],
  'a device that does not exist': [
    () => t.zeros([2], { device: 'gpu' }),
    /no device 'gpu'; choose one of: js, wasm/,
  ],
};

const elementwise: WrongCalls = {
  'shapes that do not broadcast': [
    (on) => zeros([2, 3], on).add(zeros([2], on)),
    /add: shapes \[2, 3\] and \[2\] do not broadcast: .* 3 against 2/,
  ],
  'an operand of text': [
    (on) => zeros([2], on).add(wrong('1')),
    /add: expected a tensor, a number or a boolean, got string/,
  ],
  'no operand': [(on) => zeros([2], on).mul(wrong(undefined)), /mul: expected a tensor.* got undefined/],
  'two devices': [
    (on) => zeros([2], on).add(zeros([2], other(on.device))),
    /add: one tensor is on device .* make both on one device/,
  ],
  'bits of floats': [
    (on) => zeros([2], on).bitwiseAnd(zeros([2], on)),
    /bitwiseAnd: expected integers or bools, got float32/,
  ],
  'a condition of floats': [
    (on) => t.where(wrong(zeros([2], on)), zeros([2], on), 1),
    /where: the condition must be bool, got float32/,
  ],
  'a condition of another shape': [
    (on) => t.where(t.tensor([true, false], on), zeros([3], on), 1),
    /where: shapes \[2\] and \[3\]/,
  ],
  'a mask of floats': [
    (on) => zeros([2], on).maskedFill(zeros([2], on), 1),
    /maskedFill: the condition must be bool/,
  ],
  'no limits': [(on) => zeros([2], on).clamp(), /clamp: give at least one limit/],
  'a dropout of 1.5': [(on) => zeros([2], on).dropout(1.5), /dropout: p must be a probability/],
  'a conversion to nowhere': [(on) => zeros([2], on).to(wrong('float')), /to: there is no dtype 'float'/],
};

const reductions: WrongCalls = {
  'an axis that is not there': [
    (on) => zeros([2, 3], on).sum(2),
    /sum: axis 2 does not exist .* from -2 to 1/,
  ],
  'half an axis': [(on) => zeros([2, 3], on).mean(0.5), /mean: axis 0.5 does not exist/],
  'an axis twice': [(on) => zeros([2, 3], on).sum([0, -2]), /sum: axes .* name the same axis twice/],
  'the largest of nothing': [(on) => zeros([0], on).max(), /max: \[0\] has no elements .* undefined/],
  'the smallest of nothing, along an axis': [
    (on) => zeros([2, 0], on).min(1),
    /\[2, 0\] has no elements along axes \[1\]/,
  ],
  'the place of the largest of nothing': [
    (on) => zeros([0, 2], on).argmax(0),
    /argmax: \[0, 2\] has no elements/,
  ],
  'the median of nothing': [(on) => zeros([0], on).median(), /median: \[0\] has no elements/],
  'softmax along no axis': [(on) => zeros([2], on).softmax(1), /softmax: axis 1 does not exist/],
  'sums along no axis': [(on) => zeros([2], on).cumsum(1), /cumsum: axis 1 does not exist/],
  'more than there are': [(on) => zeros([3], on).topk(4), /topk: k = 4 is more than the 3 elements/],
  'sorted along no axis': [(on) => zeros([3], on).sort(1), /sort: axis 1 does not exist/],
};

const movement: WrongCalls = {
  'another number of elements': [
    (on) => zeros([2, 3], on).reshape([4]),
    /reshape: \[2, 3\] with 6 elements does not fit \[4\]/,
  ],
  'two sizes left open': [(on) => zeros([2, 3], on).reshape([-1, -1]), /reshape: .* not -1/],
  'a size that does not divide': [
    (on) => zeros([2, 3], on).reshape([4, -1]),
    /reshape: .* does not fit \[4, -1\]/,
  ],
  'a size of nothing left open': [
    (on) => zeros([0, 3], on).reshape([0, -1]),
    /reshape: \[0, 3\] with 0 elements does not fit/,
  ],
  'an axis in two places': [
    (on) => zeros([2, 3], on).permute([0, 0]),
    /permute: \[0, 0\] is not an order of the 2 axes/,
  ],
  'an axis left out': [(on) => zeros([2, 3], on).permute([0]), /permute: \[0\] is not an order/],
  'axes that are not there': [(on) => zeros([2, 3], on).transpose(0, 2), /transpose: axis 2 does not exist/],
  'three dimensions turned': [
    (on) => zeros([2, 3, 4], on).T,
    /T: \[2, 3, 4\] has more than two dimensions; use mT/,
  ],
  'a vector turned': [(on) => zeros([3], on).mT, /mT: expected at least two dimensions/],
  'a size of 2 that grows': [
    (on) => zeros([2, 3], on).expand([4, 3]),
    /expand: shapes \[2, 3\] and \[4, 3\] do not broadcast/,
  ],
  'a size that is no size': [
    (on) => zeros([1], on).broadcastTo([1.5]),
    /broadcastTo: \[1.5\] is not a shape/,
  ],
  'squeezed where nothing is': [(on) => zeros([2, 3], on).squeeze(5), /squeeze: axis 5/],
  'unsqueezed beyond the end': [(on) => zeros([2, 3], on).unsqueeze(4), /unsqueeze: axis 4/],
  'nothing joined': [() => t.cat([]), /cat: expected at least one tensor/],
  'parts that do not fit': [
    (on) => t.cat([zeros([2, 3], on), zeros([2, 4], on)]),
    /cat: tensor 1 has shape \[2, 4\] and the first \[2, 3\]/,
  ],
  'parts on two devices': [
    (on) => t.cat([zeros([2], on), zeros([2], other(on.device))]),
    /cat: one tensor is on device/,
  ],
  'a stack of two shapes': [
    (on) => t.stack([zeros([2], on), zeros([3], on)]),
    /stack: tensor 1 has shape \[3\]/,
  ],
  'parts that are too few': [
    (on) => zeros([5], on).split([2, 2]),
    /split: sizes \[2, 2\] add up to 4; dimension 0 of \[5\] has 5/,
  ],
  'parts of nothing': [(on) => zeros([5], on).split(0), /split: size must be an integer of at least 1/],
  'no parts': [(on) => zeros([5], on).chunk(0), /chunk: .* at least 1, not 0/],
  'a range beyond the end': [
    (on) => zeros([5], on).narrow(0, 3, 3),
    /narrow: 3 elements from 3 do not lie within/,
  ],
  'an element beyond the end': [
    (on) => zeros([5], on).select(0, 5),
    /select: index 5 is out of range .* from -5 to 4/,
  ],
  'an index beyond the end': [(on) => zeros([5], on).slice(-6), /slice: index -6 is out of range/],
  'more indices than axes': [(on) => zeros([5], on).slice(0, 0), /slice: 2 indices for the 1 dimensions/],
  'a range of step 0': [(on) => zeros([5], on).slice([0, 5, 0]), /is no range; .* not 0/],
  "Python's text in slice": [
    (on) => zeros([5], on).slice(wrong('0:2')),
    /slice: 0:2 for dimension 0 is no range; .* at\('1:3'\)/,
  ],
  'a text that is no index': [(on) => zeros([5], on).at('a:b'), /at: 'a:b' .* is no index/],
  'an element written beyond the end': [(on) => zeros([2], on).set([2], 1), /index 2 is out of range/],
  'padding for one axis of two': [
    (on) => zeros([2, 2], on).pad([[1, 1]]),
    /pad: .* give a pair \[before, after\]/,
  ],
  'negative padding': [(on) => zeros([2], on).pad([[-1, 0]]), /pad: .* To cut, use slice/],
  'more than there is to reflect': [
    (on) => zeros([2], on).pad([[2, 0]], { mode: 'reflect' }),
    /pad: mode 'reflect' cannot put 2 and 0 .* at most 1/,
  ],
  'turned along no axis': [(on) => zeros([2], on).flip([1]), /flip: axis 1/],
  'repeated a negative number of times': [(on) => zeros([2], on).repeat([-1]), /repeat: a count must be/],
  'the triangle of a vector': [(on) => zeros([2], on).tril(), /tril: expected a matrix/],
};

const contractions: WrongCalls = {
  'inner sizes that differ': [
    (on) => zeros([2, 3], on).matmul(zeros([2, 3], on)),
    /matmul: \[2, 3\] by \[2, 3\] do not fit/,
  ],
  'a product with a scalar': [
    (on) => zeros([], on).matmul(zeros([2], on)),
    /matmul: \[\] by \[2\] do not fit/,
  ],
  'batches that do not broadcast': [
    (on) => zeros([2, 1, 3], on).matmul(zeros([3, 3, 1], on)),
    /matmul: shapes \[2\] and \[3\]/,
  ],
  'vectors of two lengths': [(on) => zeros([2], on).dot(zeros([3], on)), /dot: vectors of 2 and 3 elements/],
  'a name of two sizes': [
    (on) => t.einsum('ij,jk->ik', zeros([2, 3], on), zeros([2, 3], on)),
    /einsum: 'j' .* is 3 in one place and 2/,
  ],
  'a name from nowhere': [
    (on) => t.einsum('ij,jk->iz', zeros([2, 3], on), zeros([3, 3], on)),
    /einsum: output 'iz' .* names 'z'/,
  ],
  'an operand too few': [(on) => t.einsum('ij,jk->ik', zeros([2, 3], on)), /is for 2 operands, got 1/],
  'channels that differ': [
    (on) => t.conv2d(zeros([1, 3, 5, 5], on), zeros([4, 2, 3, 3], on)),
    /conv2d: input \[1, 3, 5, 5\] has 3 channels/,
  ],
  'a kernel larger than the image': [
    (on) => t.conv2d(zeros([1, 3, 2, 2], on), zeros([4, 3, 3, 3], on)),
    /conv2d: a kernel of \[3, 3\].* does not fit/,
  ],
  'groups that do not divide': [
    (on) => t.conv2d(zeros([1, 4, 5, 5], on), zeros([3, 2, 3, 3], on), { groups: 2 }),
    /conv2d: 2 groups do not divide 3/,
  ],
  'a stride of 0': [
    (on) => t.conv2d(zeros([1, 3, 5, 5], on), zeros([4, 3, 3, 3], on), { stride: 0 }),
    /conv2d: stride is 0/,
  ],
  'windows larger than the image': [
    (on) => t.maxPool2d(zeros([1, 1, 2, 2], on), 3),
    /maxPool2d: windows of \[3, 3\] do not fit/,
  ],
  'keys of another size': [
    (on) => t.scaledDotProductAttention(zeros([2, 3], on), zeros([2, 4], on), zeros([2, 4], on)),
    /scaledDotProductAttention: .* do not fit/,
  ],
  'a length that is no integer': [
    (on) =>
      t.scaledDotProductAttention(zeros([2, 3], on), zeros([2, 3], on), zeros([2, 3], on), {
        keyLength: zeros([], on),
      }),
    /keyLength must be one int32, got float32/,
  ],
  'a matrix that is not square': [
    (on) => t.linalg.inv(zeros([2, 3], on)),
    /linalg.inv: expected square matrices/,
  ],
};

const indexing: WrongCalls = {
  'an index past the end': [
    (on) =>
      zeros([3], on)
        .gather(0, int([3], on))
        .realize(),
    /gather: index 3 .*\[0, 3\)/,
  ],
  'a negative index': [
    (on) =>
      zeros([3], on)
        .gather(0, int([-1], on))
        .realize(),
    /gather: index -1 .*\[0, 3\)/,
  ],
  'an index of floats': [
    (on) => zeros([3], on).gather(0, zeros([1], on)),
    /gather: indices must be int32 or uint8, got float32/,
  ],
  'an index of another shape': [
    (on) => zeros([3, 2], on).gather(0, int([0, 1], on)),
    /gather: index \[2\] does not fit \[3, 2\]/,
  ],
  'a row that is not there': [
    (on) =>
      zeros([3, 2], on)
        .indexSelect(0, int([7], on))
        .realize(),
    /indexSelect: index 7 .*\[0, 3\)/,
  ],
  'a row along no axis': [(on) => zeros([3], on).indexSelect(1, int([0], on)), /indexSelect: axis 1/],
  'added past the end': [
    (on) =>
      zeros([3], on)
        .scatterAdd(0, int([3], on), zeros([1], on))
        .realize(),
    /scatterAdd: index 3/,
  ],
  'added to bools': [
    (on) => t.tensor([true], on).scatterAdd(0, int([0], on), t.tensor([true], on)),
    /scatterAdd: .* not bool/,
  ],
  'more slices than indices': [
    (on) => zeros([3], on).indexAdd(0, int([0, 1], on), zeros([3], on)),
    /indexAdd: source \[3\] does not fit; expected \[2\]/,
  ],
  'a class that is not there': [(on) => int([4], on).oneHot(3).realize(), /oneHot: index 4/],
  'a target that is not there': [
    (on) =>
      zeros([2, 3], on)
        .crossEntropy(int([0, 3], on))
        .realize(),
    /crossEntropy: index 3/,
  ],
  'targets of floats': [
    (on) => zeros([2, 3], on).crossEntropy(zeros([2], on)),
    /crossEntropy: indices must be int32/,
  ],
  'too few targets': [
    (on) => zeros([2, 3], on).crossEntropy(int([0], on)),
    /crossEntropy: logits \[2, 3\] and targets \[1\] do not fit/,
  ],
  'an embedding that is not there': [
    (on) => {
      const layer = new Embedding(3, 2, on);
      try {
        return layer.forward(int([3], on)).realize();
      } finally {
        layer.dispose();
      }
    },
    /index 3 .*\[0, 3\)/,
  ],
  'an input of other features': [
    (on) => {
      const layer = new Linear(3, 2, on);
      try {
        return layer.forward(zeros([2, 4], on));
      } finally {
        layer.dispose();
      }
    },
    /Linear: expected an input \[.., 3\], got \[2, 4\]/,
  ],
};

const state: WrongCalls = {
  'one of two elements': [(on) => zeros([2], on).itemSync(), /item: expected a tensor of one element/],
  'one of no elements': [
    (on) => zeros([0], on).itemSync(),
    /item: expected a tensor of one element, .* \[0\]/,
  ],
  'a tensor that is gone': [
    (on) => {
      const x = zeros([2], on);
      x.dispose();
      return x.add(1);
    },
    /has been disposed/,
  ],
  'no gradients': [(on) => zeros([], on).backward(), /backward: no gradient flows to this tensor/],
  'the gradient of several numbers': [
    (on) => leaf([2], on).mul(2).backward(),
    /backward: a tensor of shape \[2\] needs the gradient/,
  ],
  'a gradient of another shape': [
    (on) =>
      leaf([2], on)
        .mul(2)
        .backward(zeros([3], on)),
    /backward: the gradient is float32\[3\], expected float32\[2\]/,
  ],
  'gradients of integers': [
    (on) => {
      int([1], on).requiresGrad = true;
    },
    /requiresGrad: only float tensors/,
  ],
  'a function of several numbers': [
    (on) => t.grad((x: Tensor) => x.mul(2))(zeros([2], on)),
    /grad: the function must return one float number/,
  ],
  'an argument that is not there': [
    (on) => t.grad((x: Tensor) => x.sum(), { argnums: 1 })(zeros([2], on)),
    /grad: there is no argument 1/,
  ],
  'a value of another shape': [
    (on) => zeros([2], on).assign(zeros([3], on)),
    /assign: got float32\[3\], expected float32\[2\]/,
  ],
  'a value of another dtype': [(on) => zeros([2], on).assign(int([1, 2], on)), /assign: got int32\[2\]/],
  'a value on another device': [
    (on) => zeros([2], on).assign(zeros([2], other(on.device))),
    /assign: the value is on/,
  ],
  'a value read in a compiled function': [
    (on) => t.compile((x: Tensor) => x.mul(x.sum().itemSync()))(zeros([2], on)),
    /compile: a value cannot be read inside/,
  ],
  'nothing to compile': [() => t.compile(() => 3)(), /compile: the function returned no tensor/],
  'an argument that wants a gradient': [
    (on) => t.compile((x: Tensor) => x.mul(2))(leaf([2], on)),
    /compile: an argument requires a gradient/,
  ],
  'a compiled function with an index past the end': [
    (on) => t.compile((x: Tensor, i: Tensor) => x.indexSelect(0, i))(zeros([2], on), int([2], on)),
    /indexSelect: index 2/,
  ],
  'an optimizer of nothing': [() => new SGD([]), /SGD: there are no parameters/],
  'a parameter twice': [
    (on) => {
      const x = leaf([2], on);
      return new SGD([x, x]);
    },
    /SGD: a parameter of shape \[2\] is given twice/,
  ],
  'a parameter without gradients': [
    (on) => new AdamW([zeros([2], on)]),
    /AdamW: a tensor of shape \[2\] requires no gradient/,
  ],
};

const calls = Object.entries({ creation, elementwise, reductions, movement, contractions, indexing, state });

describe.each(deviceNames())('wrong calls on %s say what is wrong and lose nothing', (device) => {
  beforeEach(() => {
    // Both are there before bytes are counted.
    for (const name of deviceNames()) getDevice(name);
  });
  const live = () => deviceNames().map((name) => getDevice(name).memory().liveBytes);

  describe.each(calls)('%s', (_, table) => {
    test.each(Object.entries(table))('%s', (_name, [call, message]) => {
      const kept = t.tensor([1, 2, 3], { device });
      const pending = kept.mul(2);
      kept.realize();
      const before = live();
      openScope();
      expect(() => call({ device })).toThrow(message);
      closeScope(new Set());
      expect(live()).toEqual(before);
      expect([kept.arraySync(), pending.arraySync()]).toEqual([
        [1, 2, 3],
        [2, 4, 6],
      ]);
    });
  });
});

describe.each(deviceNames())('a training step that fails on %s', (device) => {
  const makeStep = (compiled: boolean) => {
    const table = t
      .tensor(
        [
          [1, 2],
          [3, 4],
        ],
        { device, requiresGrad: true },
      )
      .realize();
    const optimizer = new AdamW([table], { lr: 0.1 });
    const body = (ids: Tensor) => {
      optimizer.zeroGrad();
      const loss = table.indexSelect(0, ids).square().sum();
      loss.backward();
      optimizer.step();
      return loss;
    };
    const step = t.compile(body);
    return {
      table,
      optimizer,
      run: (ids: readonly number[]) => (compiled ? step : body)(int(ids, { device })),
      step,
    };
  };
  const stateOf = ({ table, optimizer }: Pick<ReturnType<typeof makeStep>, 'table' | 'optimizer'>) => [
    table.arraySync(),
    optimizer.stepCount,
    [...optimizer.stateDict().tensors].map(([name, value]) => [name, value.arraySync()]),
  ];

  test.each([
    ['at once', false],
    ['compiled', true],
  ])('%s leaves parameters and optimizer as they were, and goes on', (_, compiled) => {
    const [one, two] = [makeStep(compiled), makeStep(compiled)];
    // The very first call fails too, where a compiled function is traced.
    expect(() => one.run([0, 2])).toThrow(/indexSelect: index 2 .*\[0, 2\)/);
    for (const ids of [
      [0, 1],
      [1, 1],
      [0, 0],
    ]) {
      one.run(ids);
      two.run(ids);
      const before = stateOf(one);
      expect(() => one.run([0, 2])).toThrow(/indexSelect: index 2 .*\[0, 2\)/);
      expect(() => one.run([-1, 0])).toThrow(/indexSelect: index -1/);
      expect(stateOf(one)).toEqual(before);
    }
    expect(stateOf(one)).toEqual(stateOf(two));
    for (const { optimizer, step } of [one, two]) {
      step.dispose();
      optimizer.dispose();
    }
  });
});

test('float64 is for js alone, and says so', () => {
  expect(() => t.zeros([2], { device: 'wasm' }).to('float64')).toThrow(
    /to: device 'wasm' has no float64; .* 'js'/,
  );
  expect(() => t.tensor([1], { device: 'wasm', dtype: 'float64' })).toThrow(/'wasm' has no float64/);
});

test('what is undefined but no error has a value', () => {
  const nothing = t.zeros([0]);
  expect(nothing.sum().itemSync()).toBe(0);
  expect(nothing.prod().itemSync()).toBe(1);
  expect(nothing.mean().itemSync()).toBeNaN();
  expect(t.zeros([0, 3]).matmul(t.zeros([3, 2])).shape).toEqual([0, 2]);
  expect(
    t
      .zeros([2, 0])
      .matmul(t.zeros([0, 2]))
      .arraySync(),
  ).toEqual([
    [0, 0],
    [0, 0],
  ]);
  expect(t.zeros([0, 4]).softmax(-1).shape).toEqual([0, 4]);
});
