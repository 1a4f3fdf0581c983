import { readFileSync } from 'node:fs';
import { join } from 'node:path';

// What both sides read: the text, and GPT-2's vocabulary as OpenAI published it.

export const readText = ({ text }) => readFileSync(text, 'utf8');

/** Lines with their ends. */
export const linesOf = (text) => text.split(/(?<=\n)/);

/** tokenizer.json of GPT-2. */
export function gpt2({ gpt2: folder }) {
  const vocab = JSON.parse(readFileSync(join(folder, 'encoder.json'), 'utf8'));
  const merges = readFileSync(join(folder, 'vocab.bpe'), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#version'));
  const byteLevel = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true };
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: [],
    normalizer: null,
    pre_tokenizer: byteLevel,
    post_processor: byteLevel,
    decoder: byteLevel,
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      fuse_unk: false,
      byte_fallback: false,
      vocab,
      merges,
    },
  };
}
