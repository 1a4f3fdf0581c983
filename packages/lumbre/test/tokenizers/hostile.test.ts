import { describe, expect, test } from 'vitest';
import { GPT2Tokenizer, Tokenizer, TokenizerError } from '../../src/tokenizers/index.ts';
import { bertTokenizer, gpt2Tokenizer } from '../../src/tokenizers/legacy.ts';
import tokenizers from '../fixtures/tokenizers/tokenizers.json' with { type: 'json' };
import { Random } from '../support/random.ts';

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** What stands in the place of a value: of another type, out of range, or much of it. */
const strange: readonly Json[] = [
  null,
  true,
  false,
  -1,
  0,
  0.5,
  1e300,
  2 ** 31,
  '',
  'x',
  '(a+)+$',
  '(',
  '\ud800',
  '__proto__',
  'a'.repeat(5000),
  [],
  {},
  [[]],
  [null],
  { type: 'Sequence' },
  JSON.parse('{"__proto__": {"type": "BPE"}, "type": "Split"}'),
];

/** Changes a value somewhere: puts another in its place, leaves it out, or twice. */
function mutate(value: Json, random: Random, depth = 0): Json {
  if (value === null || typeof value !== 'object' || random.chance(depth < 2 ? 0.03 : 0.15))
    return random.pick(strange);
  if (Array.isArray(value)) {
    if (value.length === 0) return [random.pick(strange)];
    const i = random.integer(0, value.length - 1);
    const copy = [...value];
    const what = random.integer(0, 9);
    if (what === 0) copy.splice(i, 1);
    else if (what === 1) copy.splice(i, 0, copy[i] as Json);
    else copy[i] = mutate(copy[i] as Json, random, depth + 1);
    return copy;
  }
  const names = Object.keys(value);
  if (names.length === 0) return { x: random.pick(strange) };
  const name = random.pick(names);
  const copy = { ...value };
  if (random.chance(0.15)) delete copy[name];
  else copy[name] = mutate(copy[name] as Json, random, depth + 1);
  return copy;
}

const texts = ['Hola, ¿cómo estás?', '', ' \n', '👩‍👩‍👧 <s> [MASK] ñ\u0301', 'a'.repeat(300)];

describe('a tokenizer.json that was changed somewhere works, or says what is wrong', () => {
  for (const [name, json] of Object.entries(tokenizers)) {
    test(name, () => {
      const random = new Random(name.length);
      let worked = 0;
      let refused = 0;
      for (let round = 0; round < 250; round++) {
        let changed = json as unknown as Json;
        for (let i = random.integer(1, 3); i > 0; i--) changed = mutate(changed, random);
        try {
          const tokenizer = Tokenizer.fromJSON(changed as object);
          for (const text of texts) {
            const { ids } = tokenizer.encode(text);
            expect(tokenizer.encodeIds(text)).toEqual(ids);
            tokenizer.decode(ids);
          }
          tokenizer.encode('a', { pair: 'b' });
          JSON.stringify(tokenizer);
          worked++;
        } catch (error) {
          if (!(error instanceof TokenizerError))
            throw new Error(`round ${round}: ${JSON.stringify(changed).slice(0, 400)}`, { cause: error });
          refused++;
        }
      }
      expect(worked).toBeGreaterThan(10);
      expect(refused).toBeGreaterThan(10);
    });
  }
});

describe('files that are something else', () => {
  const nested = (depth: number): string =>
    `${'{"type":"Sequence","normalizers":['.repeat(depth)}{"type":"NFC"}${']}'.repeat(depth)}`;
  const file = (normalizer: string): string =>
    `{"normalizer":${normalizer},"model":{"type":"BPE","vocab":{},"merges":[]}}`;

  test('are refused', () => {
    for (const text of [
      '',
      '[]',
      'null',
      '3',
      '{}',
      '{"model":{}}',
      '{"model":{"type":"GPT"}}',
      '{"version":"2.0","model":{}}',
    ]) {
      expect(() => Tokenizer.fromJSON(text), text).toThrow(TokenizerError);
    }
    expect(() => gpt2Tokenizer('[1]', '')).toThrow(/vocab\.json/);
    expect(() => gpt2Tokenizer('{"a":-1}', '')).toThrow(/whole number/);
    expect(() => gpt2Tokenizer('{"a":1}', '#version\na b c\n')).toThrow(/line 2/);
    expect(() => gpt2Tokenizer('{"a":1}', 'a b\n')).toThrow(/not in the vocabulary/);
    expect(() => bertTokenizer('a\nb\n')).toThrow(/\[CLS\]/);
  });

  test('are refused when they are too deep', () => {
    expect(Tokenizer.fromJSON(file(nested(3))).encode('a').ids).toEqual([]);
    expect(() => Tokenizer.fromJSON(file(nested(40)))).toThrow(/deeper/);
    expect(() => Tokenizer.fromJSON(file(nested(50_000)))).toThrow(TokenizerError);
  });

  test('names such as __proto__ are names', () => {
    const json =
      '{"model":{"type":"WordLevel","unk_token":"constructor","vocab":{"__proto__":0,"constructor":1}}}';
    const tokenizer = Tokenizer.fromJSON(json);
    expect(tokenizer.encode('__proto__').ids).toEqual([0]);
    expect(tokenizer.encode('toString').ids).toEqual([1]);
    expect(JSON.parse(JSON.stringify(tokenizer)).model.vocab).toEqual(JSON.parse(json).model.vocab);
    expect(() => Tokenizer.fromJSON('{"model":{"type":"constructor"}}')).toThrow(/there are: BPE/);
  });

  test('maps of sentencepiece that lie about their size', () => {
    const map = (bytes: number[]): string =>
      JSON.stringify({
        normalizer: { type: 'Precompiled', precompiled_charsmap: btoa(String.fromCharCode(...bytes)) },
        model: { type: 'BPE', vocab: {}, merges: [] },
      });
    expect(() => Tokenizer.fromJSON(map([]))).toThrow(/0 bytes/);
    expect(() => Tokenizer.fromJSON(map([255, 255, 255, 255, 0, 0, 0, 0]))).toThrow(/trie/);
    // Every byte leads on, to beyond the end.
    const random = new Random(3);
    for (let i = 0; i < 200; i++) {
      const bytes = [64, 0, 0, 0, ...random.array(64, () => random.integer(0, 255)), 97, 0, 98, 0];
      expect(Tokenizer.fromJSON(map(bytes)).encode('añb😀').ids).toEqual([]);
    }
  });
});

describe('decoding as a model writes', () => {
  const read = (name: keyof typeof tokenizers) => Tokenizer.fromJSON(tokenizers[name]);
  const written = 'Eñe: ¿ñandú? 👩‍👩‍👧‍👦 日本 — ﬁn\n\n  <|endoftext|> é';

  for (const name of ['byteLevel', 'llama3', 'byteFallback', 'unigramBytes'] as const) {
    test(`${name}: never a half of a character`, () => {
      const tokenizer = read(name);
      const ids = tokenizer.encodeIds(written);
      const stream = tokenizer.decodeStream();
      const pieces = ids.map((id) => stream.step(id));
      for (const piece of pieces) expect(piece).not.toContain('\ufffd');
      expect(pieces.join('') + stream.end()).toBe(tokenizer.decode(ids));
      expect(pieces.filter((piece) => piece !== '').length).toBeGreaterThan(10);
    });
  }

  test('what stays unfinished comes at the end', () => {
    const tokenizer = read('byteLevel');
    // The first byte of three.
    const ids = ['a', 'æ'].map((token) => tokenizer.tokenToId(token) as number);
    const stream = tokenizer.decodeStream();
    expect(ids.map((id) => stream.step(id)).join('')).toBe('a');
    expect(stream.end()).toBe('\ufffd');
  });

  test('of a pretrained tokenizer', () => {
    const tokenizer = new GPT2Tokenizer(read('byteLevel'));
    const stream = tokenizer.decodeStream({ skipSpecialTokens: true });
    const ids = tokenizer.encode('sí<|endoftext|>');
    expect(ids.map((id) => stream.step(id)).join('')).toBe('sí');
  });
});
