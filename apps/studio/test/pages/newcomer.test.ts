import { afterAll, expect, test } from 'vitest';
import { closeBrowser, visit } from './support/browser.ts';

afterAll(closeBrowser);

const exercises = import.meta.glob<{ exercise: { solution: string } }>('../../lessons/*/*/exercises/*.ts', {
  eager: true,
});

test('a newcomer opens the first lesson, bets, gets an exercise wrong, then right, and goes on', async () => {
  const { page, problems, close } = await visit('/');
  await page.getByRole('link', { name: /^Empezar/ }).click();
  await page.locator('.prose h1').waitFor();
  const first = await page.locator('.prose h1').textContent();

  // A bet before the answer shows.
  const ask = page.locator('.ask').first();
  expect(await ask.locator('.bet-answer').count()).toBe(0);
  await ask.locator('label').first().click();
  await ask.getByRole('button', { name: 'Apostar y ver' }).click();
  await ask.locator('.bet-answer').waitFor();

  // A cell runs.
  const cell = page.locator('.cell:not(.exercise)').first();
  await cell.scrollIntoViewIfNeeded();
  await cell.getByRole('button', { name: 'Ejecutar' }).click();
  await cell.getByText(/Listo en/).waitFor({ timeout: 90_000 });

  // The exercise as it begins is not solved; the right answer is.
  const exercise = page.locator('.cell.exercise').first();
  await exercise.scrollIntoViewIfNeeded();
  await exercise.getByRole('button', { name: 'Comprobar' }).click();
  await exercise.locator('.check.bad, .cell-failure').first().waitFor({ timeout: 60_000 });
  expect(await exercise.getByText('Resuelto').count()).toBe(0);
  const [, module] = Object.entries(exercises)
    .filter(([path]) => path.includes('/1-foundations/10-'))
    .sort(([a], [b]) => a.localeCompare(b))[0] ?? [undefined, undefined];
  // Which of the lesson's exercises comes first, the page says by what it begins with.
  const named = await page.evaluate(() =>
    document.querySelector('.cell.exercise')?.getAttribute('data-exercise'),
  );
  const solution =
    Object.entries(exercises).find(
      ([path]) => path.includes('/1-foundations/10-') && path.endsWith(`/${named}.ts`),
    )?.[1] ?? module;
  await exercise.locator('.cm-content').click();
  await page.keyboard.press('Control+a');
  await page.keyboard.insertText(solution?.exercise.solution ?? '');
  await exercise.getByRole('button', { name: 'Comprobar' }).click();
  await exercise.getByText('Resuelto').waitFor({ timeout: 60_000 });

  // And on to the next; the first is lit.
  const next = page.locator('.onward a');
  await next.scrollIntoViewIfNeeded();
  await page.waitForTimeout(300);
  await next.click();
  await expect.poll(() => page.locator('.prose h1').textContent()).not.toBe(first);
  await page.goto('/');
  await page.getByText('1 lección encendida').waitFor();
  expect(problems).toEqual([]);
  await close();
}, 240_000);

test('what is thrown, what never ends and what fills the memory leave the Studio and the work whole', async () => {
  const { page, problems, close } = await visit('/lesson/1-foundations/variables');
  const cell = page.locator('.cell:not(.exercise)').first();
  await cell.scrollIntoViewIfNeeded();
  const write = async (code: string) => {
    await cell.locator('.cm-content').click();
    await page.keyboard.press('Control+a');
    await page.keyboard.insertText(code);
  };
  await cell.locator('.cm-content, pre.code').first().click();
  await cell.locator('.cm-content').waitFor();

  await write('const a = 1;\nlluvia + a');
  await cell.getByRole('button', { name: 'Ejecutar' }).click();
  await cell.getByText('Nada se llama «lluvia» aquí').waitFor({ timeout: 90_000 });
  await cell.getByText('línea 2').first().waitFor();

  await write('while (true) {}');
  await cell.getByRole('button', { name: 'Ejecutar' }).click();
  await page.waitForTimeout(1500);
  await cell.getByRole('button', { name: 'Detener' }).click();
  await cell.getByText('Lo detuviste').waitFor();

  await write('const a = []; for (;;) a.push(new Float64Array(1e8).fill(1));');
  await cell.getByRole('button', { name: 'Ejecutar' }).click();
  await cell.locator('.cell-failure').waitFor({ timeout: 90_000 });

  // The last that was run is what is there after a reload, and it does not run by itself.
  await page.reload();
  await page.locator('.cell:not(.exercise)').first().scrollIntoViewIfNeeded();
  await expect
    .poll(() => page.locator('.cell:not(.exercise)').first().textContent(), { timeout: 30_000 })
    .toContain('Float64Array');
  expect(await page.locator('.cell-failure').count()).toBe(0);
  await write('6 * 7');
  await cell.getByRole('button', { name: 'Ejecutar' }).click();
  await expect.poll(() => cell.textContent(), { timeout: 90_000 }).toContain('42');
  expect(problems.filter((problem) => !/memory|allocation/i.test(problem))).toEqual([]);
  await close();
}, 300_000);

test('learners’ code has no network, no page, and nothing of what is remembered', async () => {
  const { page, close } = await visit('/lesson/1-foundations/variables');
  const cell = page.locator('.cell:not(.exercise)').first();
  await cell.scrollIntoViewIfNeeded();
  await cell.locator('.cm-content, pre.code').first().click();
  await cell.locator('.cm-content').click();
  await page.keyboard.press('Control+a');
  await page.keyboard.insertText(
    [
      'const told: string[] = [typeof document, typeof localStorage, String(self.origin)];',
      "try { await fetch('/'); told.push('fetched'); } catch { told.push('no network'); }",
      'try {',
      '  await new Promise((done, fail) => {',
      "    const opened = indexedDB.open('lumbre-studio');",
      '    opened.onsuccess = done;',
      '    opened.onerror = fail;',
      '  });',
      "  told.push('opened');",
      "} catch { told.push('no storage'); }",
      "told.join(', ')",
    ].join('\n'),
  );
  await cell.getByRole('button', { name: 'Ejecutar' }).click();
  await expect
    .poll(() => cell.textContent(), { timeout: 90_000 })
    .toContain('undefined, undefined, null, no network, no storage');
  await close();
}, 150_000);

test('everything that the mouse does in a lesson, the keyboard does', async () => {
  const { page, close } = await visit('/lesson/1-foundations/variables');
  // Past the header: a link leads there.
  await page.keyboard.press('Tab');
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Saltar al contenido');
  await page.keyboard.press('Enter');
  const seen = new Set<string>();
  for (let i = 0; i < 120; i++) {
    await page.keyboard.press('Tab');
    const name = await page.evaluate(() => {
      const element = document.activeElement as HTMLElement | null;
      if (element?.closest('.cm-editor')) return 'editor';
      return element?.innerText?.trim() || element?.getAttribute('aria-label') || element?.tagName || '';
    });
    seen.add(name);
    // The editor keeps Tab for itself until Escape lets go of it.
    if (name === 'editor') await page.keyboard.press('Escape');
    if (name.startsWith('Sigue')) break;
  }
  for (const name of ['Ejecutar', 'Comprobar', 'editor']) expect([...seen]).toContain(name);
  expect([...seen].some((name) => name.startsWith('Sigue'))).toBe(true);
  await close();
}, 120_000);
