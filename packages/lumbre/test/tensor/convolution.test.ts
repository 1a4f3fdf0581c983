import { describe, expect, test } from 'vitest';
import { conv1d, conv2d, convTranspose1d, convTranspose2d, Tensor, zeros } from '../../src/index.ts';
import { checkGradients, derivative, type NodeFunction } from '../support/gradcheck.ts';
import { Random } from '../support/random.ts';

const on = (node: ConstructorParameters<typeof Tensor>[0]) => new Tensor(node, 'js');

describe('gradients of convolutions against finite differences', () => {
  const cases: Record<string, [shapes: number[][], (x: Tensor, w: Tensor) => Tensor]> = {
    conv1d: [
      [
        [2, 2, 5],
        [2, 2, 2],
      ],
      (x, w) => conv1d(x, w, { stride: 2, padding: 1 }),
    ],
    conv2d: [
      [
        [2, 2, 3, 4],
        [2, 1, 2, 2],
      ],
      (x, w) => conv2d(x, w, { groups: 2, padding: [1, 0], dilation: [2, 1] }),
    ],
    'a depthwise conv2d': [
      [
        [2, 2, 3, 3],
        [2, 1, 2, 2],
      ],
      (x, w) => conv2d(x, w, { groups: 2, stride: 2, padding: 1 }),
    ],
    convTranspose2d: [
      [
        [2, 2, 2, 2],
        [2, 2, 2, 3],
      ],
      (x, w) => convTranspose2d(x, w, { stride: 2, padding: 1, outputPadding: [1, 0] }),
    ],
  };
  /** Any kernel, stride, padding (more than a kernel needs, too), dilation and groups that fit. */
  const drawn = (seed: number): (typeof cases)[string] => {
    const random = new Random(seed);
    const upTo = (most: number) => random.integer(0, most);
    const size = (most: number) => 1 + upTo(most - 1);
    const pair = (draw: () => number): [number, number] => [draw(), draw()];
    const groups = size(2);
    const [stride, dilation] = [pair(() => size(2)), pair(() => size(2))];
    const [kernel, padding] = [pair(() => size(3)), pair(() => upTo(2))];
    const reach = kernel.map((k, i) => (k - 1) * (dilation[i] as number) + 1);
    const spatial = reach.map((r) => r + upTo(1));
    const [channels, out] = [groups * size(2), size(2)];
    const common = { stride, dilation, padding, groups };
    if (seed % 2 === 0) {
      const shapes = [
        [size(2), channels, ...spatial],
        [groups * out, channels / groups, ...kernel],
      ];
      return [shapes, (x, w) => conv2d(x, w, common)];
    }
    const outputPadding = stride.map((s, i) => upTo(Math.max(s, dilation[i] as number) - 1));
    const cut = padding.map((p, i) => Math.min(p, Math.floor(((reach[i] as number) - 1) / 2)));
    const shapes = [
      [size(2), channels, ...pair(() => size(3))],
      [channels, out, ...kernel],
    ];
    return [
      shapes,
      (x, w) =>
        convTranspose2d(x, w, {
          ...common,
          padding: cut as [number, number],
          outputPadding: outputPadding as [number, number],
        }),
    ];
  };
  for (let seed = 0; seed < 24; seed++) cases[`drawn from ${seed}`] = drawn(seed);

  test.each(Object.entries(cases))('%s, first and second', (_, [shapes, f]) => {
    const random = new Random(5);
    const inputs = shapes.map((shape) => ({
      shape,
      data: random.array(
        shape.reduce((a, b) => a * b),
        (r) => r.uniform(-1, 1),
      ),
    }));
    const call: NodeFunction = (leaves) => f(...(leaves.map(on) as [Tensor, Tensor])).node;
    expect(checkGradients(call, inputs)).toEqual([]);
    const squared: NodeFunction = (leaves) => f(...(leaves.map(on) as [Tensor, Tensor])).square().node;
    expect(checkGradients(derivative(squared), inputs)).toEqual([]);
    // By the weight as well.
    const swapped: NodeFunction = ([w, x]) => squared([x, w] as Parameters<NodeFunction>[0]);
    expect(checkGradients(derivative(swapped), inputs.toReversed())).toEqual([]);
  });
});

describe('what does not fit', () => {
  const x = () => zeros([2, 4, 6, 6]);
  const w = (...shape: number[]) => zeros(shape);
  test.each<[message: RegExp, () => Tensor]>([
    [
      /conv2d: input has shape \[6\]; expected \[batch, channels, height, width\]/,
      () => conv2d(w(6), w(2, 4, 3, 3)),
    ],
    [
      /conv2d: input \[2, 4, 6, 6\] has 4 channels, but weight \[2, 3, 3, 3\] is for 3/,
      () => conv2d(x(), w(2, 3, 3, 3)),
    ],
    [/conv2d: weight has shape \[2, 4, 3\]/, () => conv2d(x(), w(2, 4, 3))],
    [/conv2d: 3 groups do not divide 4 input channels/, () => conv2d(x(), w(3, 1, 3, 3), { groups: 3 })],
    [/conv2d: 2 groups do not divide 3 output channels/, () => conv2d(x(), w(3, 2, 3, 3), { groups: 2 })],
    [/conv2d: groups is 0/, () => conv2d(x(), w(3, 4, 3, 3), { groups: 0 })],
    [
      /a kernel of \[7, 3\], which reaches over \[7, 3\] elements, does not fit/,
      () => conv2d(x(), w(2, 4, 7, 3)),
    ],
    [/a kernel of \[4, 1\], which reaches over \[10, 1\]/, () => conv2d(x(), w(2, 4, 4, 1), { dilation: 3 })],
    [
      /conv2d: stride is 0; expected an integer of at least 1, or 2 of them/,
      () => conv2d(x(), w(2, 4, 3, 3), { stride: 0 }),
    ],
    [/conv2d: padding is \[1, 2, 3\]/, () => conv2d(x(), w(2, 4, 3, 3), { padding: [1, 2, 3] })],
    [
      /padding 'same' keeps the size only with stride 1/,
      () => conv2d(x(), w(2, 4, 3, 3), { padding: 'same', stride: 2 }),
    ],
    [/conv2d: bias has shape \[4\]; expected \[2\]/, () => conv2d(x(), w(2, 4, 3, 3), { bias: zeros([4]) })],
    [/conv1d: a kernel of \[3\]/, () => conv1d(w(1, 2, 2), w(1, 2, 3))],
    [
      /convTranspose2d: input \[2, 4, 6, 6\] has 4 channels, but weight \[3, 4, 3, 3\] is for 3/,
      () => convTranspose2d(x(), w(3, 4, 3, 3)),
    ],
    [
      /convTranspose2d: outputPadding \[1, 1\] must be smaller/,
      () => convTranspose2d(x(), w(4, 2, 3, 3), { outputPadding: 1 }),
    ],
    [
      /convTranspose1d: the output of \[1\] would have size \[-1\]/,
      () => convTranspose1d(w(1, 1, 1), w(1, 1, 3), { padding: 2 }),
    ],
  ])('%s', (message, call) => {
    expect(call).toThrow(message);
  });
});
