import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'fflate';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type DataSetEntry, openText, sha256 } from '../../src/data/index.ts';
import { type DataSourceOptions, openDataSource } from '../../src/node/index.ts';
import { useFolder } from '../cli/support.ts';
import { sendRange, serve, type TestServer } from './server.ts';

const path = useFolder();
const poem = 'Verde que te quiero verde.\nVerde viento. Verdes ramas.\n';
const windows = new TextEncoder().encode(`\ufeff${poem.replaceAll('\n', '\r\n')}`);

let server: TestServer;
let served: Uint8Array;
let entry: DataSetEntry;

beforeEach(async () => {
  vi.stubEnv('LUMBRE_DATA', undefined);
  vi.stubEnv('LUMBRE_CACHE', path('cache'));
  served = gzipSync(windows);
  server = await serve((request, response) => sendRange(request, response, served));
  const content = new TextEncoder().encode(poem);
  entry = {
    name: 'verde',
    title: { es: 'Verde', en: 'Green' },
    description: { es: 'Un verso', en: 'A verse' },
    kind: 'text',
    format: { type: 'text' },
    licence: 'none',
    source: 'http://example.org/verde',
    sets: [
      {
        files: [
          {
            role: 'text',
            name: 'verde.txt.gz',
            mirror: 'text/verde.txt.gz',
            urls: [`${server.url}/verde.txt.gz`],
            normalize: ['gunzip', 'text'],
            bytes: content.length,
            sha256: await sha256(content),
          },
        ],
      },
    ],
  };
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await server.close();
});

const make = (options: DataSourceOptions = {}) =>
  openDataSource({ entries: [entry], tries: 1, backoffMs: 1, ...options });
/** The entry as it is when nobody held its bytes. */
const withoutHash = (): DataSetEntry => ({
  ...entry,
  sets: entry.sets.map(({ files }) => ({
    files: files.map((file) => ({ ...file, bytes: undefined, sha256: undefined })),
  })),
});

test('nothing is fetched unless it was asked for, and the error says how', async () => {
  const source = make();
  expect(await source.status('verde')).toMatchObject({ place: 'download' });
  await expect(source.open('verde')).rejects.toMatchObject({
    code: 'data.notHere',
    message: expect.stringContaining('lumbre data get verde'),
  });
  await expect(source.open('verde', { download: 'ask' })).rejects.toMatchObject({ code: 'data.notHere' });
  expect(server.requests).toEqual([]);
});

test('it is downloaded, normalized, verified, kept, and not fetched again', async () => {
  const { text } = await openText(make(), 'verde', { download: 'yes' });
  expect(text).toBe(poem);
  expect(readdirSync(path('cache/data/verde')).sort()).toEqual(['verde.txt.gz', 'verde.txt.gz.json']);
  expect((await openText(make(), 'verde')).text).toBe(poem);
  expect(await make().status('verde')).toMatchObject({ place: 'cache', folder: path('cache/data/verde') });
  expect(server.requests).toHaveLength(1);
  await make().get('verde', { force: true });
  expect(server.requests).toHaveLength(2);
});

test('ask asks', async () => {
  const confirm = vi.fn(async () => true);
  await make({ confirm }).open('verde', { download: 'ask' });
  expect(confirm).toHaveBeenCalledWith(entry);
});

test('a download with a wrong hash is refused, and not kept', async () => {
  served = gzipSync(new TextEncoder().encode(poem.replace('viento', 'vientO')));
  await expect(make().open('verde', { download: 'yes' })).rejects.toMatchObject({ code: 'data.wrongHash' });
  expect(readdirSync(path('cache/data/verde')).filter((name) => !name.endsWith('.json'))).toEqual([]);
});

test('a mirror folder is read first, and its hash has to be right, too', async () => {
  mkdirSync(path('mirror/text'), { recursive: true });
  writeFileSync(path('mirror/text/verde.txt.gz'), gzipSync(windows, { level: 0 }));
  expect((await openText(make({ dataDir: path('mirror') }), 'verde')).text).toBe(poem);
  vi.stubEnv('LUMBRE_DATA', path('mirror'));
  expect(await make().status('verde')).toMatchObject({ place: 'mirror', folder: path('mirror') });
  writeFileSync(path('mirror/text/verde.txt.gz'), gzipSync(new TextEncoder().encode('Azul.\n')));
  const error = await make()
    .open('verde')
    .catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: 'data.wrongHash' });
  expect(String(error)).toContain(path('mirror/text/verde.txt.gz'));
  expect(server.requests).toEqual([]);
});

test('a mirror folder without it falls through; one that is not there is an error', async () => {
  mkdirSync(path('mirror'));
  await openText(make({ dataDir: path('mirror') }), 'verde', { download: 'yes' });
  const missing = make({ dataDir: path('nowhere') });
  await expect(missing.open('verde')).rejects.toMatchObject({ code: 'data.mirrorMissing' });
  await expect(missing.status('verde')).rejects.toMatchObject({ code: 'data.mirrorMissing' });
});

test('what has no recorded hash must stay what it was when it came', async () => {
  entry = withoutHash();
  expect((await openText(make(), 'verde', { download: 'yes' })).text).toBe(poem);
  const file = path('cache/data/verde/verde.txt.gz');
  writeFileSync(file, gzipSync(new TextEncoder().encode('Azul.\n')));
  await expect(make().open('verde')).rejects.toMatchObject({ code: 'data.wrongHash' });
  writeFileSync(file, readFileSync(file).subarray(0, 20));
  await expect(make().open('verde')).rejects.toMatchObject({ code: 'data.damaged' });
  await make().get('verde', { force: true });
  expect((await openText(make(), 'verde')).text).toBe(poem);
});

test('a bomb is refused before it is unpacked', async () => {
  served = gzipSync(new Uint8Array(200_000));
  await expect(make().open('verde', { download: 'yes' })).rejects.toMatchObject({ code: 'data.damaged' });
});

test('what can only come from a mirror says which files it would be', async () => {
  const { urls: _, ...file } = entry.sets[0]!.files[0]!;
  entry = {
    ...entry,
    sets: [{ files: [file] }],
    mirrorOnly: { es: 'no se publica', en: 'it is not published' },
  };
  expect(await make().status('verde')).toMatchObject({ place: 'nowhere' });
  await expect(make().open('verde', { download: 'yes' })).rejects.toMatchObject({
    code: 'data.onlyMirror',
    message: expect.stringMatching(/it is not published.*text\/verde\.txt\.gz/),
  });
});

test('of several files, those that came before are not fetched again', async () => {
  const [file] = entry.sets[0]!.files;
  const second = { ...file!, name: 'more.txt.gz' };
  await server.close();
  server = await serve((request, response, count) => {
    if (count === 2) response.writeHead(404).end();
    else sendRange(request, response, served);
  });
  entry = {
    ...entry,
    sets: [{ files: [file!, second].map((one) => ({ ...one, urls: [`${server.url}/${one.name}`] })) }],
  };
  await expect(make().open('verde', { download: 'yes' })).rejects.toMatchObject({ code: 'data.status' });
  const { text } = await openText(make(), 'verde', { download: 'yes' });
  expect(text).toBe(`${poem}\n\n${poem}`);
  expect(server.requests).toEqual(['/verde.txt.gz', '/more.txt.gz', '/more.txt.gz']);
});
