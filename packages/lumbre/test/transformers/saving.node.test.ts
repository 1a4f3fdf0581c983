import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { noGrad } from '../../src/index.ts';
import { caseOf, cases, load, rows, valuesOf, worst } from './causalCases.ts';

/** A Python that has torch and transformers: it opens what is written here. */
const python = process.env.LUMBRE_PYTHON;
if (!python) console.warn('LUMBRE_PYTHON is not set: that transformers opens what is saved is passed over');
const script = fileURLToPath(new URL('../fixtures/transformers/openSaved.py', import.meta.url));

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lumbre-saving-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

test('a folder is written whole, and read again', async () => {
  const given = caseOf('llama');
  const model = await load(given);
  const place = join(folder, 'deep', 'model');
  await model.savePretrained(place, { maxShardSize: '30KB' });
  await writeFile(join(place, 'notes.txt'), 'mine');
  await model.savePretrained(place);
  model.dispose();
  expect((await readdir(place)).sort()).toEqual([
    'config.json',
    'generation_config.json',
    'model.safetensors',
    'notes.txt',
  ]);
  const again = await load(given, place);
  expect(
    worst(
      noGrad(() => valuesOf(again.forward(rows('ids')))),
      given.logits,
    ),
  ).toBeLessThan(1e-4);
  again.dispose();
});

describe.skipIf(!python)('transformers', () => {
  test('opens every family, in one file and in shards', { timeout: 300_000 }, async () => {
    for (const [i, [name, given]] of cases.entries()) {
      const model = await load(given);
      await model.savePretrained(join(folder, String(i)), { maxShardSize: i % 2 === 0 ? '5GB' : '20KB' });
      await writeFile(join(folder, String(i), 'case.txt'), name);
      model.dispose();
    }
    const answer = execFileSync(python as string, [script, folder], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env, HF_HUB_OFFLINE: '1' },
    });
    expect(JSON.parse(answer)).toEqual({ opened: cases.length, worst: expect.any(Number) });
    expect((JSON.parse(answer) as { worst: number }).worst).toBeLessThan(1e-4);
  });
});
