import { expect, test } from 'vitest';
import { type DType, makeArray } from '../../src/graph/dtype.ts';
import { formatElements, type PrintOptions } from '../../src/tensor/formatting.ts';
import cases from '../fixtures/printing.json' with { type: 'json' };
import { toNumber } from '../support/call.ts';

test.each(cases.map((value) => [`${value.dtype}[${value.shape}] ${JSON.stringify(value.options)}`, value]))(
  "%s as NumPy's array2string",
  (_, value) => {
    const { dtype, shape, data, options, text } = value as (typeof cases)[number];
    const numbers = Array.isArray(data)
      ? (data as (number | string)[]).map(toNumber)
      : Array.from({ length: data.arange }, (_, i) => i * data.times);
    const values = makeArray(dtype as DType, numbers);
    const all = { ...(options as Partial<PrintOptions>), prefix: 'tensor('.length, suffix: 1 };
    expect(formatElements(values, shape, dtype as DType, all)).toBe(text);
  },
);
