import { describe, expect, test } from 'vitest';
import {
  type MemoryFolder,
  memoryFolder,
  memoryRepository,
  parseJson,
  readSafetensors,
  writeSafetensors,
} from '../../src/hub/index.ts';
import { noGrad } from '../../src/index.ts';
import { GPT2LMHeadModel, GPT2Model } from '../../src/transformers/causal/index.ts';
import { caseOf, cases, load, repositoryOf, rows, valuesOf, weightsOf, worst } from './causalCases.ts';

const bytesOf = async (folder: MemoryFolder, path: string): Promise<Uint8Array> =>
  new Uint8Array(await (folder.files.get(path) as Blob).arrayBuffer());

const jsonOf = async (folder: MemoryFolder, path: string) =>
  parseJson(new TextDecoder().decode(await bytesOf(folder, path))) as Map<string, unknown>;

const logitsOf = (model: Awaited<ReturnType<typeof load>>) =>
  noGrad(() => valuesOf(model.forward(rows('ids'))));

describe('a model that was written', () => {
  test.each(cases)('%s: is what was read, byte for byte', async (_, given) => {
    const target = memoryFolder();
    const model = await load(given);
    await model.savePretrained(target);
    model.dispose();
    const written = readSafetensors(await bytesOf(target, 'model.safetensors'));
    const expected = new Map(weightsOf(given));
    expect(new Set(written.tensors.keys())).toEqual(new Set(expected.keys()));
    for (const [name, array] of written.tensors) expect(array, name).toEqual(expected.get(name));
    expect(written.metadata.get('format')).toBe('pt');
    const config = await jsonOf(target, 'config.json');
    expect(config.get('architectures')).toEqual([given.class]);
    expect(config.get('torch_dtype')).toBe('float32');
    for (const [name, value] of Object.entries(given.config)) {
      if (['dtype', 'transformers_version', 'rope_parameters', 'layer_types'].includes(name)) continue;
      if (config.get(name) instanceof Map || value === false || value === null) continue;
      expect(config.get(name), name).toEqual(value);
    }
  });

  test('in shards, of 16 bits, and without what lay there before', async () => {
    const given = caseOf('gpt2, untied, other sizes');
    const target = memoryFolder();
    const model = await load(given, undefined, { dtype: 'bfloat16' });
    await model.savePretrained(target, { maxShardSize: '10KB' });
    const shards = [...target.files.keys()].filter((path) => path.endsWith('.safetensors'));
    expect(shards.length).toBeGreaterThan(2);
    for (const path of shards) expect(target.files.get(path)?.size).toBeLessThan(14_000);
    const index = (await jsonOf(target, 'model.safetensors.index.json')) as Map<string, Map<string, unknown>>;
    expect(index.get('metadata')?.get('total_size')).toBe(2 * model.parameterCount());
    const again = await load(given, memoryRepository(target.files), { dtype: 'bfloat16' });
    expect(logitsOf(again)).toEqual(logitsOf(model));
    again.dispose();
    await model.savePretrained(target, { maxShardSize: 2 ** 20 });
    expect([...target.files.keys()].sort()).toEqual([
      'config.json',
      'generation_config.json',
      'model.safetensors',
    ]);
    model.dispose();
  });

  test('of one class is read by another of the family', async () => {
    const given = caseOf('gpt2');
    const target = memoryFolder();
    const base = await GPT2Model.fromPretrained(repositoryOf(given));
    await base.savePretrained(target);
    base.dispose();
    expect(readSafetensors(await bytesOf(target, 'model.safetensors')).tensors.has('h.0.ln_1.weight')).toBe(
      true,
    );
    const whole = await GPT2LMHeadModel.fromPretrained(memoryRepository(target.files));
    expect(worst(logitsOf(whole), given.logits)).toBeLessThan(1e-4);
    whole.dispose();
  });

  test('in 8 bits is refused', async () => {
    const model = await load(caseOf('gpt2'), undefined, { dtype: 'int8' });
    await expect(model.savePretrained(memoryFolder())).rejects.toThrow('kept in 8 bits');
    model.dispose();
  });

  test('is the file that is made at one go', async () => {
    const given = caseOf('llama');
    const target = memoryFolder();
    const model = await load(given);
    await model.savePretrained(target);
    model.dispose();
    expect(await bytesOf(target, 'model.safetensors')).toEqual(
      writeSafetensors(weightsOf(given), { format: 'pt' }),
    );
  });
});
