import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  readSafetensors,
  SafetensorsError,
  type StoredArray,
  writeSafetensors,
} from '../../src/hub/index.ts';

const float32 = (shape: number[], values: number[]): StoredArray => ({
  dtype: 'float32',
  shape,
  data: Float32Array.from(values),
});

/** A file with this header, written as it is, and this many bytes of data. */
function file(header: unknown, dataBytes: number | Uint8Array = 0): Uint8Array {
  const json = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const data = typeof dataBytes === 'number' ? new Uint8Array(dataBytes) : dataBytes;
  const bytes = new Uint8Array(8 + json.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  bytes.set(data, 8 + json.length);
  return bytes;
}

const one = (dtype: string, shape: number[], data: Uint8Array) =>
  file({ x: { dtype, shape, data_offsets: [0, data.length] } }, data);

const bytesOf = (array: ArrayBufferView) => new Uint8Array(array.buffer, array.byteOffset, array.byteLength);

describe('writeSafetensors', () => {
  const tensors: [string, StoredArray][] = [
    ['mask', { dtype: 'bool', shape: [3], data: Uint8Array.of(1, 0, 1) }],
    ['b', float32([2, 2], [1, -2, 3.5, 0])],
    ['a', { dtype: 'int32', shape: [2], data: Int32Array.of(-7, 2 ** 31 - 1) }],
    ['double', { dtype: 'float64', shape: [], data: Float64Array.of(Math.PI) }],
    ['bytes', { dtype: 'uint8', shape: [1, 2], data: Uint8Array.of(0, 255) }],
    ['empty', { dtype: 'float32', shape: [0, 4], data: new Float32Array(0) }],
    ['half', { dtype: 'float16', shape: [3], data: Float32Array.of(1.5, -65504, 2 ** -24) }],
    ['brain', { dtype: 'bfloat16', shape: [2], data: Float32Array.of(-3.140625, 2 ** 100) }],
    ['quantized', { dtype: 'int8', shape: [2], data: Int8Array.of(-128, 127) }],
  ];

  test('is read back as it was', () => {
    const { tensors: read, metadata } = readSafetensors(
      writeSafetensors(tensors, { format: 'pt', año: 'ñ' }),
      {
        float64: 'float64',
      },
    );
    expect(new Map(read)).toEqual(new Map(tensors));
    expect(metadata).toEqual(
      new Map([
        ['format', 'pt'],
        ['año', 'ñ'],
      ]),
    );
  });

  test('puts wide elements first, then names in order, the header padded to 8 bytes', () => {
    const bytes = writeSafetensors(tensors);
    const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
    expect(length % 8).toBe(0);
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
    expect(Object.keys(header)).toEqual([
      'double',
      'a',
      'b',
      'empty',
      'brain',
      'half',
      'bytes',
      'mask',
      'quantized',
    ]);
    for (const { dtype, data_offsets } of Object.values(header) as {
      dtype: string;
      data_offsets: number[];
    }[]) {
      const width = dtype === 'F64' ? 8 : dtype.endsWith('32') ? 4 : dtype.endsWith('16') ? 2 : 1;
      expect((data_offsets[0] as number) % width).toBe(0);
    }
  });

  test('gives the same bytes whatever the order it is given', () => {
    expect(writeSafetensors([...tensors].reverse())).toEqual(writeSafetensors(tensors));
  });

  test('keeps names that mean something to JavaScript', () => {
    const names = ['__proto__', 'constructor', 'hasOwnProperty', '7', '', 'a"\\\n🔥'];
    const bytes = writeSafetensors(
      names.map((name, i) => [name, float32([1], [i])] as const),
      new Map([['__proto__', 'x']]),
    );
    const { tensors: read, metadata } = readSafetensors(bytes);
    expect([...read.keys()].sort()).toEqual([...names].sort());
    expect(names.map((name) => read.get(name)?.data[0])).toEqual(names.map((_, i) => i));
    expect([...metadata]).toEqual([['__proto__', 'x']]);
    expect(({} as Record<string, unknown>).dtype).toBeUndefined();
  });

  test('refuses arrays that are not their shape, and names used twice', () => {
    expect(() => writeSafetensors([['x', float32([3], [1, 2])]])).toThrow('"x" has 2 values and shape [3]');
    const twice = float32([1], [1]);
    expect(() =>
      writeSafetensors([
        ['x', twice],
        ['x', twice],
      ]),
    ).toThrow('"x" is taken');
    expect(() => writeSafetensors([['__metadata__', twice]])).toThrow('taken');
  });
});

describe('readSafetensors', () => {
  test('reads every dtype', () => {
    const values = (dtype: string, shape: number[], data: ArrayBufferView) => {
      const x = readSafetensors(one(dtype, shape, bytesOf(data))).tensors.get('x') as StoredArray;
      return [x.dtype, ...x.data];
    };
    expect(values('F64', [2], Float64Array.of(0.1, -2))).toEqual(['float32', Math.fround(0.1), -2]);
    expect(values('F32', [2], Float32Array.of(1.5, -2))).toEqual(['float32', 1.5, -2]);
    expect(values('I32', [1], Int32Array.of(-5))).toEqual(['int32', -5]);
    expect(values('I64', [2], BigInt64Array.of(-5n, 7n))).toEqual(['int32', -5, 7]);
    expect(values('U64', [1], BigUint64Array.of(5n))).toEqual(['int32', 5]);
    expect(values('U32', [1], Uint32Array.of(5))).toEqual(['int32', 5]);
    expect(values('I16', [1], Int16Array.of(-5))).toEqual(['int32', -5]);
    expect(values('U16', [1], Uint16Array.of(65535))).toEqual(['int32', 65535]);
    expect(values('I8', [2], Int8Array.of(-5, 127))).toEqual(['int8', -5, 127]);
    expect(values('U8', [1], Uint8Array.of(250))).toEqual(['uint8', 250]);
    expect(values('BOOL', [2], Uint8Array.of(0, 1))).toEqual(['bool', 0, 1]);
    const half = Uint16Array.of(0x3c00, 0xc000, 0x0001, 0x7bff, 0x7c00, 0xfc00, 0x8000, 0x3555);
    expect(values('F16', [8], half)).toEqual([
      'float16',
      ...[1, -2, 2 ** -24, 65504, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0, 0.333251953125],
    ]);
    expect(values('F16', [1], Uint16Array.of(0x7e00))[1]).toBeNaN();
    const brain = Uint16Array.of(0x3f80, 0xc049, 0x7f80, 0x0080);
    expect(values('BF16', [4], brain)).toEqual([
      'bfloat16',
      1,
      -3.140625,
      Number.POSITIVE_INFINITY,
      2 ** -126,
    ]);
  });

  test('keeps float64 when asked to', () => {
    const bytes = one('F64', [], bytesOf(Float64Array.of(Math.PI)));
    expect(readSafetensors(bytes, { float64: 'float64' }).tensors.get('x')?.data[0]).toBe(Math.PI);
  });

  test('widens 16-bit floats when asked to', () => {
    const read = (dtype: string, bits: number) =>
      readSafetensors(one(dtype, [1], bytesOf(Uint16Array.of(bits))), {
        float16: 'float32',
        bfloat16: 'float32',
      });
    expect(read('F16', 0x2e66).tensors.get('x')).toMatchObject({
      dtype: 'float32',
      data: { 0: 0.0999755859375 },
    });
    expect(read('BF16', 0x3dcd).tensors.get('x')).toMatchObject({
      dtype: 'float32',
      data: { 0: 0.10009765625 },
    });
  });

  test('does not follow the file when that changes', () => {
    const bytes = one('U8', [2], Uint8Array.of(1, 2));
    const { tensors } = readSafetensors(bytes);
    bytes.fill(9);
    expect([...(tensors.get('x')?.data ?? [])]).toEqual([1, 2]);
  });

  test('reads a file that does not start on a boundary', () => {
    const inner = one('F32', [1], bytesOf(Float32Array.of(2.5)));
    const outer = new Uint8Array(inner.length + 3);
    outer.set(inner, 3);
    expect(readSafetensors(outer.subarray(3)).tensors.get('x')?.data[0]).toBe(2.5);
  });

  test('refuses integers that int32 cannot hold and bools that are neither', () => {
    expect(() => readSafetensors(one('I64', [1], bytesOf(BigInt64Array.of(2n ** 40n))))).toThrow(
      '1099511627776 at 0',
    );
    expect(() => readSafetensors(one('U32', [1], bytesOf(Uint32Array.of(2 ** 31))))).toThrow('cannot hold');
    expect(() => readSafetensors(one('BOOL', [1], Uint8Array.of(2)))).toThrow('bool cannot hold');
  });

  const x = (fields: object = {}) => ({ x: { dtype: 'F32', shape: [1], data_offsets: [0, 4], ...fields } });

  test.each<[string, Uint8Array, string]>([
    ['nothing', new Uint8Array(0), 'at least 8 bytes'],
    ['no header', new Uint8Array(7), 'at least 8 bytes'],
    ['an empty header', file(''), "does not start with '{'"],
    ['a header longer than the file', file(x(), 4).subarray(0, 20), 'only 12 follow'],
    ['a huge header', Uint8Array.of(255, 255, 255, 255, 255, 255, 255, 127), 'more than the 100000000'],
    ['a header that begins with a space', file(` ${JSON.stringify(x())}`, 4), "does not start with '{'"],
    ['a list', file('[]'), "does not start with '{'"],
    ['half a header', file('{"x":'), 'not valid JSON at character 5'],
    ['text after the header', file('{} x'), 'nothing after the value'],
    ['bytes that are not UTF-8', file('{"\u0000'.slice(0, 2)).fill(0xff, 9), 'not UTF-8'],
    ['an entry that is no object', file({ x: 3 }), 'is not an object'],
    ['an unknown dtype', file(x({ dtype: 'F8_E4M3' }), 4), 'known are BOOL'],
    ['an inherited dtype', file(x({ dtype: 'toString' }), 4), 'known are'],
    ['no dtype', file({ x: { shape: [1], data_offsets: [0, 4] } }, 4), 'has dtype undefined'],
    ['a shape that is none', file(x({ shape: [1.5] }), 4), 'not a list of sizes'],
    ['a negative size', file(x({ shape: [-1] }), 4), 'not a list of sizes'],
    ['a size past what numbers hold', file(x({ shape: [2 ** 60] }), 4), 'not a list of sizes'],
    ['sizes whose product overflows', file(x({ shape: [2 ** 40, 2 ** 40] }), 4), 'but its place has 4'],
    ['a place of one number', file(x({ data_offsets: [4] }), 4), 'not two positions'],
    ['a place before the data', file(x({ data_offsets: [-4, 0] }), 4), 'not two positions'],
    ['a place turned round', file(x({ data_offsets: [4, 0] }), 4), 'its place has -4'],
    ['a place of another size', file(x({ data_offsets: [0, 8] }), 8), 'but its place has 8'],
    ['data cut short', file(x(), 3), 'cut short'],
    ['data after the last tensor', file(x(), 5), '1 bytes follow'],
    [
      'a hole',
      file({ ...x(), y: { dtype: 'U8', shape: [1], data_offsets: [5, 6] } }, 6),
      'a hole or an overlap',
    ],
    [
      'an overlap',
      file({ ...x(), y: { dtype: 'U8', shape: [4], data_offsets: [3, 7] } }, 7),
      'a hole or an overlap',
    ],
    ['the same place twice', file({ ...x(), y: x().x }, 4), 'a hole or an overlap'],
    ['a name twice', file(`{"x":${JSON.stringify(x().x)},"x":${JSON.stringify(x().x)}}`, 4), 'occurs twice'],
    ['metadata that is no text', file({ __metadata__: { a: 1 } }), 'not a string'],
    ['metadata that is no object', file({ __metadata__: 'a' }), '__metadata__ is not an object'],
    ['endless nesting', file(`{"x":${'['.repeat(99)}`), 'levels of nesting'],
  ])('refuses %s', (_what, bytes, message) => {
    expect(() => readSafetensors(bytes)).toThrow(SafetensorsError);
    expect(() => readSafetensors(bytes)).toThrow(message);
  });

  test('reads a file of no tensors', () => {
    expect(readSafetensors(file('{}')).tensors.size).toBe(0);
  });

  test('never fails but with its own error, whatever is done to a file', () => {
    const good = writeSafetensors(
      [
        ['weight', float32([2, 3], [1, 2, 3, 4, 5, 6])],
        ['ids', { dtype: 'int32', shape: [2], data: Int32Array.of(1, 2) }],
      ],
      { step: '3' },
    );
    const damage = fc.record({
      edits: fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }),
      end: fc.oneof(fc.constant(good.length), fc.nat(good.length)),
    });
    fc.assert(
      fc.property(damage, ({ edits, end }) => {
        const bytes = good.slice();
        for (const [position, value] of edits) bytes[position] = value;
        try {
          for (const { shape, data } of readSafetensors(bytes.subarray(0, end)).tensors.values()) {
            expect(data.length).toBe(shape.reduce((product, size) => product * size, 1));
          }
        } catch (error) {
          expect(error).toBeInstanceOf(SafetensorsError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
