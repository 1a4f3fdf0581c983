import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { readSafetensors } from '../../src/hub/index.ts';
import { noGrad, tensor } from '../../src/index.ts';
import { GPT } from '../../src/models/index.ts';
import lostBiases from '../fixtures/gptNanoSort.json' with { type: 'json' };

const folder = fileURLToPath(
  new URL('../../../../../shared/fixtures/models/gpt-nano-sort/', import.meta.url),
);
if (!existsSync(folder)) console.warn("shared/fixtures not found: a real GPT's activations passed over");

interface Partial {
  readonly shape: readonly number[];
  readonly data: string;
}

/** Names in the fixture, and what the observer of this GPT calls the same value. */
const names: Record<string, string> = {
  tok_emb: 'wte',
  pos_emb: 'wpe',
  x: 'x',
  ln1: 'h.0.ln_1',
  q: 'h.0.attn.q',
  k: 'h.0.attn.k',
  v: 'h.0.attn.v',
  qkv: 'h.0.attn.qkv',
  attSm: 'h.0.attn.weights',
  y: 'h.0.attn.y',
  yProj: 'h.0.attn',
  attnResid: 'h.0.afterAttention',
  ln2: 'h.0.ln_2',
  fc: 'h.0.mlp.fc',
  gelu: 'h.0.mlp.gelu',
  mlp: 'h.0.mlp',
  mlpResid: 'h.0.result',
  block0: 'h.0.result',
  block1: 'h.1.result',
  block2: 'h.2.result',
  ln_f: 'ln_f',
};

describe.skipIf(!existsSync(folder))('gpt-nano-sort, a trained GPT of 3 layers', () => {
  // Read by the tests: what stands here runs even where the file is missing.
  const partials = () =>
    JSON.parse(readFileSync(`${folder}gpt-nano-sort-t0-partials.json`, 'utf8')) as {
      config: Record<string, number>;
    } & Record<string, Partial>;

  const valuesOf = (name: string) => {
    const { shape, data } = partials()[name] as Partial;
    const bytes = new Uint8Array(Buffer.from(data, 'base64'));
    return { shape, values: new Float32Array(bytes.buffer) };
  };

  function load(): GPT {
    const { n_layer, n_head, n_embd, vocab_size, block_size } = partials().config;
    const model = new GPT({
      vocabSize: Number(vocab_size),
      blockSize: Number(block_size),
      nLayer: Number(n_layer),
      nHead: Number(n_head),
      nEmbd: Number(n_embd),
      geluApproximate: 'tanh',
      tieWeights: false,
    });
    const { tensors } = readSafetensors(readFileSync(`${folder}gpt-nano-sort.safetensors`));
    const state = new Map(
      [...tensors].map(([name, { data, shape, dtype }]) => [name, tensor(data, { shape, dtype })]),
    );
    // The reference ran with these; the file was written without them. gptNanoSort.py tells how they were found.
    for (const [name, bias] of Object.entries(lostBiases)) {
      if (!state.has(name)) state.set(name, tensor(bias));
    }
    model.loadStateDict(state);
    return model.eval();
  }

  test('every activation on the way is that of the reference, to 1e-5', () => {
    const model = load();
    const { shape, values: ids } = valuesOf('idx');
    const seen = new Map<string, { shape: readonly number[]; values: ArrayLike<number> }>();
    noGrad(() => {
      const observe = (name: string, value: { shape: readonly number[]; dataSync(): ArrayLike<number> }) =>
        seen.set(name, { shape: value.shape, values: value.dataSync() });
      const logits = model.forward(tensor(Int32Array.from(ids), { shape }), { observe });
      observe('logits', logits);
      observe('probs', logits.softmax(-1));
    });
    for (const [theirs, ours] of Object.entries({ ...names, lm_head: 'logits', probs: 'probs' })) {
      const expected = valuesOf(theirs);
      const actual = seen.get(ours);
      // The embedding of places has a batch dimension there.
      expect(actual?.values.length, theirs).toBe(expected.values.length);
      expect(actual?.shape.join(), theirs).toBe(
        expected.shape.join().replace(theirs === 'pos_emb' ? /^1,/ : /^$/, ''),
      );
      let worst = 0;
      expected.values.forEach((value, i) => {
        worst = Math.max(worst, Math.abs(value - (actual?.values[i] as number)));
      });
      expect(worst, theirs).toBeLessThan(1e-5);
    }
    // The scores before the mask hides what is later.
    const att = valuesOf('att').values;
    const scores = seen.get('h.0.attn.scores')?.values;
    att.forEach((value, i) => {
      if (Number.isFinite(value)) expect(Math.abs(value - (scores?.[i] as number))).toBeLessThan(1e-5);
    });
    model.dispose();
  });
});
