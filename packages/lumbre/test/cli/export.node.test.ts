import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { convertWeights } from '../../src/cli/commands/export.ts';
import { trainingCommand } from '../../src/cli/modelCard.ts';
import { readSafetensors, writeSafetensors } from '../../src/hub/index.ts';
import { configure, type Overrides, recipeNamed } from '../../src/recipes/index.ts';
import { lumbre, useFolder } from './support.ts';

const path = useFolder();

const sizes = ['nLayer=1', 'nHead=2', 'nEmbd=8', 'blockSize=16'].flatMap((size) => [
  '--set',
  `model.${size}`,
]);
const times = ['--steps', '2', '--batch-size', '2', '--set', 'train.evalInterval=2'];

async function trainTiny(): Promise<void> {
  writeFileSync(path('verses.txt'), 'En un lugar de la Mancha, de cuyo nombre\n'.repeat(20));
  const words = ['train', 'gpt', '--data', path('verses.txt'), '--out', path('run'), '--quiet'];
  expect(await lumbre([...words, ...sizes, ...times])).toMatchObject({ code: 0, errors: '' });
}

const read = (...parts: string[]) => readFileSync(path(join(...parts)));
const write = (model: string) =>
  lumbre(['generate', model, '--prompt', 'En ', '--seed', '1', '--temperature', '0']);

describe('export', () => {
  test('keeps the model alone, in half the size, and it still writes', async () => {
    await trainTiny();
    const { code, errors, output } = await lumbre(['export', path('run'), path('out'), '--lang', 'en']);
    expect([code, errors]).toEqual([0, '']);
    expect(output).toContain('Saved in');
    expect(read('out', 'config.json')).toEqual(read('run', 'config.json'));
    expect(read('out', 'tokenizer.json')).toEqual(read('run', 'tokenizer.json'));
    expect(existsSync(path('out/checkpoint.safetensors'))).toBe(false);
    const [before, after] = ['run', 'out'].map((name) => statSync(path(`${name}/model.safetensors`)).size);
    expect(after).toBeLessThan((before as number) * 0.6);
    const { tensors } = readSafetensors(read('out', 'model.safetensors'));
    expect(new Set([...tensors.values()].map(({ dtype }) => dtype))).toEqual(new Set(['float16']));
    const written = await write(path('out'));
    expect([written.code, written.errors]).toEqual([0, '']);
    expect(written.output).toContain('En ');
  });

  test('its card tells what it is, how good, and how it is made again', async () => {
    await trainTiny();
    await lumbre(['export', path('run'), path('tiny-verses'), '--lang', 'en']);
    const card = read('tiny-verses', 'README.md').toString();
    expect(card).toMatch(/^# tiny-verses\n/);
    expect(card).toContain('## Measured on data that it has not seen\n');
    expect(card).toMatch(/\| loss \| \d\.\d{4} \|/);
    expect(card).toContain('npx lumbre train gpt --data ');
    expect(card).toContain('--set model.nEmbd=8');
    expect(card).toContain('--steps 2');
    await lumbre(['export', path('run'), path('versos')]);
    expect(read('versos', 'README.md').toString()).toContain('## Cómo se hace de nuevo');
  });

  test('in 32 bits nothing changes', async () => {
    await trainTiny();
    await lumbre(['export', path('run'), path('out'), '--dtype', 'float32']);
    expect(readSafetensors(read('out', 'model.safetensors'))).toEqual(
      readSafetensors(read('run', 'model.safetensors')),
    );
  });

  test('writes over nothing, and says what it does not know', async () => {
    await trainTiny();
    const over = await lumbre(['export', path('run'), path('run'), '--lang', 'en']);
    expect([over.code, over.errors]).toEqual([1, expect.stringContaining('exists and is not overwritten')]);
    expect((await lumbre(['export', path('none'), path('out')])).code).toBe(1);
    const odd = await lumbre(['export', path('run'), path('out'), '--dtype', 'int8', '--lang', 'en']);
    expect([odd.code, odd.errors]).toEqual([2, expect.stringContaining('float16 or float32')]);
    expect(existsSync(path('out'))).toBe(false);
  });
});

test('what 16 bits cannot hold stays in 32, and integers stay', () => {
  const array = (values: number[]) => ({ data: Float32Array.from(values), shape: [values.length] });
  const weights = writeSafetensors([
    ['small', { ...array([1, 1 / 3]), dtype: 'float32' }],
    ['large', { ...array([1, 1e6]), dtype: 'float32' }],
    ['count', { data: Int32Array.of(7), shape: [1], dtype: 'int32' }],
  ]);
  const { tensors } = readSafetensors(convertWeights(weights, 'float16'));
  expect(tensors.get('small')).toMatchObject({ dtype: 'float16' });
  expect(tensors.get('small')?.data[1]).toBeCloseTo(1 / 3, 3);
  expect(tensors.get('large')).toMatchObject({ dtype: 'float32', data: Float32Array.of(1, 1e6) });
  expect(tensors.get('count')).toMatchObject({ dtype: 'int32', data: Int32Array.of(7) });
});

describe('the command that makes a model again', () => {
  const commandFor = (name: string, over: Overrides) =>
    trainingCommand(recipeNamed(name), configure(recipeNamed(name), over));

  test('says what differs from the defaults', () => {
    expect(commandFor('cnn', {})).toBe('npx lumbre train cnn');
    expect(commandFor('cnn', { data: { name: 'fashion-mnist' }, train: { steps: 70 } })).toBe(
      'npx lumbre train cnn --data fashion-mnist --steps 70',
    );
    expect(commandFor('cnn', { model: { widths: [8, 16] }, train: { lr: 0.01 } })).toBe(
      "npx lumbre train cnn --set 'model.widths=[8,16]' --lr 0.01",
    );
  });

  test('leaves out what the data decide', () => {
    const decided = { imageSize: 28, channels: 1, labelNames: ['0', '1'] };
    expect(commandFor('cnn', { model: decided })).toBe('npx lumbre train cnn');
  });
});
