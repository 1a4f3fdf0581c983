import { expect, test } from 'vitest';
import {
  memoryRepository,
  type Repository,
  type StoredArray,
  writeSafetensors,
} from '../../../src/hub/index.ts';
import type { Module } from '../../../src/nn/index.ts';
import { PreTrainedTokenizer, Tokenizer } from '../../../src/tokenizers/index.ts';
import { GPT2LMHeadModel } from '../../../src/transformers/causal/index.ts';
import { jsonText } from '../../../src/transformers/config/jsonText.ts';
import {
  BertForMaskedLM,
  BertForSequenceClassification,
  BertModel,
  bertConfig,
} from '../../../src/transformers/encoders/index.ts';
import { type PipelineTask, pipeline } from '../../../src/transformers/pipelines/index.ts';
import written from '../../fixtures/transformers/encoderTokenizers.json' with { type: 'json' };
import expected from '../../fixtures/transformers/pipelines.json' with { type: 'json' };
import { fillByName } from '../encoders/support.ts';
import { bertSizes, camelCase, expectOutput } from './support.ts';

/** The folder of a model, in memory. */
function folder(config: string, model: Module): Repository {
  const weights = [...model.namedParameters()].map(([name, value]): [string, StoredArray] => [
    name,
    { dtype: value.dtype, shape: value.shape, data: value.dataSync() },
  ]);
  return memoryRepository([
    ['config.json', config],
    ['model.safetensors', writeSafetensors(weights)],
    ['tokenizer.json', JSON.stringify(written.bert)],
    [
      'tokenizer_config.json',
      JSON.stringify({
        tokenizer_class: 'BertTokenizer',
        model_max_length: 40,
        unk_token: '[UNK]',
        pad_token: '[PAD]',
        cls_token: '[CLS]',
        sep_token: '[SEP]',
        mask_token: '[MASK]',
      }),
    ],
  ]);
}

test('a folder is all that a pipeline needs', async () => {
  const model = fillByName(new BertForMaskedLM(bertSizes())).eval();
  const fill = await pipeline('fill-mask', folder(jsonText(bertConfig.toJson(model.config)), model), {
    defaults: { topK: 2 },
  });
  expect(fill.task).toBe('fill-mask');
  const [first, , third] = expected.cases['bert fill-mask'];
  expectOutput(await fill(first?.input as string, { topK: 5 }), camelCase(first?.output), 'one');
  expectOutput(await fill(third?.input as unknown as string[]), camelCase(third?.output), 'several');
  await expect(fill('Nothing is missing.')).rejects.toThrow(/there is no \[MASK\] in "Nothing is missing\."/);
  await expect(fill('[MASK] '.repeat(60))).rejects.toThrow(/1 to 40 tokens/);
  await expect(fill('a [MASK]', { topK: 0 })).rejects.toThrow(/topK/);
  for (const used of [model, fill]) used.dispose();
});

test('long texts: windows, or what is cut off', async () => {
  const model = fillByName(new BertForSequenceClassification({ ...bertSizes(), id2label: ['no', 'yes'] }));
  const classify = await pipeline(
    'sentiment-analysis',
    folder(jsonText(bertConfig.toJson(model.config)), model),
  );
  const long = 'la música '.repeat(50);
  await expect(classify(long)).rejects.toThrow(/truncation: true/);
  const [best] = await classify(long, { truncation: true });
  expect(['no', 'yes']).toContain(best?.label);
  // Texts in batches, of different lengths, have what each has alone.
  const texts = ['no', 'En un lugar de la Mancha', 'María', 'la película fue muy buena', '¿Quién?'];
  const together = await classify(texts, { batchSize: 3, topK: null });
  for (const [i, text] of texts.entries()) {
    expectOutput(together[i], await classify(text, { topK: null }), text);
  }
  for (const used of [model, classify]) used.dispose();
});

test('vectors of texts: the mean of those of tokens, of length 1 if asked for', async () => {
  const model = fillByName(new BertModel(bertSizes())).eval();
  const features = await pipeline(
    'feature-extraction',
    folder(jsonText(bertConfig.toJson(model.config)), model),
  );
  const texts = ['no', 'En un lugar de la Mancha', 'María vive'];
  const pooled = await features(texts, { pooling: 'mean', normalize: true });
  for (const [i, text] of texts.entries()) {
    const [rows = []] = await features(text);
    const mean = Array.from(
      { length: 16 },
      (_, c) => rows.reduce((sum, row) => sum + (row[c] ?? 0), 0) / rows.length,
    );
    const length = Math.hypot(...mean);
    expectOutput(
      pooled[i],
      mean.map((x) => x / length),
      text,
    );
    const first = await features(text, { pooling: 'cls' });
    expectOutput(first, rows[0], text);
    const last = await features(text, { pooling: 'last' });
    expectOutput(last, rows.at(-1), text);
  }
  const tensor = await features('no', { returnTensors: true });
  expect(tensor.shape).toEqual([1, 3, 16]);
  for (const used of [tensor, model, features]) used.dispose();
});

test('text-generation: texts after prompts, several, and conversations', async () => {
  const config = {
    vocabSize: 160,
    nPositions: 64,
    nEmbd: 16,
    nLayer: 2,
    nHead: 4,
    bosTokenId: 2,
    eosTokenId: 3,
  };
  const model = fillByName(new GPT2LMHeadModel(config)).eval();
  const tokenizer = new PreTrainedTokenizer(Tokenizer.fromJSON(written.bert));
  const write = await pipeline('text-generation', model, { tokenizer });
  const options = { maxNewTokens: 6, doSample: false, addSpecialTokens: false } as const;
  const [alone] = await write('en un', options);
  const ids = tokenizer.encode('en un', { addSpecialTokens: false });
  const made = await model.generate(ids, { maxNewTokens: 6, doSample: false });
  const text = tokenizer.decode((made[0] as Int32Array).subarray(ids.length), { skipSpecialTokens: true });
  expect(alone?.generatedText).toBe(`en un${text}`);
  const [[, second] = []] = await write(['en un'], {
    ...options,
    numReturnSequences: 2,
    numBeams: 2,
    returnFullText: false,
  });
  expect(second?.generatedText.startsWith('en un')).toBe(false);
  const drawn = { ...options, doSample: true, seed: 4 } as const;
  expect(await write('en un', drawn)).toEqual(await write('en un', drawn));
  tokenizer.chatTemplates.set('default', '{% for m in messages %}{{ m.content }} {% endfor %}');
  const [chat] = await write([{ role: 'user', content: 'en un' }], options);
  expect(chat?.generatedText).toMatchObject([{ role: 'user', content: 'en un' }, { role: 'assistant' }]);
  for (const used of [made, write]) used.dispose();
});

test('what does not fit is refused', async () => {
  await expect(pipeline('translation' as 'fill-mask')).rejects.toThrow(
    /no task "translation"; there are text-generation/,
  );
  const model = new BertModel(bertSizes());
  await expect(pipeline('feature-extraction', model)).rejects.toThrow(/needs its tokenizer/);
  const tokenizer = new PreTrainedTokenizer(Tokenizer.fromJSON(written.bert));
  const wrong: PipelineTask = 'fill-mask';
  await expect(pipeline(wrong, model as never, { tokenizer })).rejects.toThrow(
    /a BertModel is not made for fill-mask/,
  );
  model.dispose();
});
