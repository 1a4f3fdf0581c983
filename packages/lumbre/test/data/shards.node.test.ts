import { mkdtempSync, readdirSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { TokenShards, writeTokenShards } from '../../src/data/shards/index.ts';
import { Generator } from '../../src/index.ts';
import { tokenFolder } from '../../src/node/tokenShards.ts';

const folder = mkdtempSync(join(tmpdir(), 'lumbre-shards-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('a folder of three shards is written, read in windows, and refused when it is cut off', async () => {
  const files = tokenFolder(join(folder, 'corpus'));
  const tokens = Int32Array.from({ length: 2500 }, (_, i) => (i * i) % 997);
  await writeTokenShards(files, [tokens], { vocabSize: 997, shardTokens: 1000, prefix: 'train' });
  expect(readdirSync(join(folder, 'corpus')).sort()).toEqual([
    'index.json',
    'train-00000.bin',
    'train-00001.bin',
    'train-00002.bin',
  ]);
  const shards = await TokenShards.open(files, { blockTokens: 100 });
  await shards.verify();
  const places = new Set<number>();
  const text = tokens.join(' ');
  for (let i = 0; i < 20; i++) {
    const { data } = await shards.randomWindows({ batchSize: 8, blockSize: 30, generator: new Generator(i) });
    for (let row = 0; row < 8; row++) {
      const place = text.indexOf(` ${data.subarray(31 * row, 31 * row + 31).join(' ')} `);
      expect(place).toBeGreaterThanOrEqual(0);
      places.add(place);
    }
  }
  expect(places.size).toBeGreaterThan(100);
  await expect(files.read('../index.json', 0, 1)).rejects.toThrow('no plain file name');
  truncateSync(join(folder, 'corpus', 'train-00002.bin'), 700);
  await expect(TokenShards.open(files)).rejects.toThrow('train-00002.bin has 700 bytes, expected 1064');
});
