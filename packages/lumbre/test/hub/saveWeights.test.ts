import { describe, expect, test } from 'vitest';
import {
  memoryFolder,
  memoryRepository,
  readSafetensors,
  readWeights,
  saveWeights,
  type TensorToSave,
  writeSafetensors,
  writeText,
} from '../../src/hub/index.ts';
import { tensor } from '../../src/index.ts';

const floats = (...values: number[]): TensorToSave => ({
  dtype: 'float32',
  shape: [values.length],
  data: () => Float32Array.from(values),
});

const weights: [string, TensorToSave][] = [
  ['a', floats(1, 2, 3)],
  ['b', floats(4)],
  ['c', floats(5, 6)],
];

async function readBack(folder: ReturnType<typeof memoryFolder>) {
  const found: Record<string, number[]> = {};
  for await (const [name, { data }] of readWeights(memoryRepository(folder.files))) found[name] = [...data];
  return found;
}

describe('saveWeights', () => {
  test('writes one file, as writeSafetensors does', async () => {
    const folder = memoryFolder();
    expect(await saveWeights(folder, weights)).toEqual(['model.safetensors']);
    const bytes = new Uint8Array(await (folder.files.get('model.safetensors') as Blob).arrayBuffer());
    const arrays = weights.map(
      ([name, { dtype, shape, data }]) => [name, { dtype, shape, data: data() as Float32Array }] as const,
    );
    expect(bytes).toEqual(writeSafetensors(arrays, { format: 'pt' }));
    expect(readSafetensors(bytes).metadata.get('format')).toBe('pt');
  });

  test('writes tensors, one with two names once', async () => {
    const folder = memoryFolder();
    const weight = tensor([[1.5, -2]]);
    await saveWeights(folder, [
      ['wte.weight', weight],
      ['lm_head.weight', weight],
      ['half', tensor([0.1], { dtype: 'bfloat16' })],
    ]);
    expect(await readBack(folder)).toEqual({ half: [0.10009765625], 'wte.weight': [1.5, -2] });
  });

  test('shares them out among files of a size, with an index', async () => {
    const folder = memoryFolder();
    const files = ['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors'];
    expect(await saveWeights(folder, weights, { maxShardSize: 16 })).toEqual([
      ...files,
      'model.safetensors.index.json',
    ]);
    const index = JSON.parse(await (folder.files.get('model.safetensors.index.json') as Blob).text());
    expect(index).toEqual({
      metadata: { total_size: 24 },
      weight_map: { a: files[0], b: files[0], c: files[1] },
    });
    expect(await readBack(folder)).toEqual({ a: [1, 2, 3], b: [4], c: [5, 6] });
  });

  test('a tensor larger than a file may be has one alone', async () => {
    const folder = memoryFolder();
    expect(await saveWeights(folder, weights, { maxShardSize: '8B'.replace('B', '') })).toHaveLength(4);
    expect(await readBack(folder)).toEqual({ a: [1, 2, 3], b: [4], c: [5, 6] });
  });

  test('leaves nothing of an earlier call that would be loaded instead, and nothing else is touched', async () => {
    const folder = memoryFolder();
    await saveWeights(folder, weights, { maxShardSize: 1 });
    await writeText(folder, 'model-card.md', 'mine');
    await writeText(folder, 'inside/model.safetensors', 'mine too');
    await saveWeights(folder, weights, { maxShardSize: 16 });
    await saveWeights(folder, weights);
    expect(await folder.list()).toEqual(['inside/model.safetensors', 'model-card.md', 'model.safetensors']);
  });

  test('understands sizes, and refuses what is none', async () => {
    const folder = memoryFolder();
    expect(await saveWeights(folder, weights, { maxShardSize: '0.016 KB' })).toHaveLength(3);
    expect(await saveWeights(folder, weights, { maxShardSize: '1MiB' })).toHaveLength(1);
    for (const maxShardSize of ['5 apples', '', '-1', 0, Number.NaN]) {
      await expect(saveWeights(folder, weights, { maxShardSize })).rejects.toThrow('expected bytes');
    }
  });

  test('refuses a tensor that gives other values than its shape needs', async () => {
    const wrong = { ...floats(1), shape: [2] };
    await expect(saveWeights(memoryFolder(), [['x', wrong]])).rejects.toThrow('"x" has 1 values');
  });
});
