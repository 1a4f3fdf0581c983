import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { readLessons } from '../../build/lessons/folder.ts';
import { closeBrowser, overflow, seriousFindings, visit } from './support/browser.ts';

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

const looks = [
  ['es', 'light', 1440],
  ['en', 'dark', 360],
  ['es', 'dark', 1440],
  ['en', 'light', 360],
] as const;

describe.each(addresses)('%s', (address) => {
  test.each(looks)(
    '%s, %s, %i px',
    async (locale, colorScheme, width) => {
      const { page, problems, close } = await visit(address, {
        ...{ locale: locale === 'es' ? 'es-MX' : 'en-US', colorScheme },
        viewport: { width, height: 900 },
      });
      await page.locator('.prose, .exhibit .ex-draw').first().waitFor();
      // Down to its end: what is mounted when it comes into view is mounted.
      for (let at = 0; at < 12; at++) {
        await page.mouse.wheel(0, 900);
        await page.waitForTimeout(80);
      }
      expect(problems).toEqual([]);
      expect(await overflow(page)).toBeLessThanOrEqual(0);
      // Colours are the same at both widths: it is asked once for each.
      if (width === 1440) expect(await seriousFindings(page)).toEqual([]);
      await close();
    },
    90_000,
  );
});

test('memory comes back to its level after fifty changes of lesson', async () => {
  const { page, close } = await visit('/');
  const session = await page.context().newCDPSession(page);
  const live = async () => {
    await session.send('HeapProfiler.collectGarbage');
    const { usedSize } = await session.send('Runtime.getHeapUsage');
    return usedSize;
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
  for (let i = 0; i < Math.max(lessons.length, 10); i++) await open(i);
  const before = await live();
  for (let i = 0; i < 50; i++) await open(i);
  await page.waitForTimeout(500);
  expect((await live()) / before).toBeLessThan(1.25);
  expect(page.workers().length).toBeLessThanOrEqual(12);
  await close();
}, 240_000);
