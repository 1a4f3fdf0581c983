import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CharTokenizer, UnknownCharacterError } from '../../src/text/index.ts';

describe('CharTokenizer', () => {
  test('gives ids in the order of code points', () => {
    const tokenizer = CharTokenizer.fromText('cabaña\n');
    expect(tokenizer.alphabet).toBe('\nabcñ');
    expect([...tokenizer.encode('ñac')]).toEqual([4, 1, 3]);
    expect(tokenizer.vocabSize).toBe(5);
  });

  test('decodes what it encodes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (text) => {
        // A lone surrogate is a character like another here: strings may hold them.
        const tokenizer = CharTokenizer.fromText(text);
        expect(tokenizer.decode(tokenizer.encode(text))).toBe(text.normalize('NFC'));
      }),
    );
  });

  test('takes one token for a character beyond 16 bits', () => {
    const tokenizer = CharTokenizer.fromText('a🔥b');
    expect([...tokenizer.encode('🔥')]).toEqual([2]);
    expect(tokenizer.decode([0, 2, 1])).toBe('a🔥b');
  });

  test('reads a letter and its combining accent as one', () => {
    const tokenizer = CharTokenizer.fromText('camio\u0301n');
    expect(tokenizer.alphabet).toBe('acimnó');
    expect(tokenizer.encode('o\u0301')).toEqual(tokenizer.encode('ó'));
  });

  test('names an unknown character, where it is and what is known', () => {
    const tokenizer = CharTokenizer.fromText('abc');
    expect(() => tokenizer.encode('ab€')).toThrow(UnknownCharacterError);
    expect(() => tokenizer.encode('ab€')).toThrow(/"€" \(U\+20AC\) at position 2 .*"abc"/);
    expect(tokenizer.covers('ab€')).toBe(false);
    expect(tokenizer.covers('cab')).toBe(true);
  });

  test('refuses ids that do not exist', () => {
    const tokenizer = CharTokenizer.fromText('abc');
    expect(() => tokenizer.decode([0, 3])).toThrow('no token 3; ids go from 0 to 2');
    expect(() => tokenizer.decode([-1])).toThrow(RangeError);
    expect(() => tokenizer.decode([0.5])).toThrow(RangeError);
  });

  test('survives JSON', () => {
    const tokenizer = CharTokenizer.fromText('¿Qué tal?\n"\\');
    const again = CharTokenizer.fromJSON(JSON.parse(JSON.stringify(tokenizer)));
    expect(again.alphabet).toBe(tokenizer.alphabet);
  });

  test.each([null, 3, {}, { type: 'bpe', alphabet: 'abc' }, { type: 'char', alphabet: 3 }])(
    'refuses %j as JSON',
    (json) => {
      expect(() => CharTokenizer.fromJSON(json)).toThrow(TypeError);
    },
  );

  test('refuses an alphabet that is empty or repeats itself', () => {
    expect(() => new CharTokenizer('')).toThrow('empty');
    expect(() => CharTokenizer.fromText('')).toThrow('empty');
    expect(() => new CharTokenizer('abca')).toThrow('"a" (U+0061) twice');
  });
});
