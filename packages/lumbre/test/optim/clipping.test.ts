import { describe, expect, test } from 'vitest';
import { compile, deviceNames, type Tensor, tensor } from '../../src/index.ts';
import { clipGradNorm, clipGradValue } from '../../src/optim/index.ts';
import fixture from '../fixtures/optimSchedules.json' with { type: 'json' };
import { newParameter } from '../support/optimizers.ts';

function makeParameters(device?: string): [Tensor, Tensor] {
  return [newParameter([0, 0, 0, 0], [2, 2], device), newParameter([0, 0, 0], [3], device)];
}

/** Those of the fixture. */
function setGradients([a, b]: readonly Tensor[]): void {
  const [first, second] = [a as Tensor, b as Tensor];
  first.grad = tensor([[3, -1], [0.5, 2]], { device: first.device }); // biome-ignore format: rows
  second.grad = tensor([-4, 0.25, 1.5], { device: second.device });
}

const gradients = (parameters: readonly Tensor[]) =>
  parameters.flatMap(({ grad }) => [...(grad as Tensor).dataSync()]);

function expectClose(actual: readonly number[], expected: readonly number[]): void {
  expect(actual.length).toBe(expected.length);
  actual.forEach((value, i) => {
    expect(value).toBeCloseTo(expected[i] as number, 6);
  });
}

describe.each(deviceNames())('on %s', (device) => {
  test("clipGradNorm is PyTorch's for every norm, eager and compiled", () => {
    const parameters = makeParameters(device);
    for (const { maxNorm, normType: given, norm, gradients: expected } of fixture.clipGradNorm) {
      const normType = given === 'inf' ? Number.POSITIVE_INFINITY : (given as number);
      const clip = () => {
        setGradients(parameters);
        return clipGradNorm(parameters, maxNorm, { normType });
      };
      const compiled = compile(clip);
      for (const run of [clip, compiled, compiled]) {
        expect(run().itemSync()).toBeCloseTo(norm as number, 5);
        expectClose(gradients(parameters), expected);
      }
      compiled.dispose();
    }
    for (const one of parameters) one.dispose();
  });

  test("clipGradValue is PyTorch's", () => {
    const parameters = makeParameters(device);
    setGradients(parameters);
    clipGradValue(parameters, fixture.clipGradValue.clipValue);
    expectClose(gradients(parameters), fixture.clipGradValue.gradients);
    for (const one of parameters) one.dispose();
  });
});

test('a norm that is not finite is told of, where that is asked for', () => {
  const [a, b] = makeParameters();
  a.grad = tensor([[1, Number.POSITIVE_INFINITY], [0, 0]]); // biome-ignore format: rows
  expect(() => clipGradNorm([a, b], 1, { errorIfNonfinite: true })).toThrow('the gradients is Infinity');
  expect(gradients([a])).toEqual([1, Number.POSITIVE_INFINITY, 0, 0]);
  const compiled = compile(() => clipGradNorm([a], 1, { errorIfNonfinite: true }));
  expect(() => compiled()).toThrow('inside compile');
  a.grad = tensor([[3, 4], [0, 0]]); // biome-ignore format: rows
  expect(clipGradNorm([a, b], 1, { errorIfNonfinite: true }).itemSync()).toBe(5);
  a.dispose();
  b.dispose();
});

test('limits that are none, and parameters without gradients, are refused', () => {
  const [a, b] = makeParameters();
  expect(() => clipGradNorm([a, b], 1)).toThrow('backward()');
  expect(() => clipGradNorm([a], 0)).toThrow('maxNorm must be positive');
  expect(() => clipGradNorm([a], 1, { normType: 0 })).toThrow('normType must be positive');
  expect(() => clipGradValue([a], -1)).toThrow('clipValue must be positive');
  clipGradValue([a, b], 1);
  a.dispose();
  b.dispose();
});
