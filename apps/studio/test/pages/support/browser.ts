import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright';
import { inject } from 'vitest';

const executablePath = [
  process.env.CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
].find((place) => place !== undefined && existsSync(place));

let browser: Promise<Browser> | null = null;

export const openBrowser = (): Promise<Browser> => {
  browser ??= chromium.launch({
    ...(executablePath && { executablePath }),
    args: ['--no-sandbox', '--disable-gpu'],
  });
  return browser;
};

export const closeBrowser = async (): Promise<void> => {
  await (await browser)?.close();
  browser = null;
};

/** A page of the Studio, and all that went wrong on it. */
export interface Visit {
  readonly page: Page;
  readonly problems: string[];
  close(): Promise<void>;
}

/** Opens a browser of a new learner: nothing is remembered. */
export async function visit(
  path: string,
  { base = inject('studio'), ...options }: BrowserContextOptions & { base?: string } = {},
): Promise<Visit> {
  const context = await (await openBrowser()).newContext({
    baseURL: base,
    locale: 'es-MX',
    // Keeping all of the Studio takes each new learner a while: only who goes offline waits for it.
    serviceWorkers: 'block',
    ...options,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  const problems: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  page.on('pageerror', (error) => problems.push(`${error.name}: ${error.message}`));
  page.on('response', (response) => {
    if (response.status() >= 400) problems.push(`${response.status()} ${response.url()}`);
  });
  await page.goto(path);
  await page.getByRole('main').waitFor();
  return { page, problems, close: () => context.close() };
}

const axeSource = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** What axe-core finds that is serious, in a line each. */
export async function seriousFindings(page: Page): Promise<string[]> {
  // The page's own policy lets no other script in: it is told to the page from outside.
  if (!(await page.evaluate(() => 'axe' in window)))
    await page.evaluate(await (await import('node:fs/promises')).readFile(axeSource, 'utf8'));
  const { violations } = (await page.evaluate(() =>
    (window as unknown as { axe: { run(): Promise<{ violations: AxeViolation[] }> } }).axe.run(),
  )) as { violations: AxeViolation[] };
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(
      ({ id, nodes }) =>
        `${id}: ${nodes
          .map(({ html }) => html.slice(0, 120))
          .join(' | ')
          .slice(0, 400)}`,
    );
}

interface AxeViolation {
  readonly id: string;
  readonly impact: string | null;
  readonly nodes: readonly { readonly html: string }[];
}

/** By how many pixels a page is wider than its window. */
export const overflow = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
