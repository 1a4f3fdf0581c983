/// <reference types="vite/client" />
import { describe, expect, test } from 'vitest';
import type { DType } from '../../src/graph/dtype.ts';
import { opTable } from '../../src/graph/ops.ts';
import { Tensor } from '../../src/index.ts';
import { defaultDevice, deviceNames, getDevice, setDefaultDevice } from '../../src/runtime/devices.ts';
import { canRun, describeFixture, type Fixture, runFixture } from '../support/fixtures.ts';

/** One file a family of ops; beside each lies the script that asked PyTorch. */
const files = import.meta.glob<readonly Fixture[]>('../fixtures/ops/*.json', {
  eager: true,
  import: 'default',
});
const fixtures = Object.values(files).flat();

/** Cases of one op, method or function. */
const groups = new Map<string, Fixture[]>();
for (const fixture of fixtures) {
  const name = fixture.op
    ? `op ${fixture.op}`
    : fixture.method
      ? `method ${fixture.method}`
      : `function ${fixture.function}`;
  groups.set(name, [...(groups.get(name) ?? []), fixture]);
}

const floats = (device: string): DType[] =>
  (['float64', 'float32'] as const).filter((dtype) => getDevice(device).supports(dtype));

describe.each(deviceNames())("PyTorch's values and gradients on %s", (device) => {
  describe.each(floats(device))('in %s', (float) => {
    test.each([...groups])('%s', async (_, cases) => {
      const before = defaultDevice();
      setDefaultDevice(device);
      try {
        const problems: string[] = [];
        for (const fixture of cases.filter((f) => canRun(f, device, float))) {
          for (const problem of await runFixture(fixture, device, float)) {
            problems.push(`${describeFixture(fixture)}: ${problem}`);
          }
        }
        expect(problems).toEqual([]);
      } finally {
        setDefaultDevice(before);
      }
    });
  });
});

/** Names of the methods and getters of a class and of those that it extends. */
const membersOf = (prototype: object): string[] =>
  prototype === Object.prototype
    ? []
    : [...Object.getOwnPropertyNames(prototype), ...membersOf(Object.getPrototypeOf(prototype) as object)];

const members = [...new Set(membersOf(Tensor.prototype))];

/** What no value of PyTorch can judge: state, reading, printing, lifetime. Each has tests of its own. */
const notComputing = new Set([
  'constructor',
  'node',
  'disposed',
  'shape',
  'dtype',
  'ndim',
  'size',
  'requiresGrad',
  'grad',
  'backward',
  'retainGrad',
  'registerHook',
  'assign',
  'realize',
  'realized',
  'data',
  'dataSync',
  'item',
  'itemSync',
  'array',
  'arraySync',
  'equal',
  'allclose',
  'describe',
  'dispose',
  'toString',
  'print',
]);

describe('the cases are complete', () => {
  test('every op has one', () => {
    // Every input of every case is a buffer; what a custom op computes, its caller says.
    const missing = Object.keys(opTable).filter(
      (op) => !['buffer', 'custom', 'scan'].includes(op) && !groups.has(`op ${op}`),
    );
    expect(missing).toEqual([]);
  });

  test('every differentiable op has one with a gradient', () => {
    const checked = new Set(
      fixtures.filter(({ gradients }) => gradients?.some((g) => g?.some((x) => x !== 0))).map(({ op }) => op),
    );
    // PyTorch's casts between floats round, so that this gradient is left to the check by finite differences.
    const expected = Object.keys(opTable).filter(
      (op) =>
        opTable[op as keyof typeof opTable].gradient !== null &&
        !['buffer', 'custom', 'scan', 'cast'].includes(op),
    );
    expect(expected.filter((op) => !checked.has(op as keyof typeof opTable))).toEqual([]);
  });

  test('every public method of Tensor has one', () => {
    const missing = members.filter((name) => !notComputing.has(name) && !groups.has(`method ${name}`));
    expect(missing).toEqual([]);
  });

  test('nothing is excused that does not exist', () => {
    expect([...notComputing].filter((name) => !members.includes(name))).toEqual([]);
  });
});
