import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import {
  loadNpy,
  loadNpz,
  memoryFile,
  NpyError,
  openPytorch,
  readSafetensors,
  writeSafetensors,
} from '../../src/hub/index.ts';

const folder = fileURLToPath(new URL('../../../../../shared/fixtures/', import.meta.url));
if (!existsSync(folder))
  console.warn('shared/fixtures not found: tests of files that others wrote passed over');

test('a Buffer from the middle of the memory that Node shares out', () => {
  const bytes = writeSafetensors([['x', { dtype: 'int32', shape: [2], data: Int32Array.of(3, -4) }]]);
  const x = readSafetensors(Buffer.from(bytes)).tensors.get('x');
  expect([...(x?.data ?? [])]).toEqual([3, -4]);
});

describe.skipIf(!existsSync(folder))('files that other programs wrote', () => {
  const read = (name: string) => readSafetensors(readFileSync(`${folder}${name}`));

  test('int64 codes', () => {
    const codes = read('formats/jfk-codes.safetensors').tensors.get('codes');
    expect(codes).toMatchObject({ dtype: 'int32', shape: [1, 2, 828] });
    // The codes of an audio codec of 1024 entries.
    const values = [...(codes?.data ?? [])];
    expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...values)).toBeLessThan(1024);
    expect(new Set(values).size).toBeGreaterThan(100);
  });

  test('the layers of a small network', () => {
    const { tensors } = read('formats/multi_layer.safetensors');
    expect([...tensors].map(([name, { shape }]) => `${name} ${shape}`)).toEqual([
      'norm1.num_batches_tracked ',
      'conv1.bias 4',
      'conv1.weight 4,3,3,3',
      'fc1.bias 16',
      'fc1.weight 16,256',
      'norm1.bias 4',
      'norm1.running_mean 4',
      'norm1.running_var 4',
      'norm1.weight 4',
    ]);
    // A variance that started at 1 and has seen one batch.
    for (const variance of tensors.get('norm1.running_var')?.data ?? []) expect(variance).toBeCloseTo(0.9, 1);
  });

  test('arrays and archives of NumPy', () => {
    const bytes = (name: string) => readFileSync(`${folder}formats/${name}`);
    const x = loadNpy(bytes('test.npy'));
    expect(x.dtype).toBe('int32');
    expect(x.arraySync()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    const archive = loadNpz(bytes('test.npz'));
    expect([...archive.keys()]).toEqual(['x', 'x_plus_one']);
    expect(archive.get('x_plus_one')?.arraySync()).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(() => loadNpy(bytes('py3-objarr.npy'))).toThrow(NpyError);
    expect(() => loadNpy(bytes('py3-objarr.npy'))).toThrow(/Python objects/);
    expect(() => loadNpz(bytes('py3-objarr.npz'))).toThrow(/Python objects.*array "x" of the archive/s);
  });

  test('a trained GPT with metadata', () => {
    const { tensors, metadata } = read('models/gpt-nano-sort/gpt-nano-sort.safetensors');
    expect(metadata.get('format')).toBe('pt');
    expect(tensors.get('transformer.wte.weight')?.shape).toEqual([3, 48]);
    expect(tensors.size).toBe(38);
  });
});

describe.skipIf(!existsSync(folder))('weights that others wrote', () => {
  test('a file of PyTorch', async () => {
    const file = await openPytorch(memoryFile(readFileSync(`${folder}formats/test.pt`), 'test.pt'));
    const values: Record<string, number[]> = {};
    for await (const [name, { data }] of file.read()) values[name] = [...data];
    expect(values).toEqual({ test: [1, 2, 3, 4, 5, 6, 7, 8] });
  });
});
