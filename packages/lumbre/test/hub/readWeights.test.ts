import { describe, expect, test } from 'vitest';
import {
  type HubError,
  memoryRepository,
  openRepository,
  readWeights,
  type StoredArray,
  writeSafetensors,
} from '../../src/hub/index.ts';

const float32 = (...data: number[]): StoredArray => ({
  dtype: 'float32',
  shape: [data.length],
  data: Float32Array.from(data),
});

const text = (value: unknown) => JSON.stringify(value);

const index = (places: Record<string, unknown>) => text({ metadata: { total_size: 12 }, weight_map: places });

const shards = {
  one: writeSafetensors([
    ['a', float32(1)],
    ['b', float32(2, 3)],
  ]),
  two: writeSafetensors([['c', float32(4)]]),
};

async function all(...[repository, options]: Parameters<typeof readWeights>) {
  const found: Record<string, [dtype: string, ...values: number[]]> = {};
  for await (const [name, { dtype, data }] of readWeights(repository, options))
    found[name] = [dtype, ...data];
  return found;
}

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'no error',
    (error: HubError) => `${error.code}: ${error.message}`,
  );

describe('readWeights', () => {
  test('reads a file that stands alone, and prefers it', async () => {
    const repository = memoryRepository([
      ['model.safetensors', shards.two],
      ['model.safetensors.index.json', index({ a: 'x.safetensors' })],
    ]);
    expect(await all(repository)).toEqual({ c: ['float32', 4] });
  });

  test('reads shards, those alone that are wanted', async () => {
    const places = { a: 'one.safetensors', b: 'one.safetensors', c: 'two.safetensors' };
    const files: [string, string | Uint8Array][] = [
      ['model.safetensors.index.json', index(places)],
      ['one.safetensors', shards.one],
      ['two.safetensors', shards.two],
    ];
    expect(await all(memoryRepository(files))).toEqual({
      a: ['float32', 1],
      b: ['float32', 2, 3],
      c: ['float32', 4],
    });
    const first = memoryRepository(files.slice(0, 2));
    expect(await all(first, { only: (name) => name === 'b' })).toEqual({ b: ['float32', 2, 3] });
    expect(await codeOf(all(first))).toMatch(/hub.noFile: .*two.safetensors/);
  });

  test('finds a variant, a file by its name, and shards beside an index in a folder', async () => {
    const repository = memoryRepository([
      ['model.fp16.safetensors', shards.one],
      ['other/model.safetensors.index.json', index({ c: 'part.safetensors' })],
      ['other/part.safetensors', shards.two],
    ]);
    expect(Object.keys(await all(repository, { variant: 'fp16' }))).toEqual(['a', 'b']);
    expect(await all(repository, { file: 'other/part.safetensors' })).toEqual({ c: ['float32', 4] });
    expect(await all(repository, { file: 'other/model.safetensors.index.json' })).toEqual({
      c: ['float32', 4],
    });
    expect(await codeOf(all(repository))).toMatch(/hub.noWeights: .*expected one of model.safetensors/);
    expect(await codeOf(all(repository, { file: 'model.h5' }))).toMatch(/hub.noWeights/);
  });

  test('gives floats the dtype that is asked for, rounded to the nearest', async () => {
    const mixed = writeSafetensors([
      ['f', float32(1.0009765625 + 2 ** -12, 3)],
      ['i', { dtype: 'int32', shape: [1], data: Int32Array.of(7) }],
      ['h', { dtype: 'float16', shape: [1], data: Float32Array.of(0.5) }],
    ]);
    const repository = memoryRepository([['model.safetensors', mixed]]);
    expect(await all(repository, { dtype: 'bfloat16' })).toEqual({
      f: ['bfloat16', 1, 3],
      i: ['int32', 7],
      h: ['bfloat16', 0.5],
    });
    expect((await all(repository, { dtype: 'float16' })).f).toEqual(['float16', 1.0009765625, 3]);
    expect((await all(repository, { dtype: 'float32' })).h).toEqual(['float32', 0.5]);
    expect((await all(repository)).h).toEqual(['float16', 0.5]);
  });

  test.each<[string, unknown, RegExp]>([
    ['a path upwards', { a: '../one.safetensors' }, /"\.\.\/one.safetensors", which is no file of weights/],
    ['a path from the root', { a: '/etc/model.safetensors' }, /no file of weights/],
    ["a path of Windows'", { a: 'C:\\model.safetensors' }, /no file of weights/],
    ['a path upwards inside', { a: 'x/../../one.safetensors' }, /no file of weights/],
    ['another kind of file', { a: 'tokenizer.json' }, /no file of weights/],
    ['a number', { a: 3 }, /something that is no text/],
    ['no files', {}, /no files/],
    ['files of two formats', { a: 'one.safetensors', b: 'two.bin' }, /several formats/],
    ['a list', undefined, /no 'weight_map'/],
  ])('refuses an index with %s', async (_what, places, message) => {
    const content = places === undefined ? '[]' : index(places as Record<string, unknown>);
    const repository = memoryRepository([['model.safetensors.index.json', content]]);
    const said = await codeOf(all(repository));
    expect(said).toMatch(/^hub.damaged/);
    expect(said).toMatch(message);
  });

  test('refuses a shard that lacks what the index promises', async () => {
    const repository = memoryRepository([
      ['model.safetensors.index.json', index({ a: 'one.safetensors', z: 'one.safetensors' })],
      ['one.safetensors', shards.one],
    ]);
    expect(await codeOf(all(repository))).toMatch(/hub.damaged: .*"z", and it has not/);
  });
});

describe('a repository', () => {
  const repository = memoryRepository([
    ['config.json', '{"a": 1}'],
    ['bad.json', '{"a": 1, "a": 2}'],
    ['blob.bin', new Blob([Uint8Array.of(1, 2, 3)])],
  ]);

  test('passes through', async () => expect(await openRepository(repository)).toBe(repository));

  test('tells what it has', async () => {
    expect(await repository.list()).toEqual(['bad.json', 'blob.bin', 'config.json']);
    expect(await repository.has('config.json')).toBe(true);
    expect(await repository.has('model.safetensors')).toBe(false);
    expect(await repository.json('config.json')).toEqual(new Map([['a', 1]]));
    expect([...(await repository.read('blob.bin'))]).toEqual([1, 2, 3]);
    const file = await repository.open('blob.bin');
    expect([...(await file.read(1, 3))]).toEqual([2, 3]);
    await expect(file.read(1, 4)).rejects.toThrow('bytes 1 to 4 were asked of blob.bin, which has 3');
    await expect(file.read(-1, 2)).rejects.toThrow(RangeError);
  });

  test('refuses what it does not have, damaged JSON, files that are too large and paths that lead out', async () => {
    expect(await codeOf(repository.read('x'))).toMatch(/hub.noFile: .*"x"/);
    expect(await codeOf(repository.json('bad.json'))).toMatch(/hub.damaged: .*occurs twice/);
    expect(await codeOf(repository.read('blob.bin', { maxBytes: 2 }))).toMatch(/hub.tooLarge/);
    for (const path of ['../x', '/x', 'a//b', 'a/./b', '', 'c:x', 'a\\b', 'a\0b', 'x/..']) {
      expect(await codeOf(repository.open(path))).toMatch(/hub.badPath/);
    }
  });
});
