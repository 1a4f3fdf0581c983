import { describe, expect, test } from 'vitest';
import { type PreTokenizedString, Tokenizer } from '../../src/tokenizers/index.ts';
import corpusFile from '../fixtures/tokenizers/corpus.json' with { type: 'json' };
import encodings from '../fixtures/tokenizers/encodings.json' with { type: 'json' };
import tokenizers from '../fixtures/tokenizers/tokenizers.json' with { type: 'json' };
import { crc32 } from './crc32.ts';

/** The strings of the corpus; a pair is a text that is repeated. */
const corpus = corpusFile.map((entry) =>
  typeof entry === 'string' ? entry : (entry[0] as string).repeat(entry[1] as number),
);

const BLOCK = 4;
const COMPONENT_BLOCK = 20;

function* blocks(size: number): Iterable<readonly string[]> {
  for (let start = 0; start < corpus.length; start += size) yield corpus.slice(start, start + size);
}

const ranges = (offsets: readonly (readonly [number, number])[]): string =>
  offsets.map(([start, end]) => `${start}-${end}`).join(',');

/** Says which strings differ, since a sum does not. */
const shown = (block: readonly string[]): string => JSON.stringify(block.map((text) => text.slice(0, 60)));

test('the corpus is whole', () => {
  expect(corpus).toHaveLength(2000);
});

describe('small trained tokenizers encode the corpus as the reference library does', () => {
  for (const [name, sums] of Object.entries(encodings.models)) {
    test(name, () => {
      const tokenizer = Tokenizer.fromJSON(tokenizers[name as keyof typeof tokenizers]);
      const wrong: string[] = [];
      let i = 0;
      for (const block of blocks(BLOCK)) {
        const encoded = block.map((text) => tokenizer.encode(text));
        const ids = crc32(encoded.map((one) => one.ids.join(',')));
        const offsets = crc32([
          ...encoded.map((one) => ranges(one.offsets)),
          ...encoded.map((one) => one.wordIds.map((word) => word ?? '-').join(',')),
        ]);
        const decoded = crc32(
          encoded.map((one, k) => tokenizer.decode(one.ids, { skipSpecialTokens: k % 2 === 0 })),
        );
        if (ids !== sums[i]) wrong.push(`ids of ${shown(block)}`);
        if (offsets !== sums[i + 1]) wrong.push(`offsets of ${shown(block)}`);
        if (decoded !== sums[i + 2]) wrong.push(`texts of ${shown(block)}`);
        i += 3;
        for (const [k, text] of block.entries()) {
          expect(tokenizer.encodeIds(text)).toEqual(encoded[k]?.ids);
        }
      }
      expect(wrong).toEqual([]);
      expect(i).toBe(sums.length);
    });
  }
});

describe('normalizers and pre-tokenizers do with the corpus what the reference library does', () => {
  const pieces = (text: PreTokenizedString): string => text.splits.map((split) => split.text.text).join('|');
  for (const [name, [json, sums]] of Object.entries(encodings.components)) {
    test(name, () => {
      const tokenizer = Tokenizer.fromJSON(json as object);
      const wrong: string[] = [];
      let i = 0;
      for (const block of blocks(COMPONENT_BLOCK)) {
        const offsets = crc32(block.map((text) => ranges(tokenizer.encode(text).offsets)));
        const words = crc32(block.map((text) => pieces(tokenizer.preTokenize(text))));
        if (offsets !== (sums as number[])[i]) wrong.push(`offsets of ${shown(block)}`);
        if (words !== (sums as number[])[i + 1]) wrong.push(`pieces of ${shown(block)}`);
        i += 2;
      }
      expect(wrong).toEqual([]);
      expect(i).toBe((sums as number[]).length);
    });
  }
});
