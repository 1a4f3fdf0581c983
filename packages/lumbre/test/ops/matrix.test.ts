import { describe, expect, test } from 'vitest';
import * as build from '../../src/graph/builder.ts';
import { type DType, dtypes, isFloat, makeArray, type NumericArray } from '../../src/graph/dtype.ts';
import { makeNode, type Node, type OpArgs, type OpName } from '../../src/graph/node.ts';
import { type OpRow, opTable } from '../../src/graph/ops.ts';
import type { Shape } from '../../src/graph/shape.ts';
import { deviceNames, getDevice } from '../../src/runtime/devices.ts';
import { realizeNodes, uploadNode } from '../../src/tensor/realize.ts';
import { Tensor } from '../../src/tensor/tensor.ts';
import { difference, scaleOf, tolerances } from '../support/compare.ts';
import { type Call, callsOf, valuesFor } from '../support/opCalls.ts';
import { Random } from '../support/random.ts';

/**
 * Every row of the op table on every dtype that its shape rule takes, on shapes of every family, against the oracle: a
 * new row is here as soon as it is in the table, or fails with what is missing.
 */

/** Tested elsewhere, since there is nothing to draw. */
const elsewhere: { readonly [Op in OpName]?: string } = {
  buffer: 'every source is one',
  scan: 'a loop around other ops: tensor/scan.test.ts',
};

/** Shapes, and the views that matrices are seen through. */
const families: Record<string, { readonly shape: Shape; readonly transposed?: boolean }> = {
  'a scalar': { shape: [] },
  'a vector': { shape: [5] },
  'an odd matrix': { shape: [7, 13] },
  'three dimensions': { shape: [2, 3, 5] },
  transposed: { shape: [6, 11], transposed: true },
  'size 1': { shape: [1, 1] },
  'one row': { shape: [1, 9] },
  empty: { shape: [0, 3] },
  'a thousand elements': { shape: [3, 431] },
};

interface Case {
  readonly name: string;
  readonly call: Call;
  readonly transposed: boolean;
  readonly values: readonly NumericArray[];
  readonly dtypes: readonly DType[];
}

function casesOf(op: OpName, dtype: DType): Case[] {
  const random = new Random(1 + Object.keys(opTable).indexOf(op));
  return Object.entries(families).flatMap(([family, { shape, transposed = false }]) =>
    callsOf(op, shape, dtype).map((call) => {
      const types = call.sources.map((source) => source.dtype ?? dtype);
      return {
        name: `${family}, ${JSON.stringify({ sources: call.sources.map((s) => s.shape), arg: call.arg, to: call.hint })}`,
        call,
        transposed,
        dtypes: types,
        values: call.sources.map((source, i) => valuesFor(op, i, source, types[i] as DType, random)),
      };
    }),
  );
}

/** The op's node on a device; a transposed source holds its values in the other order and is seen through a view. */
function nodeOf(op: OpName, { call, transposed, values, dtypes: types }: Case, device: string): Node {
  const leaves = call.sources.map(({ shape }, i) => {
    const leaf = (of: Shape) => uploadNode(device, types[i] as DType, of, values[i] as NumericArray);
    if (!transposed || shape.length < 2) return new Tensor(leaf(shape), device).node;
    return build.transpose(
      new Tensor(leaf([...shape.slice(0, -2), ...shape.slice(-2).reverse()]), device).node,
    );
  });
  return makeNode(op, leaves, (call.arg ?? null) as OpArgs[OpName], call.hint);
}

interface Value {
  readonly dtype: DType;
  readonly shape: Shape;
  readonly values: NumericArray;
}

/** Computes all cases on a device, each in a program of its own; what a device does not support is `null`. */
function compute(op: OpName, cases: readonly Case[], device: string): (Value | null)[] {
  return cases.map((one) => {
    if (![...one.dtypes, one.call.hint?.dtype].every((type) => !type || getDevice(device).supports(type)))
      return null;
    const result = new Tensor(nodeOf(op, one, device), device);
    realizeNodes([result.node], device);
    return { dtype: result.dtype, shape: result.shape, values: result.dataSync() };
  });
}

/** Whether the row takes the dtype at all: what it says of sources that fit in every other way. */
function accepts(op: OpName, dtype: DType): boolean {
  const cases = casesOf(op, dtype);
  const refused = cases.filter((one) => {
    try {
      nodeOf(op, one, 'js');
      return false;
    } catch {
      return true;
    }
  });
  // A rule that takes some shapes and refuses others is no rule for dtypes: the call is wrong.
  if (refused.length > 0 && refused.length < cases.length) {
    throw new Error(`${op} takes ${dtype} for some calls only; it refuses ${refused[0]?.name}.`);
  }
  return cases.length > 0 && refused.length === 0;
}

const toleranceOf = (dtype: DType) => tolerances[dtype === 'float64' ? 'float32' : dtype];

function compare(
  cases: readonly Case[],
  actual: readonly (Value | null)[],
  expected: readonly (Value | null)[],
) {
  const problems: string[] = [];
  actual.forEach((got, i) => {
    const want = expected[i];
    if (!got || !want) return;
    const [name, sources] = [(cases[i] as Case).name, (cases[i] as Case).values];
    const described = `${got.dtype}[${got.shape}]`;
    if (described !== `${want.dtype}[${want.shape}]`) {
      problems.push(`${name}: ${described}, expected ${want.dtype}[${want.shape}]`);
      return;
    }
    const scale = isFloat(got.dtype)
      ? scaleOf(...sources.filter((s) => s instanceof Float32Array), want.values)
      : 1;
    const problem = difference(got.values, want.values, toleranceOf(got.dtype), scale);
    if (problem) problems.push(`${name}: ${problem}`);
  });
  return problems;
}

const ops = (Object.keys(opTable) as OpName[]).filter((op) => !(op in elsewhere));

describe.each(deviceNames().filter((device) => device !== 'js'))(
  'every op on %s is what it is on js',
  (device) => {
    test.each(ops)('%s', (op) => {
      const taken = dtypes.filter((dtype) => getDevice(device).supports(dtype) && accepts(op, dtype));
      expect(taken).not.toEqual([]);
      for (const dtype of taken) {
        const cases = casesOf(op, dtype);
        const problems = compare(cases, compute(op, cases, device), compute(op, cases, 'js'));
        expect(problems, dtype).toEqual([]);
      }
    });
  },
);

describe('every op in float64 on js is what it is in float32', () => {
  const floats = ops.filter((op) => accepts(op, 'float64'));
  test.each(floats)('%s', (op) => {
    const cases = casesOf(op, 'float32').filter(({ call }) => !call.hint?.dtype);
    const wide = cases.map((one) => {
      const types = one.dtypes.map((type) => (type === 'float32' ? ('float64' as const) : type));
      return { ...one, dtypes: types, values: one.values.map((v, i) => makeArray(types[i] as DType, v)) };
    });
    const widths = (value: Value | null): Value | null =>
      value && { ...value, dtype: value.dtype === 'float64' ? 'float32' : value.dtype };
    const problems = compare(cases, compute(op, wide, 'js').map(widths), compute(op, cases, 'js'));
    expect(problems).toEqual([]);
  });
});

describe('the oracle is what the row says', () => {
  const scalars = ops.filter((op) => (opTable[op] as OpRow<OpName>).scalar && accepts(op, 'float64'));
  test.each(scalars)('%s', (op) => {
    const { scalar } = opTable[op] as Required<OpRow<OpName>>;
    const [one] = casesOf(op, 'float64').filter(({ name }) => name.startsWith('an odd matrix')) as [Case];
    const [value] = compute(op, [one], 'js') as [Value];
    const apply = scalar as (...elements: readonly number[]) => number;
    const expected = Array.from(value.values, (_, i) => apply(...one.values.map((v) => v[i] as number)));
    if (value.dtype === 'float64') expect([...value.values]).toEqual(expected);
    else expect([...value.values]).toEqual([...makeArray(value.dtype, expected)]);
  });
});

test('an op that nobody knows how to call says where to write it', () => {
  expect(() => callsOf('buffer', [2], 'float32')).toThrow(/'buffer' .* say in 'calls' of .*opCalls/);
});

test('nothing is excused that does not exist', () => {
  expect(Object.keys(elsewhere).filter((op) => !(op in opTable))).toEqual([]);
});
