import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fileBelow, studioApp } from '../../server/app.ts';
import { listen } from '../../server/listen.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'studio-'));
  mkdirSync(join(folder, 'web', 'assets'), { recursive: true });
  writeFileSync(join(folder, 'secret.txt'), 'secret');
  writeFileSync(join(folder, 'web', 'index.html'), '<main>page</main>');
  writeFileSync(join(folder, 'web', 'runner.html'), 'runner');
  writeFileSync(join(folder, 'web', 'assets', 'a-1.js'), '1');
});
afterAll(() => rmSync(folder, { recursive: true }));

const texts = {
  list: async () => ['quijote'],
  read: async (name: string) => (name === 'quijote' ? 'En un lugar' : null),
};
const ask = (
  path: string,
  { host = '127.0.0.1:4173', accept = '*/*', method = 'GET', isolated = true } = {},
) =>
  studioApp({ pages: join(folder, 'web'), texts, isolated }).request(`http://127.0.0.1:4173${path}`, {
    method,
    headers: { host, accept },
  });

describe('what is answered', () => {
  test.each(['/', '/lesson/1-foundations/variables', '/labs/gpt', '/search?q=a', '/exhibits/k-means'])(
    '%s is the page',
    async (path) => {
      const response = await ask(path);
      expect([response.status, await response.text()]).toEqual([200, '<main>page</main>']);
    },
  );

  test('files, by their types', async () => {
    const response = await ask('/assets/a-1.js');
    expect(response.headers.get('content-type')).toContain('text/javascript');
    expect(response.headers.get('cache-control')).toContain('immutable');
    expect((await ask('/')).headers.get('cache-control')).toBe('no-cache');
  });

  test('texts of this machine', async () => {
    expect(await (await ask('/data/index.json')).json()).toEqual({ texts: ['quijote'] });
    expect(await (await ask('/data/quijote.txt')).text()).toBe('En un lugar');
    expect((await ask('/data/other.txt')).status).toBe(404);
  });

  test('what is not there: a page for who wants one', async () => {
    expect((await ask('/nowhere')).status).toBe(404);
    const page = await ask('/nowhere', { accept: 'text/html' });
    expect([page.status, await page.text()]).toEqual([404, '<main>page</main>']);
  });
});

describe('what is refused', () => {
  test.each([
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/assets/..%2f..%2fsecret.txt',
    '/assets/%5c..%5c..%5csecret.txt',
    '/%00',
    '/%E0%A4%A',
  ])('%s leads nowhere', async (path) => {
    const response = await ask(path);
    expect(response.status).toBe(404);
    expect(await response.text()).not.toContain('secret');
    expect(fileBelow(join(folder, 'web'), path)).toBeNull();
  });

  test.each(['evil.example', '127.0.0.1.evil.example', 'localhost.evil.example:4173', ''])(
    'host %j',
    async (host) => {
      expect((await ask('/', { host })).status).toBe(421);
    },
  );

  test('all but reading', async () => {
    expect((await ask('/', { method: 'POST' })).status).toBe(405);
  });
});

describe('what it says', () => {
  test('pages take nothing from elsewhere, and run no text', async () => {
    const policy = (await ask('/')).headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self' 'wasm-unsafe-eval'");
    expect(policy).not.toMatch(/script-src[^;]*'unsafe-(inline|eval)'/);
  });

  test('the frame of the cells has no network and no origin', async () => {
    const policy = (await ask('/runner.html')).headers.get('content-security-policy') ?? '';
    expect(policy).toContain("connect-src 'none'");
    expect(policy).toContain('sandbox allow-scripts');
    expect(policy).not.toContain('allow-same-origin');
  });

  test('pages are isolated, unless it is asked otherwise', async () => {
    expect((await ask('/')).headers.get('cross-origin-embedder-policy')).toBe('require-corp');
    expect((await ask('/', { isolated: false })).headers.get('cross-origin-embedder-policy')).toBeNull();
  });
});

test('it listens on this machine alone, and takes the next port when one is taken', async () => {
  const app = studioApp({ pages: join(folder, 'web'), texts });
  const first = await listen(app, 0);
  const second = await listen(app, first.port);
  expect(second.port).toBeGreaterThan(first.port);
  expect((await fetch(`http://127.0.0.1:${second.port}/data/index.json`)).status).toBe(200);
  first.close();
  second.close();
});
