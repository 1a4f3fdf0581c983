import { describe, expect, test } from 'vitest';
import type { CausalModel } from '../../../src/transformers/causal/causalModel.ts';
import { CachedSlots, generate, type SlotDecoder } from '../../../src/transformers/generation/index.ts';
import { tinyModel } from './fixture.ts';

const likeliest = (scores: Float32Array): number => scores.indexOf(Math.max(...scores));

async function enter(decoder: SlotDecoder, slot: number, prompt: readonly number[]): Promise<number> {
  const entering = decoder.enter(slot, Int32Array.from(prompt));
  for (;;) {
    const scores = await entering.read();
    if (scores) return likeliest(scores);
  }
}

/** What `generate` writes for one prompt, alone. */
async function alone(model: CausalModel, prompt: readonly number[], count: number): Promise<number[]> {
  const ids = await generate(model, [prompt], { maxNewTokens: count, eosTokenId: null, padTokenId: null });
  const row = [...(ids[0] as Int32Array)].slice(prompt.length);
  ids.dispose();
  return row;
}

const promptOf = (length: number, shift: number): number[] =>
  Array.from({ length }, (_, i) => (7 * i + 3 * shift + 1) % 30);

describe.each(['gpt2', 'llama'] as const)('slots of %s', (name) => {
  test('texts that come and go at any step are those that each is alone', async () => {
    const model = tinyModel(name);
    const decoder = new CachedSlots(model, 3);
    const longest = model.maxPositions;
    // When each comes, how long its prompt is, how much is written: some meet, some follow each other in a slot.
    const plan = [
      [0, 5, 9],
      [0, 1, 4],
      [2, longest - 6, 7],
      [5, 3, 6],
      [6, longest, 1],
      [9, 11, 12],
      [9, 2, 3],
    ].map(([step, length, count], i) => ({
      step: step as number,
      count: count as number,
      prompt: promptOf(length as number, i),
    }));
    const written = plan.map((): number[] => []);
    const inSlot: (number | null)[] = [null, null, null];
    const waiting = [...plan.keys()];
    for (let step = 0; written.some((text, i) => text.length < (plan[i]?.count ?? 0)); step++) {
      for (const [slot, text] of inSlot.entries()) {
        const next = waiting[0];
        if (text !== null || next === undefined || (plan[next]?.step ?? 0) > step) continue;
        waiting.shift();
        inSlot[slot] = next;
        written[next]?.push(await enter(decoder, slot, plan[next]?.prompt ?? []));
      }
      const leave = () => {
        for (const [slot, text] of inSlot.entries()) {
          if (text === null || (written[text]?.length ?? 0) < (plan[text]?.count ?? 0)) continue;
          decoder.leave(slot);
          inSlot[slot] = null;
        }
      };
      leave();
      const tokens = inSlot.flatMap((text, slot) =>
        text === null ? [] : [{ slot, token: written[text]?.at(-1) as number }],
      );
      const scores = await decoder.next(tokens);
      for (const [i, { slot }] of tokens.entries()) {
        written[inSlot[slot] as number]?.push(likeliest(scores[i] as Float32Array));
      }
      leave();
    }
    for (const [i, { prompt, count }] of plan.entries()) {
      expect(written[i], `text ${i}`).toEqual(await alone(model, prompt, count));
    }
    decoder.dispose();
    model.dispose();
  });

  test('scores are the same bits whoever is beside', async () => {
    const model = tinyModel(name);
    const decoder = new CachedSlots(model, 4);
    const prompt = promptOf(6, 1);
    const run = async (slot: number, beside: readonly number[]) => {
      const rows: Float32Array[] = [];
      const others: { slot: number; token: number }[] = [];
      for (const other of beside)
        others.push({ slot: other, token: await enter(decoder, other, promptOf(3 + other, other)) });
      let token = await enter(decoder, slot, prompt);
      for (let i = 0; i < 5; i++) {
        const scores = await decoder.next([{ slot, token }, ...others]);
        rows.push((scores[0] as Float32Array).slice());
        token = likeliest(scores[0] as Float32Array);
      }
      for (let i = 0; i < 4; i++) decoder.leave(i);
      return rows;
    };
    const first = await run(0, []);
    expect(await run(0, [1, 2, 3])).toEqual(first);
    expect(await run(3, [0, 2])).toEqual(first);
    decoder.dispose();
    model.dispose();
  });

  test('a text that is not asked for keeps its place', async () => {
    const model = tinyModel(name);
    const decoder = new CachedSlots(model, 2);
    const prompt = promptOf(4, 2);
    const expected = await alone(model, prompt, 3);
    const text = [await enter(decoder, 0, prompt)];
    let other = await enter(decoder, 1, promptOf(9, 3));
    for (let i = 0; i < 3; i++) {
      const [scores] = await decoder.next([{ slot: 1, token: other }]);
      other = likeliest(scores as Float32Array);
    }
    while (text.length < 3) {
      const [scores] = await decoder.next([{ slot: 0, token: text.at(-1) as number }]);
      text.push(likeliest(scores as Float32Array));
    }
    expect(text).toEqual(expected);
    decoder.dispose();
    model.dispose();
  });
});

test('what does not fit is refused', async () => {
  const model = tinyModel('gpt2');
  const decoder = new CachedSlots(model, 1);
  expect(() => decoder.enter(0, new Int32Array(0))).toThrow('a prompt of 0 tokens');
  expect(() => decoder.enter(0, new Int32Array(model.maxPositions + 1))).toThrow('expected 1 to');
  expect(() => decoder.enter(1, Int32Array.of(1))).toThrow('no empty one');
  await expect(decoder.next([{ slot: 0, token: 1 }])).rejects.toThrow('slot 0 has 0 tokens');
  expect(() => new CachedSlots(model, 0)).toThrow('slots must be');
  decoder.dispose();
  model.dispose();
});
