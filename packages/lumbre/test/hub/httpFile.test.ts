import { describe, expect, test } from 'vitest';
import { openPlace } from '../../src/hub/browser.ts';
import { CHUNK_BYTES, type ChunkStore, type HttpFileOptions, openHttpFile } from '../../src/hub/httpFile.ts';
import { type HubError, type HubProgress, readWeights, writeSafetensors } from '../../src/hub/index.ts';
import { cutBody, useFakeServer } from './support/fakeFetch.ts';

const server = useFakeServer();
const HOST = 'https://files.example';

/** Three pieces, the last one short. */
const large = new Uint8Array(2 * CHUNK_BYTES + 1000);
for (let i = 0; i < large.length; i += 97) large[i] = i & 255;
const small = Uint8Array.of(1, 2, 3, 4, 5);

const same = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((value, i) => value === b[i]);

const open = (path: string, options: Partial<HttpFileOptions> = {}) =>
  openHttpFile(HOST + path, { name: path, meaning: () => null, backoffMs: 1, tries: 3, ...options });

const failure = async (promise: Promise<unknown>): Promise<HubError> =>
  await promise.then(
    () => expect.unreachable('no error'),
    (error: HubError) => error,
  );

function memoryStore(): ChunkStore & { parts: Map<number, Uint8Array<ArrayBuffer>> } {
  const parts = new Map<number, Uint8Array<ArrayBuffer>>();
  let size: number | undefined;
  return {
    parts,
    get: async (part) => parts.get(part) ?? null,
    size: async () => size,
    async put(part, bytes, whole) {
      parts.set(part, bytes);
      size = whole;
    },
  };
}

const first = `bytes=0-${CHUNK_BYTES - 1}`;
const second = `bytes=${CHUNK_BYTES}-${2 * CHUNK_BYTES - 1}`;
const third = `bytes=${2 * CHUNK_BYTES}-${2 * CHUNK_BYTES + 999}`;

describe('a file of a web server', () => {
  test('comes in pieces, when they are read', async () => {
    server.files.set('/large', large);
    const steps: HubProgress[] = [];
    const file = await open('/large', { progress: (step) => steps.push(step) });
    expect(file?.size).toBe(large.length);
    expect(server.asked).toEqual([`/large ${first}`]);
    const middle = (await file?.read(CHUNK_BYTES - 10, CHUNK_BYTES + 10)) as Uint8Array;
    expect(same(middle, large.subarray(CHUNK_BYTES - 10, CHUNK_BYTES + 10))).toBe(true);
    const all = (await file?.read(0, large.length)) as Uint8Array;
    expect(same(all, large)).toBe(true);
    expect(server.asked).toContain(`/large ${second}`);
    expect(server.asked).toContain(`/large ${third}`);
    expect(steps.at(-1)).toMatchObject({ name: '/large', bytes: large.length, total: large.length });
    await expect(file?.read(0, large.length + 1)).rejects.toThrow(RangeError);
  });

  test('a small one is one request', async () => {
    server.files.set('/small', small);
    const file = await open('/small');
    expect([...((await file?.read(1, 4)) ?? [])]).toEqual([2, 3, 4]);
    expect(server.asked).toEqual([`/small ${first}`]);
  });

  test('one that is empty, and one that is not there', async () => {
    server.files.set('/empty', new Uint8Array());
    expect((await open('/empty'))?.size).toBe(0);
    expect(await open('/nothing')).toBeNull();
  });

  test('a server that knows no ranges sends it whole', async () => {
    server.files.set('/small', small);
    server.knowsRanges = false;
    const file = await open('/small');
    expect([...((await file?.read(3, 5)) ?? [])]).toEqual([4, 5]);
    expect(server.asked).toHaveLength(1);
  });

  test('a connection that is cut costs a piece', async () => {
    server.files.set('/large', large);
    server.disturb = (_url, headers, count) =>
      count === 1
        ? new Response(cutBody(large, 1000), {
            status: 206,
            headers: { 'content-range': `bytes 0-${CHUNK_BYTES - 1}/${large.length}` },
          })
        : headers.get('range') === second && count === 3
          ? new Response(large.slice(0, 5), {
              status: 206,
              headers: { 'content-range': `bytes ${CHUNK_BYTES}-${2 * CHUNK_BYTES - 1}/${large.length}` },
            })
          : undefined;
    const file = await open('/large');
    expect(same((await file?.read(0, large.length)) as Uint8Array, large)).toBe(true);
  });

  test.each([
    ['other bytes than were asked for', { 'content-range': 'bytes 5-9/100' }, 'other bytes'],
    ['no range', {}, 'other bytes'],
  ])('a server that sends %s is given up', async (_what, headers, message) => {
    server.disturb = () => new Response(small.slice(), { status: 206, headers });
    expect((await failure(open('/small'))).message).toContain(message);
    expect(server.asked).toHaveLength(3);
  });

  test('more bytes than the range are refused', async () => {
    server.disturb = () =>
      new Response(new Uint8Array(100), { status: 206, headers: { 'content-range': 'bytes 0-9/10' } });
    expect((await failure(open('/small'))).code).toBe('hub.tooLarge');
  });

  test('a file that becomes another one in between is noticed', async () => {
    server.files.set('/large', large);
    const file = await open('/large');
    server.etag = '"two"';
    expect((await failure(file?.read(CHUNK_BYTES, CHUNK_BYTES + 1) as Promise<unknown>)).code).toBe(
      'hub.damaged',
    );
  });

  test('pieces that are kept are not fetched again, without a network neither', async () => {
    server.files.set('/large', large);
    const store = memoryStore();
    const file = await open('/large', { store });
    await file?.read(0, large.length);
    expect(store.parts.size).toBe(3);
    server.asked.length = 0;
    const again = await open('/large', { store, offline: true });
    expect(same((await again?.read(0, large.length)) as Uint8Array, large)).toBe(true);
    expect(server.asked).toEqual([]);
    store.parts.delete(1);
    const offline = await open('/large', { store, offline: true });
    expect((await failure(offline?.read(CHUNK_BYTES, CHUNK_BYTES + 5) as Promise<unknown>)).code).toBe(
      'hub.notCached',
    );
    const online = await open('/large', { store });
    await online?.read(CHUNK_BYTES, CHUNK_BYTES + 5);
    expect(server.asked).toContain(`/large ${second}`);
  });

  test('a busy server is asked again, one that stays busy given up', async () => {
    server.files.set('/small', small);
    server.disturb = (_url, _headers, count) =>
      count < 3
        ? new Response(null, { status: count === 1 ? 429 : 503, headers: { 'retry-after': '0' } })
        : undefined;
    expect((await open('/small'))?.size).toBe(5);
    server.disturb = () => new Response(null, { status: 500 });
    expect((await failure(open('/small'))).message).toContain('the server answered 500');
  });
});

describe('a model in a browser', () => {
  const COMMIT = 'a'.repeat(40);
  const weights = writeSafetensors([
    ['x', { dtype: 'float32', shape: [2], data: Float32Array.of(1, 2) }],
    ['y', { dtype: 'int32', shape: [1], data: Int32Array.of(7) }],
  ]);
  /** Each test has a model of its own, as what was fetched stays in the browser's cache. */
  let number = 0;
  const model = () => {
    const name = `org/model-${Date.now()}-${number++}`;
    const listing = JSON.stringify({
      sha: COMMIT,
      siblings: [{ rfilename: 'model.safetensors' }, { rfilename: 'config.json' }, { rfilename: '../evil' }],
    });
    server.files.set(`/api/models/${name}/revision/main`, new TextEncoder().encode(listing));
    server.files.set(`/${name}/resolve/${COMMIT}/model.safetensors`, weights);
    server.files.set(`/${name}/resolve/${COMMIT}/config.json`, new TextEncoder().encode('{"a": 1}'));
    return name;
  };

  test('is read from the commit that the hub says', async () => {
    const name = model();
    const repository = await openPlace(name, { endpoint: HOST });
    expect(await repository.list()).toEqual(['config.json', 'model.safetensors']);
    expect(await repository.has('nothing.json')).toBe(false);
    expect(await repository.json('config.json')).toEqual(new Map([['a', 1]]));
    const found: Record<string, number[]> = {};
    for await (const [tensor, { data }] of readWeights(repository)) found[tensor] = [...data];
    expect(found).toEqual({ x: [1, 2], y: [7] });
    expect(server.asked.filter((asked) => asked.startsWith('/api/'))).toHaveLength(1);
  });

  test('is kept, where the browser keeps anything, for when there is no network', async () => {
    const name = model();
    await (await openPlace(name, { endpoint: HOST })).json('config.json');
    server.disturb = () => {
      throw new TypeError('no network');
    };
    const offline = await openPlace(name, { endpoint: HOST, localFilesOnly: true });
    if (typeof caches === 'undefined') {
      expect((await failure(offline.json('config.json'))).code).toBe('hub.notCached');
      return;
    }
    expect(await offline.json('config.json')).toEqual(new Map([['a', 1]]));
    expect((await failure(offline.read('model.safetensors'))).code).toBe('hub.notCached');
  });

  test('a model that the hub does not have', async () => {
    const repository = await openPlace('org/none', { endpoint: HOST });
    expect((await failure(repository.json('config.json'))).code).toBe('hub.noRepository');
  });

  test('an answer that is no list', async () => {
    server.files.set(
      '/api/models/org/odd/revision/main',
      new TextEncoder().encode('{"sha": "main", "siblings": []}'),
    );
    const repository = await openPlace('org/odd', { endpoint: HOST });
    expect((await failure(repository.list())).code).toBe('hub.damaged');
  });

  test('a token goes along', async () => {
    const name = model();
    const tokens = new Set<string | null>();
    server.disturb = (_url, headers) => {
      tokens.add(headers.get('authorization'));
      return undefined;
    };
    await (await openPlace(name, { endpoint: HOST, token: 'hf_x' })).json('config.json');
    expect([...tokens]).toEqual(['Bearer hf_x']);
  });
});
