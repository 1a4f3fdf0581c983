import { readFileSync } from 'node:fs';
import { Tokenizer } from '@huggingface/tokenizers';
import { serve } from '../protocol.mjs';
import { gpt2, linesOf, readText } from './files.mjs';

const manifest = new URL('../node_modules/@huggingface/tokenizers/package.json', import.meta.url);
const { version } = JSON.parse(readFileSync(manifest, 'utf8'));

await serve(async ({ case: name, sizes }) => {
  const text = readText(sizes);
  const json = gpt2(sizes);
  const make = () => new Tokenizer(json, {});
  const inputs = name === 'encode-lines' ? linesOf(text) : [text];
  let tokenizer = make();
  let steps = 0;
  let results = [];
  const session = {
    prepare(count) {
      if (name === 'encode-cold') tokenizer = make();
      steps = count;
      results = [];
    },
    run() {
      for (let step = 0; step < steps; step++)
        results.push(inputs.map((input) => tokenizer.encode(input).ids));
    },
    inspect() {
      for (const result of results) {
        const tokens = result.reduce((sum, ids) => sum + ids.length, 0);
        if (tokens < text.length / 20)
          throw new Error(`${tokens} tokens are too few for ${text.length} characters`);
      }
    },
  };
  return { name: `@huggingface/tokenizers ${version}`, session };
});
