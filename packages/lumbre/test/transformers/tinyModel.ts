import { memoryFolder, memoryRepository, type Repository } from '../../src/hub/index.ts';
import { Generator } from '../../src/index.ts';
import { GPT2LMHeadModel } from '../../src/transformers/causal/index.ts';
import { BertForSequenceClassification } from '../../src/transformers/encoders/index.ts';

/** Byte-level BPE that knows no merges: a token for each byte, and one that ends a text. */
function tokenizerJson(): string {
  const printable = (byte: number) =>
    (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
  let next = 256;
  const characters = Array.from({ length: 256 }, (_, byte) =>
    String.fromCodePoint(printable(byte) ? byte : next++),
  );
  const vocab = Object.fromEntries(characters.map((character, id) => [character, id]));
  const byteLevel = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: false, use_regex: true };
  return JSON.stringify({
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: ['<|end|>', '<|im_start|>', '<|im_end|>'].map((content, i) => ({
      id: 256 + i,
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    })),
    normalizer: null,
    pre_tokenizer: byteLevel,
    post_processor: null,
    decoder: byteLevel,
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      vocab,
      merges: [],
    },
  });
}

/** ChatML: Qwen's and others'. */
export const CHATML =
  "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}{% endfor %}" +
  "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}";

/** The same, saying itself what is an answer. */
export const CHATML_MARKED =
  "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\n'}}{% if message['role'] == 'assistant' %}" +
  "{% generation %}{{ message['content'] + '<|im_end|>' }}{% endgeneration %}{% else %}{{ message['content'] + '<|im_end|>' }}{% endif %}{{ '\n' }}{% endfor %}" +
  "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}";

const tokenizerFiles = (chatTemplate: string): [string, string][] => [
  ['tokenizer.json', tokenizerJson()],
  [
    'tokenizer_config.json',
    JSON.stringify({
      tokenizer_class: 'PreTrainedTokenizerFast',
      eos_token: '<|end|>',
      pad_token: '<|end|>',
      model_max_length: 128,
      chat_template: chatTemplate,
    }),
  ],
];

/** A tiny GPT-2 as a folder of Hugging Face's. */
export async function tinyGpt2(chatTemplate = CHATML, dropout = 0): Promise<Repository> {
  const pdrop = { embdPdrop: dropout, residPdrop: dropout, attnPdrop: dropout };
  const model = new GPT2LMHeadModel(
    {
      vocabSize: 259,
      nPositions: 128,
      nEmbd: 32,
      nLayer: 2,
      nHead: 4,
      bosTokenId: 256,
      eosTokenId: 256,
      ...pdrop,
    },
    { generator: new Generator(1) },
  );
  const folder = memoryFolder();
  await model.savePretrained(folder);
  model.dispose();
  return memoryRepository([...folder.files, ...tokenizerFiles(chatTemplate)], 'a tiny GPT-2');
}

/** A tiny BERT, without a head. */
export async function tinyBert(): Promise<Repository> {
  const model = new BertForSequenceClassification(
    {
      vocabSize: 259,
      hiddenSize: 32,
      numHiddenLayers: 2,
      numAttentionHeads: 4,
      intermediateSize: 48,
      maxPositionEmbeddings: 64,
    },
    { generator: new Generator(1) },
  );
  const folder = memoryFolder();
  await model.savePretrained(folder);
  model.dispose();
  return memoryRepository([...folder.files, ...tokenizerFiles(CHATML)], 'a tiny BERT');
}
