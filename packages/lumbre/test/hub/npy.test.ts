import fc from 'fast-check';
import { type Zippable, zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import {
  loadNpy,
  loadNpz,
  NpyError,
  readNpy,
  readNpz,
  type StoredArray,
  saveNpy,
  saveNpz,
  writeNpy,
  writeNpz,
} from '../../src/hub/index.ts';
import { type DType, tensor } from '../../src/index.ts';
import numpy from '../fixtures/npy.json' with { type: 'json' };

const decoded = (base64: string): Uint8Array => Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));

const float32 = (shape: number[], values: number[]): StoredArray => ({
  dtype: 'float32',
  shape,
  data: Float32Array.from(values),
});

/** A file with this header, written as it is, and this many bytes of data. */
function file(header: string, dataBytes: number | Uint8Array = 0, version = 1): Uint8Array {
  const text = new TextEncoder().encode(header);
  const start = version === 1 ? 10 : 12;
  const data = typeof dataBytes === 'number' ? new Uint8Array(dataBytes) : dataBytes;
  const bytes = new Uint8Array(start + text.length + data.length);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, version, 0]);
  const view = new DataView(bytes.buffer);
  if (version === 1) view.setUint16(8, text.length, true);
  else view.setUint32(8, text.length, true);
  bytes.set(text, start);
  bytes.set(data, start + text.length);
  return bytes;
}

const header = (descr: string, shape: string, order = 'False') =>
  `{'descr': ${descr}, 'fortran_order': ${order}, 'shape': ${shape}, }`;

describe('readNpy', () => {
  test.each(numpy.arrays)('reads what NumPy wrote: $name', ({ file, ours, shape, values }) => {
    const array = readNpy(decoded(file));
    expect(array.dtype).toBe(ours);
    expect(array.shape).toEqual(shape);
    expect([...array.data]).toEqual(ours.startsWith('float') ? values.map(Math.fround) : values);
  });

  test('keeps float64 and widens float16 when asked to', () => {
    const stored = (name: string) =>
      decoded(numpy.arrays.find((array) => array.name === name)?.file as string);
    const wide = readNpy(stored('float64'), { float64: 'float64' });
    expect(wide.dtype).toBe('float64');
    expect(wide.data).toEqual(Float64Array.of(0.5, -2, 2 ** 60, 0));
    expect(readNpy(stored('float16'), { float16: 'float32' }).dtype).toBe('float32');
  });

  test('reads versions 2 and 3, other spacing, double quotes and integers of Python 2', () => {
    const odd = `{ "shape":(1L , 2L),\n"descr":"<i2" ,'fortran_order':False}`;
    for (const version of [1, 2, 3]) {
      const array = readNpy(file(odd, Uint8Array.of(1, 0, 254, 255), version));
      expect(array).toEqual({ dtype: 'int32', shape: [1, 2], data: Int32Array.of(1, -2) });
    }
  });

  test('reads a file that does not start on a boundary, and does not follow it when it changes', () => {
    const inner = writeNpy(float32([2], [1.5, 2]));
    const outer = new Uint8Array(inner.length + 3);
    outer.set(inner, 3);
    const { data } = readNpy(outer.subarray(3));
    outer.fill(0);
    expect([...data]).toEqual([1.5, 2]);
  });

  test('refuses Python objects and says what to do', () => {
    expect(() => readNpy(decoded(numpy.objects))).toThrow(NpyError);
    expect(() => readNpy(decoded(numpy.objects))).toThrow(/Python objects, pickled.*save numbers instead/);
  });

  test.each([
    ['int64 beyond int32', 'the value 1099511627776 at 1, which int32 cannot hold'],
    ['complex', '"<c16"'],
    ['text', '"<U1"'],
    ['dates', '"<M8[D]"'],
    ['records', 'a structured array'],
  ] as const)('refuses %s', (name, message) => {
    const bytes = decoded(numpy.refused[name]);
    expect(() => readNpy(bytes)).toThrow(NpyError);
    expect(() => readNpy(bytes)).toThrow(message);
  });

  const good = header("'<f4'", '(1,)');
  test.each<[string, Uint8Array, string]>([
    ['nothing', new Uint8Array(0), 'got 0 bytes'],
    ['another format', new TextEncoder().encode('GIF89a………………'), 'expected the mark'],
    ['an unknown version', file(good, 4, 9), 'version 9.0'],
    ['a header longer than the file', file(good, 4).subarray(0, 30), 'only 20 follow'],
    ['a huge header', file(' '.repeat(20_000), 0, 2), 'more than the 10000'],
    ['a length cut off', file(good, 4, 2).subarray(0, 11), 'within the length'],
    ['no dictionary', file('[]'), "expected '{'"],
    ['an expression', file(header("'<f4'", '(2**2,)'), 16), 'not as expected at character'],
    ['a call', file(header("__import__('os')", '(1,)'), 4), 'expected the description'],
    ['an escape', file(header("'<f\\x34'", '(1,)'), 4), 'expected the description'],
    ['text after it', file(`${good} x`, 4), 'nothing after the dictionary'],
    ['a name twice', file("{'shape': (), 'shape': ()}"), 'has it twice'],
    ['another name', file("{'evil': ()}"), '"evil"'],
    ['a name missing', file("{'descr': '<f4', 'shape': ()}", 4), 'lacks one of'],
    ['a number for a shape', file(header("'<f4'", '(1)'), 4), 'the only size'],
    ['a negative size', file(header("'<f4'", '(-1,)'), 4), 'expected a size'],
    ['a size past what numbers hold', file(header("'<f4'", '(9999999999999999,)'), 4), 'has the size'],
    ['sizes whose product overflows', file(header("'<f4'", '(999999999, 999999999,)'), 4), 'needs'],
    ['too many dimensions', file(header("'<f4'", `(${'1,'.repeat(65)})`), 4), '64 dimensions'],
    ['an inherited dtype', file(header("'<toString'", '()'), 4), 'no dtype here holds'],
    ['no order of bytes', file(header("'|f4'", '()'), 4), 'no dtype here holds'],
    ['no dtype', file(header("''", '()'), 4), 'no dtype here holds'],
    ['data cut short', file(good, 3), 'needs 4 bytes, but 3'],
    ['data after the array', file(good, 5), 'needs 4 bytes, but 5'],
    ['a bool that is neither', file(header("'|b1'", '(1,)'), Uint8Array.of(2)), 'bool cannot hold'],
  ])('refuses %s', (_what, bytes, message) => {
    expect(() => readNpy(bytes)).toThrow(NpyError);
    expect(() => readNpy(bytes)).toThrow(message);
  });

  test('never fails but with its own error, whatever is done to a file', () => {
    const whole = writeNpy(float32([2, 3], [1, 2, 3, 4, 5, 6]));
    const damage = fc.record({
      edits: fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }),
      end: fc.oneof(fc.constant(whole.length), fc.nat(whole.length)),
    });
    fc.assert(
      fc.property(damage, ({ edits, end }) => {
        const bytes = whole.slice();
        for (const [position, value] of edits) bytes[position] = value;
        try {
          const { shape, data } = readNpy(bytes.subarray(0, end));
          expect(data.length).toBe(shape.reduce((product, size) => product * size, 1));
        } catch (error) {
          expect(error).toBeInstanceOf(NpyError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe('writeNpy', () => {
  test.each(
    numpy.arrays.filter(({ name }) =>
      ['float32', 'float16', 'int8', 'int32', 'uint8', 'bool', 'scalar', 'empty', 'long'].includes(name),
    ),
  )('writes what NumPy would, byte by byte: $name', ({ file, ours, shape, values }) => {
    const array = { dtype: ours as DType, shape, data: Float64Array.from(values) };
    expect(writeNpy(array)).toEqual(decoded(file));
  });

  test('is read back as it was', () => {
    const doubles: StoredArray = { dtype: 'float64', shape: [1, 2], data: Float64Array.of(0.1, -1e300) };
    expect(readNpy(writeNpy(doubles), { float64: 'float64' })).toEqual(doubles);
  });

  test('refuses bfloat16, and arrays that are not their shape', () => {
    expect(() => writeNpy({ ...float32([1], [1]), dtype: 'bfloat16' })).toThrow(/NumPy has no bfloat16/);
    expect(() => writeNpy(float32([3], [1]))).toThrow(/1 values and shape \[3\]/);
  });
});

describe('npz', () => {
  test.each(Object.entries(numpy.archives))('reads what NumPy wrote: %s', (_, archive) => {
    expect([...readNpz(decoded(archive))]).toEqual([
      ['weight', float32([2, 3], [0, 0.25, 0.5, 0.75, 1, 1.25])],
      ['ids', { dtype: 'int32', shape: [3], data: Int32Array.of(3, 1, 2) }],
      ['scale', float32([], [0.5])],
    ]);
  });

  const arrays: [string, StoredArray][] = [
    ['b', float32([2, 50], new Array(100).fill(0.25))],
    ['__proto__', { dtype: 'int8', shape: [2], data: Int8Array.of(-1, 1) }],
    ['año/ñ', { dtype: 'float16', shape: [], data: Float32Array.of(1.5) }],
  ];

  test.each([false, true])('is read back as it was, deflated: %s', (compress) => {
    const bytes = writeNpz(arrays, { compress });
    expect([...readNpz(bytes)]).toEqual(arrays);
    expect(writeNpz(arrays, { compress })).toEqual(bytes);
  });

  test('deflated is smaller', () => {
    const sizes = [false, true].map((compress) => writeNpz(arrays, { compress }).length);
    expect(sizes[1]).toBeLessThan(sizes[0] as number);
  });

  test('refuses names twice, and none', () => {
    const one = float32([1], [1]);
    expect(() => writeNpz([['', one]])).toThrow('needs a name');
    expect(() =>
      writeNpz([
        ['x', one],
        ['x', one],
      ]),
    ).toThrow('"x" is taken');
  });

  const member = writeNpy(float32([4], [1, 2, 3, 4]));
  const zipped = (members: Zippable) => zipSync(members);

  /** A copy with the four bytes at `offset` from the mark of a record changed. */
  const altered = (bytes: Uint8Array, mark: number, offset: number, value: number): Uint8Array => {
    const copy = bytes.slice();
    const view = new DataView(copy.buffer);
    let at = 0;
    while (view.getUint32(at, true) !== mark) at++;
    view.setUint32(at + offset, value, true);
    return copy;
  };
  const DIRECTORY = 0x02014b50;
  const END = 0x06054b50;
  const stored = zipped({ 'x.npy': [member, { level: 0 }] });
  const deflated = zipped({ 'x.npy': [member, { level: 6 }] });

  test.each<[string, Uint8Array, string]>([
    ['nothing', new Uint8Array(0), 'got 0 bytes'],
    ['no archive', new Uint8Array(100), 'no zip archive'],
    ['half an archive', stored.subarray(0, stored.length - 30), 'no zip archive'],
    ['a member that is no array', zipped({ 'readme.txt': member }), '"readme.txt" is no .npy array'],
    ['a damaged member', zipped({ 'x.npy': member.subarray(0, -1) }), 'array "x" of the archive'],
    ['an unpacked size that is a lie', altered(deflated, DIRECTORY, 24, 10_000_000), 'cannot be'],
    ['a size beyond the file', altered(stored, DIRECTORY, 20, 10_000_000), 'cannot be'],
    ['an unpacked size too large', altered(deflated, DIRECTORY, 24, member.length + 1), 'its directory says'],
    ['more members than there are', altered(stored, END, 8, 0xffff_ffff), 'is no .npy array'],
  ])('refuses %s', (_what, bytes, message) => {
    expect(() => readNpz(bytes)).toThrow(NpyError);
    expect(() => readNpz(bytes)).toThrow(message);
  });

  test('refuses what unpacks to more than it may', () => {
    const zeros = writeNpz([['x', float32([100_000], new Array(100_000).fill(0))]], { compress: true });
    expect(() => readNpz(zeros, { maximumBytes: 100_000 })).toThrow(/more than the 100000 bytes/);
    expect(readNpz(zeros).get('x')?.data.length).toBe(100_000);
  });

  test('never fails but with its own error, whatever is done to an archive', () => {
    const whole = writeNpz(arrays.slice(0, 2), { compress: true });
    const damage = fc.record({
      edits: fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }),
      end: fc.oneof(fc.constant(whole.length), fc.nat(whole.length)),
    });
    fc.assert(
      fc.property(damage, ({ edits, end }) => {
        const bytes = whole.slice();
        for (const [position, value] of edits) bytes[position] = value;
        try {
          for (const { shape, data } of readNpz(bytes.subarray(0, end)).values()) {
            expect(data.length).toBe(shape.reduce((product, size) => product * size, 1));
          }
        } catch (error) {
          expect(error).toBeInstanceOf(NpyError);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe('tensors', () => {
  test('are saved and loaded', async () => {
    const x = tensor(
      [
        [1, 2.5],
        [-3, 0],
      ],
      { dtype: 'float16' },
    );
    const back = loadNpy(await saveNpy(x));
    expect(back.dtype).toBe('float16');
    expect(back.arraySync()).toEqual([
      [1, 2.5],
      [-3, 0],
    ]);
    const ids = tensor([1, 2, 3], { dtype: 'int32' });
    const archive = loadNpz(await saveNpz({ x, ids }, { compress: true }));
    expect([...archive.keys()]).toEqual(['x', 'ids']);
    expect(archive.get('ids')?.arraySync()).toEqual([1, 2, 3]);
    expect(loadNpz(await saveNpz([['y', ids]])).get('y')?.dtype).toBe('int32');
  });

  test('come on the device and in the dtype that is asked for', () => {
    const doubles = writeNpy({ dtype: 'float64', shape: [1], data: Float64Array.of(0.1) });
    expect(loadNpy(doubles).dtype).toBe('float32');
    const exact = loadNpy(doubles, { dtype: 'float64', device: 'js' });
    expect(exact.itemSync()).toBe(0.1);
    expect(loadNpy(doubles, { dtype: 'bfloat16' }).itemSync()).toBe(0.10009765625);
    expect(() => loadNpy(doubles, { dtype: 'float64', device: 'wasm' })).toThrow(/'wasm' has no float64/);
    const large = writeNpy({ dtype: 'int32', shape: [1], data: Int32Array.of(300) });
    expect(() => loadNpy(large, { dtype: 'uint8' })).toThrow(/300 at position 0 does not fit uint8/);
  });
});
