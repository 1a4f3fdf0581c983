import { describe, expect, test } from 'vitest';
import { hostArray } from '../../src/data/hostArray.ts';
import {
  compose,
  gaussianNoise,
  normalize,
  oneHot,
  randomApply,
  randomCrop,
  randomErasing,
  randomHorizontalFlip,
  type Transform,
  toFloat,
} from '../../src/data/transforms.ts';
import { Generator } from '../../src/index.ts';

const generator = () => new Generator(1);
/** [2, 3, 4]: 0 to 23. */
const image = () =>
  hostArray(
    Uint8Array.from({ length: 24 }, (_, i) => i),
    [2, 3, 4],
  );
/** What a transform gives for many seeds. */
const draws = (transform: Transform, count = 400) =>
  Array.from({ length: count }, (_, seed) => transform(image(), new Generator(seed)));

describe('transforms', () => {
  test('make floats of bytes', () => {
    const bytes = hostArray(Uint8Array.of(0, 51, 255));
    expect([...toFloat()(bytes, generator()).data]).toEqual([0, Math.fround(0.2), 1]);
    const wide = toFloat({ range: '-1..1' })(bytes, generator());
    expect([...wide.data]).toEqual([-1, Math.fround(-0.6), 1]);
    expect(wide.data).toBeInstanceOf(Float32Array);
    expect(() => toFloat()(hostArray(Float32Array.of(1)), generator())).toThrow('expected bytes');
  });

  test('normalize by channel', () => {
    const normal = normalize([1, 10], [2, 5])(image(), generator());
    expect([...normal.data].slice(0, 2)).toEqual([-0.5, 0]);
    expect([...normal.data].slice(12, 14)).toEqual([Math.fround(0.4), Math.fround(0.6)]);
    expect([...normalize(1, 2)(hostArray(Int32Array.of(3)), generator()).data]).toEqual([1]);
    expect(() => normalize([1, 2, 3], 1)(image(), generator())).toThrow('[3, …]');
    expect(() => normalize(0, 0)).toThrow('positive');
  });

  test('flip every row, half the time', () => {
    const flipped = randomHorizontalFlip(1)(image(), generator());
    expect([...flipped.data].slice(0, 8)).toEqual([3, 2, 1, 0, 7, 6, 5, 4]);
    expect(flipped.data[23]).toBe(20);
    const kept = draws(randomHorizontalFlip()).filter(({ data }) => data[0] === 0).length;
    expect(Math.abs(kept - 200)).toBeLessThan(50);
  });

  test('crop everywhere, with padding around', () => {
    const corners = new Set<string>();
    for (const { data, shape } of draws(randomCrop([2, 3], { padding: 1, fill: 99 }))) {
      expect(shape).toEqual([2, 2, 3]);
      const inside = [...data].findIndex((value) => value !== 99);
      const first = data[inside] as number;
      corners.add(`${inside}:${first}`);
      // The second channel is cut at the same place, 12 further on.
      data.subarray(0, 6).forEach((value, i) => {
        expect(data[6 + i]).toBe(value === 99 ? 99 : value + 12);
      });
      // Neighbours stay neighbours.
      for (const i of [0, 1, 3, 4]) {
        if (data[i] !== 99 && data[i + 1] !== 99) expect(data[i + 1]).toBe((data[i] as number) + 1);
      }
    }
    // 4 rows and 4 columns of places.
    expect(corners.size).toBe(16);
    expect(randomCrop(3)(hostArray(new Float32Array(9), [3, 3]), generator()).shape).toEqual([3, 3]);
    expect(() => randomCrop(5)(image(), generator())).toThrow('[3, 4] with padding 0');
    expect(() => randomCrop(1)(hostArray(new Float32Array(3)), generator())).toThrow('[3]');
  });

  test('erase one rectangle', () => {
    const large = () => hostArray(new Uint8Array(2 * 100).fill(7), [2, 10, 10]);
    let erased = 0;
    for (let seed = 0; seed < 200; seed++) {
      const { data } = randomErasing({ value: 1 })(large(), new Generator(seed));
      const places = [...data.subarray(0, 100).keys()].filter((i) => data[i] === 1);
      expect([...data.subarray(100).keys()].filter((i) => data[100 + i] === 1)).toEqual(places);
      if (places.length === 0) continue;
      erased++;
      const rows = new Set(places.map((i) => Math.floor(i / 10)));
      const columns = new Set(places.map((i) => i % 10));
      expect(places.length).toBe(rows.size * columns.size);
      expect(places.length).toBeLessThan(45);
    }
    expect(Math.abs(erased - 100)).toBeLessThan(35);
  });

  test('add noise', () => {
    const flat = hostArray(new Float32Array(4000).fill(3));
    const data = [...gaussianNoise(2)(flat, generator()).data];
    const mean = data.reduce((sum, value) => sum + value, 0) / 4000;
    const spread = Math.sqrt(data.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 4000);
    expect(Math.abs(mean - 3)).toBeLessThan(0.13);
    expect(Math.abs(spread - 2)).toBeLessThan(0.1);
    expect(flat.data[0]).toBe(3);
  });

  test('make vectors of classes', () => {
    expect(oneHot(3)(hostArray(Int32Array.of(2, 0)), generator())).toEqual({
      data: Float32Array.of(0, 0, 1, 1, 0, 0),
      shape: [2, 3],
    });
    expect(() => oneHot(3)(hostArray(Int32Array.of(3)), generator())).toThrow('3 is no class');
  });

  test('are composed, the same for the same seed, and leave what came in', () => {
    const before = image();
    const augment = compose(
      randomApply(randomHorizontalFlip(1)),
      randomCrop([3, 4], { padding: 1 }),
      toFloat(),
      gaussianNoise(0.1),
    );
    const once = augment(before, new Generator(4));
    expect(augment(before, new Generator(4))).toEqual(once);
    expect(augment(before, new Generator(5))).not.toEqual(once);
    expect(before).toEqual(image());
  });
});
