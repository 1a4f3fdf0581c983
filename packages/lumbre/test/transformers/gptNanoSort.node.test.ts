import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import {
  memoryRepository,
  readSafetensors,
  type StoredArray,
  writeSafetensors,
} from '../../src/hub/index.ts';
import { compile, noGrad, type Tensor, tensor } from '../../src/index.ts';
import { GPT2LMHeadModel } from '../../src/transformers/causal/index.ts';
import { transposed } from '../../src/transformers/loading/loadWeights.ts';
import lostBiases from '../fixtures/gptNanoSort.json' with { type: 'json' };
import { worst } from './causalCases.ts';

const folder = fileURLToPath(
  new URL('../../../../../shared/fixtures/models/gpt-nano-sort/', import.meta.url),
);
if (!existsSync(folder))
  console.warn('shared/fixtures not found: a real GPT through GPT2LMHeadModel passed over');

interface Partials {
  readonly config: Readonly<Record<string, number>>;
  readonly [name: string]: unknown;
}

describe.skipIf(!existsSync(folder))(
  'gpt-nano-sort, a trained GPT of 3 layers, as a checkpoint of GPT-2',
  () => {
    const partials = () =>
      JSON.parse(readFileSync(`${folder}gpt-nano-sort-t0-partials.json`, 'utf8')) as Partials;

    const valuesOf = (name: string) => {
      const { shape, data } = partials()[name] as { shape: number[]; data: string };
      return { shape, values: new Float32Array(new Uint8Array(Buffer.from(data, 'base64')).buffer) };
    };

    /** minGPT's linear layers lie the other way round than GPT-2's. */
    function load(): Promise<GPT2LMHeadModel> {
      const { config } = partials();
      const { tensors } = readSafetensors(readFileSync(`${folder}gpt-nano-sort.safetensors`));
      const turned = GPT2LMHeadModel.layout.transposed as RegExp;
      const weights = new Map<string, StoredArray>(
        [...tensors].map(([name, array]) => [name, turned.test(name) ? transposed(array) : array]),
      );
      for (const [name, bias] of Object.entries(lostBiases)) {
        if (weights.has(name)) continue;
        weights.set(name, { dtype: 'float32', shape: [bias.length], data: Float32Array.from(bias) });
      }
      const json = {
        model_type: 'gpt2',
        vocab_size: Number(config.vocab_size),
        n_positions: Number(config.block_size),
        n_layer: Number(config.n_layer),
        n_head: Number(config.n_head),
        n_embd: Number(config.n_embd),
        bos_token_id: null,
        eos_token_id: null,
        tie_word_embeddings: false,
      };
      return GPT2LMHeadModel.fromPretrained(
        memoryRepository([
          ['config.json', JSON.stringify(json)],
          ['model.safetensors', writeSafetensors(weights)],
        ]),
      );
    }

    test('logits are those of the reference, at once and token by token', async () => {
      const model = await load();
      const { shape, values: ids } = valuesOf('idx');
      const { values: expected } = valuesOf('lm_head');
      const whole = noGrad(() => model.forward(tensor(Int32Array.from(ids), { shape })));
      expect(worst(whole.dataSync(), expected)).toBeLessThan(1e-4);
      const [batch, time] = shape as [number, number];
      const caches = model.newCaches(batch, time);
      const next = compile((inputIds: Tensor, cachePosition: Tensor) =>
        model.forward(inputIds, { caches, cachePosition }),
      );
      const classes = expected.length / ids.length;
      for (let i = 0; i < time; i++) {
        const column = Int32Array.from({ length: batch }, (_, row) => ids[row * time + i] as number);
        const tokens = tensor(column, { shape: [batch, 1] });
        const logits = noGrad(() => next(tokens, tensor(Int32Array.of(i)))).dataSync();
        for (let row = 0; row < batch; row++) {
          const from = (row * time + i) * classes;
          const actual = logits.subarray(row * classes, (row + 1) * classes);
          expect(worst(actual, expected.subarray(from, from + classes))).toBeLessThan(1e-4);
        }
      }
      expect(next.explain()).toHaveLength(1);
      next.dispose();
      for (const cache of caches) cache.dispose();
      model.dispose();
    });
  },
);
