import { execFile, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { unzipSync } from 'fflate';
import { afterAll, expect, test } from 'vitest';
import { closeBrowser, visit } from './support/browser.ts';

afterAll(closeBrowser);

const command = fileURLToPath(new URL('../../../../packages/lumbre/bin/lumbre.js', import.meta.url));
const run = promisify(execFile);

/** Lets the command train until it has told of a step, and ends it as Ctrl-C does. The step that it told of. */
function stepsOf(words: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn('node', [command, ...words], { env });
    let told = '';
    let step = 0;
    const hear = (chunk: Buffer) => {
      told += chunk;
      const found = [...told.matchAll(/^paso ([\d \u202f\u00a0]+)/gm)].map(([, digits]) =>
        Number(digits?.replace(/\D/g, '')),
      );
      step = Math.max(0, ...found);
      if (step > 0) child.kill('SIGINT');
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.once('error', reject);
    child.once('close', () => (step > 0 ? resolve(step) : reject(new Error(told))));
  });
}

const lines = [
  'Quien a buen árbol se arrima, buena sombra le cobija.',
  'Más vale pájaro en mano que ciento volando.',
];
const text = Array.from({ length: 400 }, (_, i) => lines[i % 2]).join('\n');

test('a maker brings a text, trains, closes the tab, goes on, lets it write, and goes on in the terminal', async () => {
  const { page, problems, close } = await visit('/labs/gpt');
  await page.locator('select').first().selectOption({ label: 'Mi texto…' });
  await page.getByLabel('Tu texto').fill(text);
  await page.getByRole('button', { name: 'Usar este texto' }).click();
  await page.getByRole('button', { name: 'Encender' }).click();

  const step = async (on = page) =>
    Number((await on.locator('.stats dd').first().textContent())?.replace(/\D/g, '') ?? 0);
  await expect.poll(() => step(), { timeout: 120_000 }).toBeGreaterThan(20);
  await page.getByRole('button', { name: 'Pausar' }).click();
  await page.getByRole('button', { name: 'Seguir', exact: true }).waitFor({ timeout: 30_000 });
  const paused = await step();

  // The tab is closed; another finds the run where it was.
  const context = page.context();
  await page.close();
  const again = await context.newPage();
  await again.goto('/labs/gpt');
  await again.getByRole('button', { name: 'Seguir', exact: true }).waitFor({ timeout: 60_000 });
  expect(await step(again)).toBe(paused);
  await again.getByRole('button', { name: 'Seguir', exact: true }).click();
  await expect.poll(() => step(again), { timeout: 120_000 }).toBeGreaterThan(paused);
  await again.getByRole('button', { name: 'Pausar' }).click();
  await again.getByRole('button', { name: 'Seguir', exact: true }).waitFor({ timeout: 30_000 });
  const last = await step(again);

  // It says what may come next, and draws one.
  await again.locator('.bars .b').first().waitFor();
  await again.getByRole('button', { name: 'Sacar una' }).click();
  await again.getByText(/^Salió/).waitFor();

  // And the terminal goes on from the same checkpoint.
  const [download] = await Promise.all([
    again.waitForEvent('download'),
    again.getByRole('button', { name: 'Descargar .zip' }).click(),
  ]);
  const folder = await mkdtemp(join(tmpdir(), 'maker-'));
  try {
    const names: string[] = [];
    for (const [name, bytes] of Object.entries(unzipSync(await readFile(await download.path())))) {
      if (name.endsWith('/')) continue;
      const path = join(folder, name);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, bytes);
      names.push(name);
    }
    const runFolder = join(folder, dirname(names.find((name) => name.endsWith('config.json')) ?? ''));
    const environment = { ...process.env, NO_COLOR: '1', CI: '1' };
    const written = await run(
      'node',
      [command, 'generate', runFolder, '--max-new-tokens', '40', '--device', 'wasm', '--seed', '1'],
      { env: environment },
    );
    expect(written.stdout.trim().length).toBeGreaterThan(5);
    expect(await stepsOf(['train', '--resume', runFolder, '--device', 'wasm'], environment)).toBeGreaterThan(
      last,
    );
  } finally {
    await rm(folder, { recursive: true });
  }
  expect(problems).toEqual([]);
  await close();
}, 420_000);
