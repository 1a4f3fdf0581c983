import { afterAll, describe, expect, inject, test } from 'vitest';
import { closeBrowser, overflow, seriousFindings, visit } from './support/browser.ts';

afterAll(closeBrowser);

const rooms = [
  '/',
  '/labs',
  '/cards',
  '/failures',
  '/glossary',
  '/search?q=gradiente',
  '/settings',
  '/nowhere-at-all',
];

describe.each(rooms)('%s', (room) => {
  test.each([
    ['light', 1440],
    ['dark', 360],
  ] as const)(
    '%s, %i px: no error, nothing serious for whoever cannot see, nothing sticks out',
    async (colorScheme, width) => {
      const { page, problems, close } = await visit(room, { colorScheme, viewport: { width, height: 800 } });
      await page.waitForTimeout(500);
      // An address that leads nowhere is answered so.
      const expected = room === '/nowhere-at-all' ? /404/ : /$^/;
      expect(problems.filter((problem) => !expected.test(problem))).toEqual([]);
      expect(await overflow(page)).toBeLessThanOrEqual(0);
      if (room !== '/nowhere-at-all') expect(await seriousFindings(page)).toEqual([]);
      await close();
    },
  );
});

test('the first load is small, and soon there', async () => {
  const { page, close } = await visit('/');
  const heading = page.getByRole('heading', { name: 'Tu camino' }).last();
  await heading.waitFor();
  const { bytes, interactive } = await page.evaluate(() => {
    const scripts = performance
      .getEntriesByType('resource')
      .filter((entry) => entry.name.endsWith('.js')) as PerformanceResourceTiming[];
    const [navigation] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
    return {
      // What the page itself wants, without what workers fetch later.
      bytes: scripts.filter(({ initiatorType }) => initiatorType !== 'other').map(({ name }) => name),
      interactive: navigation?.domInteractive ?? 0,
    };
  });
  const { gzipSync } = await import('node:zlib');
  let compressed = 0;
  for (const address of bytes)
    compressed += gzipSync(Buffer.from(await (await fetch(address)).arrayBuffer())).length;
  expect(bytes.length).toBeGreaterThan(0);
  expect(compressed).toBeLessThan(400_000);
  expect(interactive).toBeLessThan(2000);
  await close();
});

test('languages change in place, and are remembered', async () => {
  const { page, close } = await visit('/');
  await page.getByRole('button', { name: 'EN, English' }).click();
  await page.getByRole('heading', { name: 'Your path' }).last().waitFor();
  expect(await page.evaluate(() => document.documentElement.lang)).toBe('en');
  await page.waitForTimeout(300);
  await page.reload();
  await page.getByRole('heading', { name: 'Your path' }).last().waitFor();
  await close();
});

test('the theme changes, and is remembered', async () => {
  const { page, close } = await visit('/', { colorScheme: 'light' });
  await page.getByRole('button', { name: 'Cambiar a tema oscuro' }).click();
  await page.waitForTimeout(300);
  await page.reload();
  await page.getByRole('button', { name: 'Cambiar a tema claro' }).waitFor();
  expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe('rgb(20, 23, 26)');
  await close();
});

test('a model tells stories on the first page, and goes on with the word that is chosen', async () => {
  const { page, problems, close } = await visit('/');
  const word = page.locator('.blaze .w:not([disabled]) .wd').first();
  await word.waitFor({ timeout: 60_000 });
  const chosen = (await word.textContent()) ?? '';
  await word.click();
  await expect.poll(() => page.locator('.blaze-story').textContent()).toContain(chosen);
  expect(problems).toEqual([]);
  await close();
}, 90_000);

test('the machine is measured at the first visit', async () => {
  const { page, close } = await visit('/settings');
  await page.locator('.figures dd').first().waitFor({ timeout: 60_000 });
  const gflops = Number((await page.locator('.figures dd').first().textContent())?.replace(/\D/g, ''));
  expect(gflops).toBeGreaterThan(0);
  await close();
}, 90_000);

test('without isolation there is one thread, and it is said', async () => {
  const { page, problems, close } = await visit('/', { base: inject('studioOfOneThread') });
  await page.getByText('con un solo hilo').waitFor();
  expect(problems).toEqual([]);
  await close();
});

test('it works without a connection after the first visit', async () => {
  const { page, close } = await visit('/', { serviceWorkers: 'allow' });
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
  });
  // All is kept when the worker says so.
  await expect
    .poll(
      () =>
        page.evaluate(
          async () =>
            (await caches.keys()).length &&
            (await (await caches.open((await caches.keys())[0] as string)).keys()).length,
        ),
      {
        timeout: 60_000,
      },
    )
    .toBeGreaterThan(50);
  await page.waitForTimeout(1000);
  await page.context().setOffline(true);
  await page.reload();
  await page.getByRole('heading', { name: 'Tu camino' }).last().waitFor();
  await page.goto('/glossary');
  await page.getByRole('heading', { name: 'Glosario' }).waitFor();

  // A cell runs, though its sandbox is no page of the worker that keeps the Studio; and a number opens its faces.
  await page.goto('/lesson/1-foundations/variables');
  const cell = page.locator('.cell:not(.exercise)').first();
  await cell.scrollIntoViewIfNeeded();
  await cell.locator('.cm-content, pre.code').first().click();
  await cell.locator('.cm-content').click();
  await page.keyboard.press('Control+a');
  await page.keyboard.insertText(
    "import { tensor } from 'lumbre';\n\nconst prices = tensor([2, 3]);\nconst total = prices.mul(7);\ntotal",
  );
  await cell.getByRole('button', { name: 'Ejecutar' }).click();
  const number = cell.getByRole('gridcell', { name: /: 21\./ });
  await number.waitFor({ timeout: 90_000 });
  await number.click();
  const faces = page.locator('.faces');
  await faces.locator('.face-numbers').waitFor({ timeout: 30_000 });
  expect(await faces.textContent()).toContain('prices');
  await faces.getByRole('tab', { name: 'Prueba' }).click();
  await faces.getByText('Coincide').waitFor();
  await close();
}, 240_000);

test('progress goes out as a file and comes back, and others are refused', async () => {
  const { page, close } = await visit('/');
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Exportar' }).click(),
  ]);
  expect(download.suggestedFilename()).toBe('lumbre-avance.json');
  const give = async (content: string) => {
    await page
      .locator('footer input[type=file]')
      .setInputFiles({ name: 'x.json', mimeType: 'application/json', buffer: Buffer.from(content) });
  };
  await give('{"format":"something else"}');
  await page.getByText('no es un avance de Lumbre').waitFor();
  const lesson = { reached: ['see'], last: 'see', finished: true, solved: [], predictions: {}, visited: 1 };
  const { map } = { map: await page.locator('.strand a').first().getAttribute('href') };
  await give(
    JSON.stringify({
      ...{ format: 'lumbre-progress', version: 1, cards: {}, code: {} },
      lessons: { [(map ?? '').replace('/lesson/', '')]: lesson },
    }),
  );
  await page.getByText('este es ahora tu avance').waitFor();
  await page.getByText('1 lección encendida').waitFor();
  await close();
});
