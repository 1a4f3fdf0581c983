import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { lumbre, useFolder } from './support.ts';

const path = useFolder();

beforeEach(() => {
  vi.stubEnv('LUMBRE_CACHE', path('cache'));
  vi.stubEnv('LUMBRE_CACHE_MB', undefined);
  // It has to work where there is no compiler.
  vi.stubEnv('PATH', path('nothing'));
});

afterEach(() => vi.unstubAllEnvs());

/** Two libraries as a store leaves them, of three kernels together; the compiler is not asked. */
function fill(): void {
  mkdirSync(path('cache/kernels/index'), { recursive: true });
  for (const [digit, kernels] of [
    ['a', ['1', '2']],
    ['b', ['3']],
  ] as const) {
    const name = digit.repeat(32);
    writeFileSync(path(`cache/kernels/${name}.so`), Buffer.alloc(750_000));
    writeFileSync(
      path(`cache/kernels/${name}.json`),
      JSON.stringify({
        sha256: name,
        bytes: 750_000,
        kernels: kernels.map((key) => key.repeat(32)),
        addon: false,
        compiler: 'cc 12',
        created: '2026-01-01',
      }),
    );
  }
  writeFileSync(path('cache/kernels/mine.txt'), 'not of Lumbre');
}

test('an empty cache is told, not made', async () => {
  const { code, output, errors } = await lumbre(['cache']);
  expect([code, errors]).toEqual([0, '']);
  expect(output).toContain(path('cache/kernels'));
  expect(output).toMatch(/Todavía no hay ninguno/);
  expect(() => readdirSync(path('cache'))).toThrow();
  expect((await lumbre(['cache', 'clear'])).output).toMatch(/No había nada que borrar/);
});

test('it tells where the kernels are, how many, and how many there may be, in both languages', async () => {
  fill();
  const spanish = (await lumbre(['cache'])).output.replaceAll('\u00a0', ' ');
  expect(spanish).toContain('3 núcleos en 2 archivos: 1,5 MB');
  expect(spanish).toContain('256 MB y 4000 archivos');
  vi.stubEnv('LUMBRE_CACHE_MB', '1000.5');
  const english = (await lumbre(['cache', '--lang', 'en'])).output.replaceAll('\u00a0', ' ');
  expect(english).toContain('3 kernels in 2 files: 1.5 MB');
  expect(english).toContain('room for 1000.5 MB and 4000 files');
});

test('clear deletes them and says what it freed', async () => {
  fill();
  const { code, output } = await lumbre(['cache', 'clear', '--lang', 'en']);
  expect(code).toBe(0);
  expect(output.replaceAll('\u00a0', ' ')).toMatch(/^Done: 2 files deleted from .*, 1\.5 MB freed\./);
  expect(readdirSync(path('cache/kernels')).sort()).toEqual(['index', 'mine.txt']);
});

test('--json, wherever it stands', async () => {
  fill();
  const [info] = (await lumbre(['cache', '--json'])).events;
  expect(info).toMatchObject({ type: 'cache', folder: path('cache/kernels'), batches: 2, kernels: 3 });
  expect(info).toMatchObject({ maxBytes: 256e6, maxBatches: 4000, oldest: expect.any(String) });
  const [cleared] = (await lumbre(['cache', 'clear', '--json'])).events;
  expect(cleared).toMatchObject({ type: 'cleared', batches: 2, kernels: 3, left: 0 });
  const [again] = (await lumbre(['cache', '--json', 'clear'])).events;
  expect(again).toMatchObject({ type: 'cleared', batches: 0 });
});
