import { existsSync, writeFileSync } from 'node:fs';
import { beforeEach, describe, expect, test } from 'vitest';
import { CliError } from '../../src/cli/errors.ts';
import { checkMemory } from '../../src/cli/memory.ts';
import { withUserData } from '../../src/node/index.ts';
import { configure, estimateMemory, recipeNamed, type Workshop } from '../../src/recipes/index.ts';
import { stripes } from '../recipes/tinyPictures.ts';
import { lumbre, useFolder } from './support.ts';

const path = useFolder();
beforeEach(() =>
  writeFileSync(
    path('quijote.txt'),
    'En un lugar de la Mancha, de cuyo nombre no quiero acordarme\n'.repeat(40),
  ),
);

const train = (...settings: string[]) =>
  lumbre([
    ...['train', 'gpt', '--data', path('quijote.txt'), '--out', path('run')],
    ...settings.flatMap((setting) => ['--set', setting]),
  ]);

describe('a training that cannot fit into memory', () => {
  test('is told before it starts, with what it needs and what to make smaller', async () => {
    const { code, output, errors } = await train('model.nEmbd=20000', 'model.nLayer=100');
    expect([code, output]).toEqual([1, '']);
    expect(errors).toMatch(/no cabe en la memoria: necesita unos \d+\sGiB y hay \d+\s[MG]iB libres/);
    expect(errors).toMatch(/Prueba con menos en model\.nLayer, model\.nEmbd\./);
    expect(existsSync(path('run'))).toBe(false);
  });

  test('is told even where a single matrix is too large', async () => {
    const { code, errors } = await train('model.nEmbd=40000', 'model.nLayer=100');
    expect(code).toBe(1);
    expect(errors).toMatch(/una sola de sus matrices mide 18\sGiB.*model\.nLayer, model\.nEmbd/);
    expect(existsSync(path('run'))).toBe(false);
  });
});

const workshop = (): Workshop => ({
  device: 'wasm',
  language: 'es',
  data: withUserData({ open: async () => Promise.reject(new Error('there is none')) }),
  model: async () => Promise.reject(new Error('there is none')),
});

const gpt = recipeNamed('gpt');
const configOf = (model: object) =>
  configure(gpt, {
    data: { name: path('quijote.txt') },
    model: { nLayer: 1, nEmbd: 64, nHead: 2, ...model },
  });

test('the estimate grows with the model', async () => {
  const [small, large] = [
    await estimateMemory(gpt, configOf({}), workshop()),
    await estimateMemory(gpt, configOf({ nEmbd: 256 }), workshop()),
  ];
  expect([small.complete, small.tooLarge]).toEqual([true, null]);
  // Weights and the two moments of AdamW, with what the step makes on top.
  expect(large.bytes).toBeGreaterThan(3 * 4 * 12 * 256 ** 2);
  expect(large.bytes / small.bytes).toBeGreaterThan(4);
});

test.each(['bert', 'vqvae', 'dcgan', 'ddpm'])('%s is seen to the end of a step', async (name) => {
  const recipe = recipeNamed(name);
  writeFileSync(
    path('text.txt'),
    'En un lugar de la Mancha vivía un hidalgo. No ha mucho tiempo.\n\n'.repeat(200),
  );
  const config = configure(recipe, {
    data: { name: name === 'bert' ? path('text.txt') : 'stripes' },
    train: { batchSize: 8 },
  });
  const data = name === 'bert' ? workshop().data : stripes({ count: 200 });
  const { complete } = await estimateMemory(recipe, config, { ...workshop(), data });
  expect(complete).toBe(true);
});

test('only what goes beyond the recipe is looked at, and only too much is refused', async () => {
  const beyond = configOf({ nEmbd: 256 });
  await expect(checkMemory(gpt, beyond, workshop(), 1 << 20)).rejects.toThrow(CliError);
  // Weights that fit, with batches that do not.
  const wide = configure(gpt, {
    ...{ data: { name: path('quijote.txt') }, model: { nLayer: 1, nEmbd: 64, nHead: 2 } },
    train: { batchSize: 1000, evalBatches: 1 },
  });
  await expect(checkMemory(gpt, wide, workshop(), 64 << 20)).rejects.toThrow(
    /Try less for .*train\.batchSize/,
  );
  expect(await checkMemory(gpt, beyond, workshop(), 1 << 30)).toMatchObject({ device: 'wasm' });
});
