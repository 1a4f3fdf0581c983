import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readLessons } from '../../build/lessons/folder.ts';
import { closeBrowser, overflow, seriousFindings, type Visit, visit } from './support/browser.ts';

afterAll(closeBrowser);

const lessons = readLessons(fileURLToPath(new URL('../../lessons', import.meta.url)));
const exhibits = readdirSync(fileURLToPath(new URL('../../src/exhibits', import.meta.url)), {
  withFileTypes: true,
})
  .filter((folder) => folder.isDirectory() && folder.name !== 'support')
  .map(({ name }) => name);

const addresses = [
  ...lessons.map(({ entry }) => `/lesson/${entry.id}`),
  ...exhibits.map((name) => `/exhibits/${name}`),
];

/** One who goes from room to room: the machine is measured at the first visit alone. */
let visitor: Visit;
beforeAll(async () => {
  visitor = await visit('/');
  await visitor.page.waitForTimeout(4000);
});

/** Down to its end: what is mounted when it comes into view is mounted. */
async function scrollThrough(page: Page): Promise<void> {
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  for (let at = 0; at < height; at += 800) {
    await page.mouse.wheel(0, 800);
    await page.waitForTimeout(60);
  }
}

test.each(addresses)(
  '%s: both languages and themes, wide and 360 px',
  async (address) => {
    const { page, problems } = visitor;
    problems.length = 0;
    await page.emulateMedia({ colorScheme: 'light' });
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.goto(address);
    await page.getByRole('main').waitFor();
    // Where another room was left in English, since something was wrong with it.
    if ((await page.evaluate(() => document.documentElement.lang)) === 'en')
      await page.getByRole('button', { name: 'ES, Español' }).click();
    await page.locator('.prose, .exhibit .ex-draw').first().waitFor();
    await scrollThrough(page);
    expect(await overflow(page), 'es, 1440 px').toBeLessThanOrEqual(0);
    // Colours are the same at both widths: it is asked once for each theme.
    expect(await seriousFindings(page), 'es, light').toEqual([]);

    await page.getByRole('button', { name: 'EN, English' }).click();
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.waitForFunction(() => document.documentElement.lang === 'en');
    // Colours take a moment to change.
    await page.waitForTimeout(1000);
    expect(await overflow(page), 'en, 1440 px').toBeLessThanOrEqual(0);
    expect(await seriousFindings(page), 'en, dark').toEqual([]);

    await page.setViewportSize({ width: 360, height: 780 });
    await scrollThrough(page);
    expect(await overflow(page), 'en, 360 px').toBeLessThanOrEqual(0);
    await page.evaluate(() => scrollTo(0, 0));
    await page.getByRole('button', { name: 'ES, Español' }).click();
    await page.waitForFunction(() => document.documentElement.lang === 'es');
    await page.waitForTimeout(300);
    expect(await overflow(page), 'es, 360 px').toBeLessThanOrEqual(0);
    expect(problems).toEqual([]);
  },
  120_000,
);

test('memory comes back to its level after fifty changes of lesson', async () => {
  const { page, problems, close } = await visit('/');
  const session = await page.context().newCDPSession(page);
  const live = async () => {
    await session.send('HeapProfiler.collectGarbage');
    await session.send('HeapProfiler.collectGarbage');
    const { usedSize } = await session.send('Runtime.getHeapUsage');
    const { nodes } = await session.send('Memory.getDOMCounters');
    return { usedSize, nodes };
  };
  const open = async (i: number) => {
    const { entry } = lessons[i % lessons.length] as (typeof lessons)[number];
    await page.evaluate((path) => {
      history.pushState(null, '', path);
      dispatchEvent(new PopStateEvent('popstate'));
    }, `/lesson/${entry.id}`);
    await page.locator('.prose h1').waitFor();
    await page.waitForTimeout(60);
  };
  // Every lesson once: what is loaded stays loaded.
  for (let i = 0; i < lessons.length; i++) await open(i);
  await open(0);
  await page.waitForTimeout(1000);
  const before = await live();
  for (let i = 1; i <= 50; i++) await open(i);
  await open(0);
  await page.waitForTimeout(1000);
  const after = await live();
  expect(after.usedSize / before.usedSize).toBeLessThan(1.1);
  // Those of one page: of what was left nothing is held.
  expect(after.nodes / before.nodes).toBeLessThan(1.5);
  expect(page.workers().length).toBeLessThanOrEqual(12);
  expect(problems).toEqual([]);
  await close();
}, 240_000);
