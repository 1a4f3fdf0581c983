import { describe, expect, test } from 'vitest';
import { decodeText, splitTokens, type TextError } from '../../src/data/text.ts';
import { evenBatches, RandomBatches } from '../../src/data/textBatches.ts';
import { Generator } from '../../src/index.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

const failure = (content: Uint8Array): TextError => {
  try {
    decodeText(content, 'book.txt');
  } catch (error) {
    return error as TextError;
  }
  throw new Error('expected an error');
};

describe('decodeText', () => {
  test('reads UTF-8, drops the byte order mark, and knows all line ends', () => {
    expect(decodeText(bytes('\ufeffaño 🔥\r\nuno\rdos\n'), 'x')).toBe('año 🔥\nuno\ndos\n');
  });

  test('finds the first byte that is not UTF-8', () => {
    // «a�ñ» with a replacement character of its own, then ISO-8859-1.
    const content = Uint8Array.of(...bytes('a\ufffdñ'), 0xf1, 0x61);
    expect(failure(content)).toMatchObject({ code: 'text.notUtf8', values: { name: 'book.txt', offset: 6 } });
    expect(failure(content).message).toContain('iconv');
    expect(failure(Uint8Array.of(0x61, 0xc3))).toMatchObject({ code: 'text.notUtf8', values: { offset: 1 } });
  });

  test('refuses what is empty, in UTF-16, or no text', () => {
    expect(failure(new Uint8Array(0)).code).toBe('text.empty');
    expect(failure(bytes(' \n\t\r\n')).code).toBe('text.empty');
    expect(failure(Uint8Array.of(0xff, 0xfe, 0x61, 0)).code).toBe('text.utf16');
    expect(failure(Uint8Array.of(0xfe, 0xff, 0, 0x61)).code).toBe('text.utf16');
    expect(failure(bytes('PK\0\0')).code).toBe('text.binary');
  });
});

test('splitTokens keeps the end for validation', () => {
  const { train, validation } = splitTokens(Int32Array.from({ length: 25 }, (_, i) => i));
  expect([...train]).toEqual(Array.from({ length: 22 }, (_, i) => i));
  expect([...validation]).toEqual([22, 23, 24]);
});

describe('batches', () => {
  const tokens = Int32Array.from({ length: 40 }, (_, i) => i);
  const options = { batchSize: 3, blockSize: 4 };

  test('have rows from random places, with the next token as target', () => {
    const batches = new RandomBatches(tokens, options, new Generator(1));
    const starts = new Set<number>();
    for (let i = 0; i < 200; i++) {
      const { x, y } = batches.next();
      expect([...y]).toEqual([...x].map((token) => token + 1));
      for (const row of [0, 4, 8]) {
        const start = x[row] as number;
        starts.add(start);
        expect([...x.subarray(row, row + 4)]).toEqual([start, start + 1, start + 2, start + 3]);
      }
    }
    // Each place from the first to the last that fits.
    expect([...starts].sort((a, b) => a - b)).toEqual(Array.from({ length: 36 }, (_, i) => i));
  });

  test('go on from the state of the generator', () => {
    const generator = new Generator(1);
    const batches = new RandomBatches(tokens, options, generator);
    batches.next();
    const state = generator.state();
    const second = batches.next();
    const again = new RandomBatches(tokens, options, new Generator(9).setState(state));
    expect(again.next()).toEqual(second);
  });

  test('begin only where they may', () => {
    const starts = Int32Array.of(0, 10, 20, 38);
    const batches = new RandomBatches(tokens, { ...options, starts }, new Generator(1));
    const seen = new Set(Array.from({ length: 50 }, () => batches.next().x[0]));
    // A row from 38 would not fit.
    expect([...seen].sort()).toEqual([0, 10, 20]);
  });

  test('for validation are spread from the first place to the last', () => {
    const even = evenBatches(tokens, options, 2);
    expect(even.flatMap(({ x }) => [x[0], x[4], x[8]])).toEqual([0, 7, 14, 21, 28, 35]);
    const starts = Int32Array.of(0, 10, 20);
    expect(evenBatches(tokens, { ...options, starts }, 1).map(({ x }) => [x[0], x[4], x[8]])).toEqual([
      [0, 10, 20],
    ]);
  });

  test('need a text that is long enough', () => {
    const short = tokens.subarray(0, 4);
    expect(() => new RandomBatches(short, options, new Generator(1))).toThrow(
      '4 tokens, too few for rows of 4',
    );
    expect(() => evenBatches(short, options, 1)).toThrow('too few');
    expect(() => evenBatches(tokens, { ...options, starts: Int32Array.of(39) }, 1)).toThrow('too few');
    expect(evenBatches(tokens.subarray(0, 5), { ...options, batchSize: 1 }, 1)[0]?.x).toHaveLength(4);
  });
});
