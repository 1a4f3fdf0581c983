import { mkdirSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { DownloadDisplay } from '../../src/cli/downloadDisplay.ts';
import { makeContext } from '../../src/cli/io.ts';
import { registry } from '../../src/data/index.ts';
import { lumbre, useFolder } from './support.ts';

const path = useFolder();
const plain = (text: string) => text.replaceAll('\u00a0', ' ');

beforeEach(() => {
  vi.stubEnv('LUMBRE_DATA', undefined);
  vi.stubEnv('LUMBRE_CACHE', path('cache'));
  // Nothing may be fetched by these tests.
  vi.stubGlobal('fetch', async () => {
    throw new TypeError('fetch failed', { cause: new Error('no network here') });
  });
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
});

const mirror = (file: string, content: string) => {
  mkdirSync(path('mirror/text'), { recursive: true });
  writeFileSync(path(`mirror/${file}`), content);
  return path('mirror');
};

describe('list', () => {
  test('says which there are and which are here, in both languages', async () => {
    const { code, output, errors } = await lumbre(['data', 'list']);
    expect([code, errors]).toEqual([0, '']);
    expect(plain(output)).toMatch(/mnist +Dígitos de MNIST +11,6 MB +por descargar/);
    expect(output).toMatch(/pixel-faces .* se genera aquí/);
    const folder = mirror('text/quijote.txt', 'x');
    const english = await lumbre(['data', 'list', '--lang', 'en', '--data-dir', folder]);
    expect(english.output).toMatch(/quijote .* in your data folder/);
    expect(english.output).toMatch(/sonetos .* only from a data folder/);
    const fromVariable = await lumbre(['data', 'list'], { environment: { LUMBRE_DATA: folder } });
    expect(fromVariable.output).toMatch(/quijote .* en tu carpeta de datos/);
  });

  test('--json: a line for each', async () => {
    const { events } = await lumbre(['data', 'list', '--json']);
    expect(events.map(({ name }) => name)).toEqual(registry.map(({ name }) => name));
    expect(events.find(({ name }) => name === 'iris')).toMatchObject({
      type: 'data',
      kind: 'table',
      place: 'download',
      bytes: 2734,
      files: [{ name: 'iris.csv', sha256: expect.stringMatching(/^f13f/) }],
    });
  });
});

describe('info', () => {
  test('tells of one, and how to get it; nothing is fetched', async () => {
    const { code, output } = await lumbre(['data', 'info', 'mnist']);
    expect(code).toBe(0);
    expect(plain(output)).toContain('Descárgalo (11,6 MB) con «npx lumbre data get mnist»');
    expect(output).toMatch(/licencia +CC BY-SA/);
    expect((await lumbre(['data', 'info', 'sonetos'])).output).toMatch(
      /No se puede descargar: el corpus DISCO/,
    );
    const { events } = await lumbre(['data', 'info', 'mnist', '--json']);
    expect(events[0]).toMatchObject({ type: 'data', name: 'mnist', place: 'download' });
  });

  test('a name that is none, a folder that is not there, a file that is not what it should be', async () => {
    const unknown = await lumbre(['data', 'info', 'mnits']);
    expect([unknown.code, unknown.errors]).toEqual([1, expect.stringMatching(/«mnits». ¿Será mnist\?/)]);
    const missing = await lumbre(['data', 'list', '--data-dir', path('nowhere')]);
    expect([missing.code, missing.errors]).toEqual([1, expect.stringContaining(path('nowhere'))]);
    const wrong = await lumbre([
      'data',
      'info',
      'quijote',
      '--data-dir',
      mirror('text/quijote.txt', 'Otro.\n'),
    ]);
    expect(wrong.code).toBe(1);
    expect(wrong.errors).toMatch(/quijote\.txt no es lo que debería.*90bcb9dd/);
  });
});

describe('get', () => {
  test('without a network it says so, and what to do; a wrong name is told before', async () => {
    const { code, errors } = await lumbre(['data', 'get', 'sonetos']);
    expect([code, errors]).toEqual([
      1,
      expect.stringMatching(/sonetos no se puede descargar.*text\/sonetos\.txt/),
    ]);
    const fetched = vi.fn();
    vi.stubGlobal('fetch', fetched);
    expect((await lumbre(['data', 'get', 'iris', 'mnits'])).code).toBe(1);
    expect(fetched).not.toHaveBeenCalled();
    expect((await lumbre(['data', 'get'])).code).toBe(2);
  });

  test('what comes over the network is kept; --json and --quiet', async () => {
    const csv = ['150,4,setosa,versicolor,virginica', ...new Array(150).fill('5.1,3.5,1.4,0.2,0'), ''].join(
      '\n',
    );
    vi.stubGlobal('fetch', async () => new Response(csv));
    const wrong = await lumbre(['data', 'get', 'iris', '--lang', 'en']);
    expect([wrong.code, wrong.errors]).toEqual([
      1,
      expect.stringMatching(/iris\.csv is not what it should be/),
    ]);
    // The registry has no hash for Project Gutenberg's books, which change.
    const fetched = vi.fn(
      async () => new Response('*** START OF THE PROJECT GUTENBERG EBOOK X ***\nEn un lugar\n'),
    );
    vi.stubGlobal('fetch', fetched);
    const first = await lumbre(['data', 'get', 'quijote', '--json']);
    expect(first.events).toEqual([
      expect.objectContaining({ type: 'ready', name: 'quijote', fetched: true, place: 'cache' }),
    ]);
    const again = await lumbre(['data', 'get', 'quijote']);
    expect(again.output).toMatch(/^Ya estaba: Don Quijote de la Mancha, en /);
    const quiet = await lumbre(['data', 'get', 'quijote', '--quiet', '--force']);
    expect([quiet.code, quiet.output]).toEqual([0, '']);
    expect(fetched).toHaveBeenCalledTimes(2);
    expect((await lumbre(['data', 'info', 'quijote'])).output).toMatch(/En un lugar/);
  });

  test('progress: a bar on a terminal, a line elsewhere', () => {
    const written = (isTTY: boolean): string => {
      let text = '';
      const output = { isTTY, columns: 100, write: (more: string) => (text += more) };
      const context = makeContext(
        { output, errors: output, environment: { NO_COLOR: '1' }, signal: new AbortController().signal },
        'es',
      );
      const display = new DownloadDisplay(context);
      for (const bytes of [0, 500_000, 1_000_000]) {
        display.show({ name: 'a.gz', url: 'http://x/a.gz', bytes, total: 1_000_000, rate: 250_000 });
      }
      display.done();
      return plain(text);
    };
    expect(written(false)).toBe('Descarga a.gz (1 MB)…\n');
    expect(written(true)).toMatch(/a\.gz {2}━+ {2}100 % {2}1 MB \/ 1 MB {2}0,3 MB\/s/);
  });
});
