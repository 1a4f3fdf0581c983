import { describe, expect, test } from 'vitest';
import {
  channelsFirst,
  channelsLast,
  enlarge,
  flattenAlpha,
  gridOf,
  pictureOf,
  stackPictures,
  stripOf,
  toBytes,
  toFloats,
} from '../../src/data/index.ts';

describe('values', () => {
  test('floats become bytes by their range; what is outside is cut off', () => {
    const data = Float32Array.of(-0.5, 0, 0.5, 1, 2, Number.NaN);
    expect([...toBytes({ data, shape: [1, 1, 6, 1] }).data]).toEqual([0, 0, 128, 255, 255, 0]);
    expect([...toBytes({ data, shape: [1, 1, 6, 1], range: 'signed' }).data]).toEqual([
      64, 128, 191, 255, 255, 0,
    ]);
  });

  test('there and back', () => {
    const data = Uint8Array.from({ length: 256 }, (_, i) => i);
    for (const range of ['unit', 'signed'] as const) {
      const floats = toFloats({ data, shape: [1, 16, 16, 1] }, range);
      expect([floats.data[0], floats.data[255]]).toEqual([range === 'unit' ? 0 : -1, 1]);
      expect(toBytes(floats).data).toEqual(data);
    }
  });

  test('channels first and last', () => {
    const data = Uint8Array.from({ length: 2 * 2 * 3 * 4 }, (_, i) => i);
    const first = channelsFirst(data, [2, 2, 3, 4]);
    expect([...first.slice(0, 6)]).toEqual([0, 4, 8, 12, 16, 20]);
    expect(channelsLast(first, [2, 4, 2, 3])).toEqual(data);
  });

  test('transparency is seen on a background', () => {
    const data = Uint8Array.of(200, 0, 0, 255, 10, 10, 10, 0, 0, 0, 0, 51);
    const { data: flat, shape } = flattenAlpha({ data, shape: [1, 1, 3, 4] }, [0, 100, 255]);
    expect(shape).toEqual([1, 1, 3, 3]);
    expect([...flat]).toEqual([200, 0, 0, 0, 100, 255, 0, 80, 204]);
  });

  test('a shape that does not fit is told', () => {
    expect(() => toBytes({ data: new Uint8Array(5), shape: [1, 2, 3, 1] })).toThrow(/1,2,3,1.*5 values/);
    expect(() => pictureOf({ data: new Uint8Array(6), shape: [1, 2, 3, 1] }, 1)).toThrow(/no image 1/);
  });
});

describe('grids', () => {
  const images = {
    data: Uint8Array.from({ length: 3 * 4 }, (_, i) => i + 1),
    shape: [3, 2, 2, 1] as const,
  };

  test('rows and columns with padding between and around', () => {
    const { data, shape } = gridOf(images, { columns: 2, padding: 1, background: [9, 9, 9] });
    expect(shape).toEqual([7, 7, 1]);
    const rows = Array.from({ length: 7 }, (_, y) => [...data.slice(7 * y, 7 * y + 7)].join(' '));
    expect(rows).toEqual([
      '9 9 9 9 9 9 9',
      '9 1 2 9 5 6 9',
      '9 3 4 9 7 8 9',
      '9 9 9 9 9 9 9',
      '9 9 10 9 9 9 9',
      '9 11 12 9 9 9 9',
      '9 9 9 9 9 9 9',
    ]);
  });

  test('grey images on a coloured background are RGB; transparent ones show it', () => {
    const { data, shape } = gridOf(images, { columns: 3, padding: 0, background: [1, 2, 3] });
    expect(shape).toEqual([2, 6, 3]);
    expect([...data.slice(0, 6)]).toEqual([1, 1, 1, 2, 2, 2]);
    const clear = { data: Uint8Array.of(5, 6, 7, 0), shape: [1, 1, 1, 4] as const };
    expect([...gridOf(clear, { padding: 0, background: [1, 2, 3] }).data]).toEqual([1, 2, 3]);
  });

  test('pixels become squares', () => {
    const { data, shape } = enlarge({ data: Uint8Array.of(1, 2), shape: [1, 2, 1] }, 2);
    expect([shape, [...data]]).toEqual([
      [2, 4, 1],
      [1, 1, 2, 2, 1, 1, 2, 2],
    ]);
    expect(gridOf(images, { scale: 3 }).shape).toEqual([21, 21, 1]);
  });

  test('captions are written below, without accents, and cut to the width', () => {
    const wide = { data: new Uint8Array(10 * 8).fill(255), shape: [1, 10, 8, 1] as const };
    const { data, shape } = gridOf(wide, { padding: 0, labels: ['ñandú'] });
    expect(shape).toEqual([17, 8, 1]);
    const written = Array.from({ length: 5 }, (_, y) =>
      [...data.slice(8 * (11 + y), 8 * (12 + y))].map((value) => (value < 128 ? '#' : '.')).join(''),
    );
    expect(written).toEqual(['##...#..', '#.#.#.#.', '#.#.###.', '#.#.#.#.', '#.#.#.#.']);
  });

  test('pictures of one size, in a strip; others are refused', () => {
    const pictures = [0, 1, 2].map((i) => pictureOf(images, i));
    expect(stripOf(pictures, { padding: 0 }).shape).toEqual([2, 6, 1]);
    expect(stackPictures(pictures)).toEqual({ data: images.data, shape: [3, 2, 2, 1] });
    expect(() => gridOf([...pictures, { data: new Uint8Array(1), shape: [1, 1, 1] }])).toThrow(
      /picture 3 is \[1,1,1\]/,
    );
    expect(() => gridOf([])).toThrow(/at least one/);
    expect(() => gridOf(images, { columns: 1.5 })).toThrow(/columns/);
  });
});
