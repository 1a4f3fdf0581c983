import { describe, expect, test } from 'vitest';
import type { NumericArray } from '../../src/graph/dtype.ts';
import { deviceNames } from '../../src/runtime/devices.ts';
import { checkProgram, type Expectation, expectationOf } from '../support/fuzz/check.ts';
import { fuzz } from '../support/fuzz/fuzz.ts';
import { generateProgram } from '../support/fuzz/generate.ts';
import { type FuzzProgram, formatProgram, withoutDeadCode } from '../support/fuzz/program.ts';
import { runProgram } from '../support/fuzz/run.ts';
import { shrink } from '../support/fuzz/shrink.ts';

const SEEDS = 100;
const CHUNK = 20;

describe('random programs give the same on every device, fused, step by step and compiled', () => {
  test.each(Array.from({ length: SEEDS / CHUNK }, (_, i) => i * CHUNK))('seeds from %i', (first) => {
    for (let seed = first; seed < first + CHUNK; seed++) {
      expect(fuzz(seed, deviceNames()).failures.join('\n'), `seed ${seed}`).toBe('');
    }
  });
});

// Values without elements, addresses below a buffer, rows of a square, the end of tanh.
test.each([130, 1095, 1112, 1538, 3525, 4291, 5493])('seed %i, which once failed', (seed) => {
  expect(fuzz(seed, deviceNames()).failures.join('\n')).toBe('');
});

/** (x² + x) · softmax(x), of which only the square is an output of its own. */
const program: FuzzProgram = {
  definitions: [
    { kind: 'leaf', shape: [2, 3], dtype: 'float', data: [1, -0.5, 2, 0.25, 3, -1.5] },
    { kind: 'step', method: 'square', self: 0, args: [] },
    { kind: 'step', method: 'add', self: 1, args: [{ input: 0 }] },
    { kind: 'step', method: 'softmax', self: 0, args: [-1] },
    { kind: 'step', method: 'mul', self: 2, args: [{ input: 3 }] },
    { kind: 'step', method: 'exp', self: 0, args: [] },
  ],
  outputs: [1, 4],
  backward: [4],
};

describe('the fuzzer itself', () => {
  test('makes the same program from the same seed, and another from another', () => {
    const [a, b, c] = [5, 5, 6].map((seed) => formatProgram(generateProgram(seed)));
    expect(a).toBe(b);
    expect(a).not.toBe(c);
  });

  test('uses most of the operations there are', () => {
    const used = new Set<string>();
    for (let seed = 0; seed < 300; seed++) {
      for (const d of generateProgram(seed).definitions) {
        if (d.kind === 'step') used.add(d.method ?? (d.function as string));
      }
    }
    expect(used.size).toBeGreaterThan(75);
  });

  test('prints a program as code', () => {
    expect(formatProgram(withoutDeadCode(program))).toBe(
      [
        "const t0 = tensor([1, -0.5, 2, 0.25, 3, -1.5], { shape: [2, 3], dtype: 'float32', requiresGrad: true });",
        'const t1 = t0.square();',
        'const t2 = t1.add(t0);',
        'const t3 = t0.softmax(-1);',
        'const t4 = t2.mul(t3);',
        'const weights = (n) => Array.from({ length: n }, (_, i) => (((i * 7 + 3) % 11) - 5) / 4 || 1);',
        "t4.backward(tensor(weights(t4.size), { shape: t4.shape, dtype: 'float32' }));",
        'const outputs = [t1, t4];',
      ].join('\n'),
    );
  });

  test('computes outputs and gradients', () => {
    const small = { ...program, outputs: [1], backward: [1] };
    const { outputs, gradients } = runProgram(small, { device: 'js', float: 'float64', mode: 'fused' });
    expect([...(outputs[0] as NumericArray)]).toEqual([1, 0.25, 4, 0.0625, 9, 2.25]);
    // 2 x times the weights of the seed.
    expect([...(gradients[0] as NumericArray)]).toEqual([-1, -1.25, 1, -0.375, 6, -3]);
  });

  test('notices a wrong element, a wrong gradient and an error', () => {
    const expectation = expectationOf(program) as Expectation;
    expect(checkProgram(program, expectation, 'js', 'compiled')).toBeNull();
    const { oracle, slack } = expectation;
    const output = oracle.outputs[1] as Float64Array;
    const wrongOutput = {
      oracle: {
        ...oracle,
        outputs: oracle.outputs.with(
          1,
          output.map((x) => -x),
        ),
      },
      slack,
    };
    expect(checkProgram(program, wrongOutput, 'js', 'fused')).toMatchObject({
      output: 1,
      message: expect.stringMatching(/^output t4: 6 of 6 elements are off/),
    });
    const gradient = oracle.gradients[0] as NumericArray;
    const wrongGradient = { oracle: { ...oracle, gradients: [gradient.with(2, 7)] }, slack };
    expect(checkProgram(program, wrongGradient, 'js', 'stepwise')).toMatchObject({
      output: -1,
      message: expect.stringMatching(/^the gradient of t0: 1 of 6 elements are off/),
    });
    const impossible = {
      ...program,
      definitions: program.definitions.with(4, {
        kind: 'step',
        method: 'matmul',
        self: 2,
        args: [{ input: 3 }],
      }),
    } satisfies FuzzProgram;
    expect(checkProgram(impossible, expectation, 'js', 'fused')?.message).toContain('matmul');
  });

  test('shrinks a failing program to what fails', () => {
    // On a device that does not exist every program fails, so that the smallest there is is left.
    const failure = { device: 'none', mode: 'fused', output: 1, message: 'wrong' } as const;
    const { program: small } = shrink(program, failure);
    expect(small.definitions).toHaveLength(1);
    expect(small.backward).toEqual([]);
  });
});
