import { expect, test } from 'vitest';
import { barOf, progressBar } from '../../src/node/hub/progressBar.ts';

const half = { name: 'org/tiny/model.safetensors', url: '', bytes: 274e6, total: 548e6, rate: 12e6 };

test('a bar says what, how far and how fast, in as many columns as there are', () => {
  expect(barOf(half, 100)).toBe(
    'org/tiny/model.safetensors  ━━━━━━━━━━━━────────────  50 %  274.0 MB / 548.0 MB  12.0 MB/s',
  );
  for (const columns of [20, 60, 80]) expect(barOf(half, columns).length).toBeLessThanOrEqual(columns);
  expect(barOf({ ...half, total: undefined }, 100)).toBe('org/tiny/model.safetensors  274.0 MB  12.0 MB/s');
});

test('nothing is drawn where there is no terminal, and nothing of what comes at once', () => {
  const written: string[] = [];
  const output = (isTTY: boolean) =>
    ({ isTTY, columns: 80, write: (text: string) => written.push(text) }) as unknown as NodeJS.WriteStream;
  expect(progressBar(output(false))).toBeUndefined();
  const bar = progressBar(output(true));
  bar?.({ ...half, bytes: 0 });
  bar?.({ ...half, bytes: half.total });
  expect(written).toEqual([]);
});
