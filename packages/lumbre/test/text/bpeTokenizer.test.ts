import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  BpeTokenizer,
  CharTokenizer,
  tokenizerFromJSON,
  UnknownCharacterError,
} from '../../src/text/index.ts';

const text =
  'en un lugar de la mancha, de cuyo nombre no quiero acordarme; en un lugar de la mancha vivía un hidalgo';
const special = { specialTokens: ['[PAD]', '[UNK]', '[MASK]'], unknownToken: '[UNK]' } as const;

describe('BpeTokenizer', () => {
  test('merges what comes most often, and of equals the smaller ids', () => {
    // low ×5, lower ×2, newest ×6, widest ×3: the example of Sennrich et al.
    const words = 'low '.repeat(5) + 'lower '.repeat(2) + 'newest '.repeat(6) + 'widest '.repeat(3);
    const tokenizer = BpeTokenizer.train(words.trim(), { vocabSize: 15 });
    const { alphabet, merges } = tokenizer.toJSON();
    expect(alphabet).toBe(' deilnorstw');
    const pieces = merges.map((_, i) => tokenizer.decode([alphabet.length + i]));
    // "es" and "st" come 9 times each; e has the smaller id.
    expect(pieces).toEqual(['es', 'est', 'lo', 'low']);
    expect([...tokenizer.encode('lowest')].map((id) => tokenizer.decode([id]))).toEqual(['low', 'est']);
  });

  test('decodes what it encodes, token by token', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), fc.nat(30), (sample, extra) => {
        const whole = `${sample} ${sample}${sample}`.normalize('NFC');
        const size = new Set(whole).size + extra;
        const tokenizer = BpeTokenizer.train(whole, { vocabSize: size });
        const ids = tokenizer.encode(whole);
        expect(tokenizer.decode(ids)).toBe(whole);
        // Each token is whole characters: streaming never splits one.
        expect(Array.from(ids, (id) => tokenizer.decode([id])).join('')).toBe(whole);
        expect(tokenizer.vocabSize).toBeLessThanOrEqual(size);
      }),
      { numRuns: 60 },
    );
  });

  test('gives words their space, and keeps marks apart', () => {
    const tokenizer = BpeTokenizer.train(text, { vocabSize: 70 });
    const pieces = (of: string) => Array.from(tokenizer.encode(of), (id) => tokenizer.decode([id]));
    expect(pieces('en un lugar de la mancha,')).toEqual([
      'en',
      ' un',
      ' lugar',
      ' de',
      ' la',
      ' mancha',
      ',',
    ]);
  });

  test('is the same from the same text, and from its file', () => {
    const told: number[] = [];
    const tokenizer = BpeTokenizer.train(text, {
      vocabSize: 60,
      progress: (count) => told.push(count),
      ...special,
    });
    expect(BpeTokenizer.train(text, { vocabSize: 60, ...special }).toJSON()).toEqual(tokenizer.toJSON());
    const copy = tokenizerFromJSON(JSON.parse(JSON.stringify(tokenizer.toJSON())));
    expect(copy).toBeInstanceOf(BpeTokenizer);
    expect([...copy.encode(text)]).toEqual([...tokenizer.encode(text)]);
    expect(told.at(-1)).toBe(tokenizer.vocabSize);
    const characters = tokenizerFromJSON(CharTokenizer.fromText('abc').toJSON());
    expect(characters).toBeInstanceOf(CharTokenizer);
  });

  test('finds special tokens as they are written, with the space before them', () => {
    const tokenizer = BpeTokenizer.train(text, { vocabSize: 70, ...special });
    const mask = tokenizer.idOf('[MASK]');
    const ids = [...tokenizer.encode('de la [MASK], un')];
    expect(ids).toEqual([...tokenizer.encode('de la'), mask, ...tokenizer.encode(', un')]);
    expect([...tokenizer.encode('de la[MASK] un')].includes(mask)).toBe(true);
    expect(tokenizer.decode(ids)).toBe('de la[MASK], un');
    expect(() => tokenizer.idOf('[CLS]')).toThrow('there are [PAD], [UNK], [MASK]');
  });

  test('has a token for what is unknown, or says what it is', () => {
    const open = BpeTokenizer.train(text, { vocabSize: 60, ...special });
    expect([...open.encode('漢')]).toEqual([1]);
    expect(open.covers('漢')).toBe(true);
    const strict = BpeTokenizer.train(text, { vocabSize: 60 });
    expect(() => strict.encode('la 漢')).toThrow(UnknownCharacterError);
    expect(() => strict.encode('la 漢')).toThrow('"漢" (U+6F22) at position 3');
    expect(strict.covers('la 漢')).toBe(false);
    expect(strict.covers('mancha')).toBe(true);
  });

  test('reads a letter and its combining accent as one', () => {
    const tokenizer = BpeTokenizer.train('vivía vivía', { vocabSize: 10 });
    expect([...tokenizer.encode('vivi\u0301a')]).toEqual([...tokenizer.encode('vivía')]);
  });

  test('refuses what makes no sense', () => {
    expect(() => BpeTokenizer.train('abc', { vocabSize: 2 })).toThrow('need 3');
    expect(() => BpeTokenizer.train('', { vocabSize: 9 })).toThrow('the alphabet is empty');
    expect(() => new BpeTokenizer('aa', [])).toThrow('once');
    expect(() => new BpeTokenizer('ab', [[0, 3]])).toThrow('merge 0');
    expect(() => new BpeTokenizer('ab', [], { unknownToken: '[X]' })).toThrow('[X]');
    expect(() => BpeTokenizer.fromJSON({ type: 'bpe' })).toThrow(TypeError);
    expect(() => BpeTokenizer.train('abc', { vocabSize: 3 }).decode([3])).toThrow('no token 3');
  });
});
