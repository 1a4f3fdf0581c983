import { cat, compile, isTracing, observeFunctions, type Tensor, tensor } from 'lumbre';
import { Conv2d } from 'lumbre/nn';
import { afterEach, expect, test } from 'vitest';

afterEach(() => observeFunctions(null));

test('functions are seen wherever they are called from, and what the observer returns is what comes out', async () => {
  const seen: string[] = [];
  observeFunctions((name, run, args) => {
    seen.push(`${name} of ${args.length}`);
    return run(...args);
  });
  const layer = new Conv2d(1, 1, 2);
  const x = tensor([1, 2, 3, 4, 5, 6], { shape: [1, 1, 2, 3] });
  expect(layer.forward(x).shape).toEqual([1, 1, 1, 2]);
  layer.dispose();
  observeFunctions((_, run, args) => (run(...args) as Tensor).neg());
  expect(await cat([tensor([1]), tensor([2])]).array()).toEqual([-1, -2]);
  observeFunctions(null);
  expect(await cat([tensor([1]), tensor([2])]).array()).toEqual([1, 2]);
  expect(seen).toEqual(['conv2d of 3']);
});

test('whether a function is being traced can be asked', async () => {
  const seen: boolean[] = [];
  const traced = compile((x: Tensor) => {
    seen.push(isTracing());
    return x.mul(2);
  });
  expect(await traced(tensor([1])).array()).toEqual([2]);
  expect(seen).toEqual([true]);
  expect(isTracing()).toBe(false);
});
