import { describe, expect, test } from 'vitest';
import {
  compile,
  detectAnomaly,
  grad,
  NaNError,
  noGrad,
  type Tensor,
  tensor,
  where,
} from '../../src/index.ts';
import { Linear } from '../../src/nn/index.ts';
import { SGD } from '../../src/optim/index.ts';
import { callSiteOf } from '../../src/tensor/callSite.ts';

const leaf = (data: number[] | number) => tensor(data, { requiresGrad: true });

function caught(fn: () => unknown): NaNError {
  try {
    detectAnomaly(fn);
  } catch (error) {
    expect(error).toBeInstanceOf(NaNError);
    return error as NaNError;
  }
  throw new Error('detectAnomaly found nothing');
}

function badLogarithm(x: Tensor): Tensor {
  return x.mul(2).log();
}

describe('detectAnomaly()', () => {
  test('names the op, its operands and the line of the caller', () => {
    const x = tensor([0.5, 0, 1]);
    const error = caught(() => badLogarithm(x).add(1).exp().add(badLogarithm(x)).sum());
    expect(error.op).toBe('log');
    expect(error.shape).toEqual([3]);
    expect(error.backward).toBe(false);
    expect(error.location).toMatch(/badLogarithm \(.*test\/tensor\/anomaly\.test\.ts.*:\d+:\d+\)$/);
    expect(error.message.split('\n')).toEqual([
      'detectAnomaly: log gave -Infinity in 1 of 3 elements of float32[3], first at [1]',
      `  at ${error.location}`,
      '  source 0 (mul): float32[3] = 1, 0, 2; 0 there',
    ]);
  });

  test('finds the first op of several, and the method that it was part of', () => {
    // exp overflows; the quotient of the infinities is NaN only later.
    const overflow = caught(() => {
      const e = tensor([1000, 1]).exp();
      return e.div(e.sum());
    });
    expect([overflow.op, overflow.message]).toEqual([
      'exp',
      expect.stringContaining('exp gave Infinity in 1 of 2'),
    ]);
    const masked = caught(() =>
      where(tensor([false, false]), tensor([1, 2]), Number.NEGATIVE_INFINITY).softmax(-1),
    );
    // The mask was meant; a row of nothing else is what has no softmax.
    expect(masked.message).toMatch(/^detectAnomaly: in softmax, sub gave NaN in 2 of 2 elements/);
  });

  test('of a gradient, names the op that it belongs to', () => {
    const x = leaf([4, 0]);
    const error = caught(() => {
      const loss = x.sqrt().sum();
      loss.backward();
      return loss;
    });
    expect(error.backward).toBe(true);
    expect(error.message).toMatch(/^detectAnomaly: in the gradient of sqrt, div gave Infinity in 1 of 2/);
    expect(error.location).toMatch(/anomaly\.test\.ts/);
    const second = caught(() =>
      grad((y: Tensor) => grad((z: Tensor) => z.pow(1.5).sum())(y).sum())(tensor([0, 1])),
    );
    expect(second.message).toContain('in the gradient of');
    expect(second.location).toMatch(/anomaly\.test\.ts/);
  });

  test('looks at what is left behind: gradients and state', () => {
    const x = leaf([0]);
    const state = tensor([1]);
    caught(() => {
      x.sqrt().sum().backward();
    });
    caught(() => {
      noGrad(() => state.assign(tensor([0]).log()));
    });
  });

  test('looks into compiled functions and modules', () => {
    const model = new Linear(2, 1);
    const optimizer = new SGD(model.parameters(), { lr: 0.1 });
    const step = compile((x: Tensor) => {
      const loss = model.forward(x).square().sqrt().mean();
      loss.backward();
      optimizer.step();
      optimizer.zeroGrad();
      return loss;
    });
    expect(detectAnomaly(() => step(tensor([[1, 2]]))).itemSync()).toBeGreaterThan(0);
    const error = caught(() => step(tensor([[Number.NaN, 2]])));
    expect(error.op).toBe('buffer');
    expect(error.message).toContain('came in with a tensor that was made of numbers');
    const square = compile((x: Tensor) => x.square().sum());
    const overflow = caught(() => square(tensor([1e30])));
    expect(overflow.message).toMatch(/in square, mul gave Infinity/);
    step.dispose();
    square.dispose();
    optimizer.dispose();
    model.dispose();
  });

  test('finds nothing where there is nothing, and changes nothing', () => {
    const x = tensor([1, 4]);
    const result = detectAnomaly(() => {
      // Infinite on the way, and not in the end.
      const y = where(x.gt(2), x.sub(1).reciprocal(), 0).add(x.sub(1).reciprocal().neg().exp());
      return y;
    });
    expect(result.arraySync()).toEqual([0, expect.closeTo(1 / 3 + Math.exp(-1 / 3), 5)]);
    expect(tensor([0]).log().itemSync()).toBe(Number.NEGATIVE_INFINITY);
  });

  test('infinities may be in order', () => {
    expect(detectAnomaly(() => tensor([0]).log(), { allowInfinity: true }).itemSync()).toBe(-Infinity);
    expect(() => detectAnomaly(() => tensor([-1]).log(), { allowInfinity: true })).toThrow(/log gave NaN/);
  });

  test('follows what is asynchronous', async () => {
    await expect(
      detectAnomaly(async () => {
        await Promise.resolve();
        return tensor([-1]).log();
      }),
    ).rejects.toThrow(/log gave NaN/);
    expect(await detectAnomaly(async () => tensor([4]).sqrt().item())).toBe(2);
    expect(tensor([-1]).log().itemSync()).toBeNaN();
  });

  test('says when the op is older', () => {
    const y = tensor([-1]).log();
    expect(caught(() => y.add(1)).message).toContain('made before detectAnomaly was called');
  });
});

describe('call sites', () => {
  const of = (...lines: string[]) => callSiteOf(['Error: x', ...lines].join('\n'), '/lib/src/');

  test('in stacks of Node, of Windows, of Chromium, Firefox and Safari', () => {
    expect(of('    at Tensor.log (/lib/src/tensor/a.ts:1:2)', '    at loss (/app/train.ts:12:20)')).toEqual({
      text: 'loss (/app/train.ts:12:20)',
      callee: 'Tensor.log',
    });
    expect(of('    at file:///app/train.ts:3:4')?.text).toBe('/app/train.ts:3:4');
    expect(of('    at async loss (file:///C:/app/train.ts:3:4)')?.text).toBe('loss (C:/app/train.ts:3:4)');
    expect(of('    at Object.<anonymous> (C:\\app\\train.ts:3:4)')?.text).toBe(
      'Object.<anonymous> (C:/app/train.ts:3:4)',
    );
    expect(of('    at loss (http://localhost:5173/train.ts?t=17:3:4)')?.text).toBe(
      'loss (http://localhost:5173/train.ts:3:4)',
    );
    expect(of('log@/lib/src/tensor/a.ts:1:2', 'loss@http://localhost/train.js:3:4')).toEqual({
      text: 'loss (http://localhost/train.js:3:4)',
      callee: 'log',
    });
    expect(of('@http://localhost/train.js:3:4')?.text).toBe('http://localhost/train.js:3:4');
  });

  test('where there is none', () => {
    expect([of('    at Tensor.log (/lib/src/tensor/a.ts:1:2)', '    at node:internal/x:1:2'), of()]).toEqual([
      null,
      null,
    ]);
    expect(callSiteOf(undefined)).toBe(null);
  });
});
