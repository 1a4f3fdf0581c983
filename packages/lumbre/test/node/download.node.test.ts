import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { afterEach, expect, test } from 'vitest';
import { type DownloadOptions, type DownloadProgress, download } from '../../src/node/index.ts';
import { useFolder } from '../cli/support.ts';
import { sendRange, serve, type TestServer } from './server.ts';

const path = useFolder();
const body = Uint8Array.from({ length: 100_000 }, (_, i) => (i * 7 + (i >> 8)) & 255);

let server: TestServer;
afterEach(() => server?.close());

const options = (more: Partial<DownloadOptions> = {}): DownloadOptions => ({
  name: 'body.bin',
  maximumBytes: 1 << 20,
  backoffMs: 1,
  tries: 3,
  ...more,
});

/** Breaks the connection once so many bytes are here. */
const dropAt = (count: number): Partial<DownloadOptions> => ({
  progress: ({ bytes }) => {
    if (bytes === count) server.drop();
  },
});

const get = (more?: Partial<DownloadOptions>, urls = [`${server.url}/body.bin`]) =>
  download(urls, path('body.bin'), options(more));
const digestOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const there = () => digestOf(readFileSync(path('body.bin')));

test('a file comes whole, tells how far it is, and leaves nothing else behind', async () => {
  server = await serve((request, response) => sendRange(request, response, body));
  const progress: DownloadProgress[] = [];
  await get({ progress: (step) => progress.push(step) });
  expect(there()).toBe(digestOf(body));
  expect(readdirSync(path(''))).toEqual(['body.bin']);
  expect(progress[0]).toMatchObject({ name: 'body.bin', bytes: 0, total: body.length });
  expect(progress.at(-1)).toMatchObject({ bytes: body.length, total: body.length });
});

test('a connection that breaks is taken up where it broke', async () => {
  server = await serve((request, response, count) =>
    sendRange(request, response, body, count === 1 ? { stopAfter: 30_000 } : {}),
  );
  await get(dropAt(30_000));
  expect(there()).toBe(digestOf(body));
  expect(server.requests).toEqual(['/body.bin', '/body.bin bytes=30000-']);
});

test('a half download of an earlier call is gone on with', async () => {
  server = await serve((request, response, count) =>
    sendRange(request, response, body, count === 1 ? { stopAfter: 40_000 } : {}),
  );
  await expect(get({ ...dropAt(40_000), tries: 1 })).rejects.toMatchObject({ code: 'data.offline' });
  expect(readFileSync(path('body.bin.part')).length).toBe(40_000);
  await get({ tries: 1 });
  expect(there()).toBe(digestOf(body));
  expect(server.requests[1]).toBe('/body.bin bytes=40000-');
});

test('it begins anew when the file is another one now, by its ETag', async () => {
  const changed = body.map((byte) => 255 - byte);
  server = await serve((request, response, count) =>
    count === 1
      ? sendRange(request, response, body, { stopAfter: 40_000 })
      : sendRange(request, response, changed, { etag: '"two"' }),
  );
  await get(dropAt(40_000));
  expect(there()).toBe(digestOf(changed));
});

test('it begins anew when the server knows no ranges', async () => {
  server = await serve((request, response, count) => {
    if (count === 1) return sendRange(request, response, body, { stopAfter: 40_000 });
    response.writeHead(200, { 'content-length': body.length }).end(body);
  });
  await get(dropAt(40_000));
  expect(there()).toBe(digestOf(body));
});

test('a half download of which nothing is noted is not trusted', async () => {
  server = await serve((request, response) => sendRange(request, response, body));
  writeFileSync(path('body.bin.part'), 'something else');
  await get();
  expect(there()).toBe(digestOf(body));
  expect(server.requests).toEqual(['/body.bin']);
});

test('a server that sends another range than was asked for is not believed', async () => {
  server = await serve((request, response, count) => {
    if (count !== 2) return sendRange(request, response, body, count === 1 ? { stopAfter: 40_000 } : {});
    response
      .writeHead(206, { 'content-range': `bytes 10-${body.length - 1}/${body.length}`, etag: '"one"' })
      .end(body.subarray(10));
  });
  await get(dropAt(40_000));
  expect(there()).toBe(digestOf(body));
});

test('what a server packs on the way is unpacked, and is not gone on with', async () => {
  server = await serve((request, response) => {
    const packed = gzipSync(body);
    response.writeHead(200, { 'content-length': packed.length, 'content-encoding': 'gzip', etag: '"z"' });
    if (request.headers.range) response.end();
    else response.end(packed);
  });
  await get();
  expect(there()).toBe(digestOf(body));
});

test('404 is told at once, with the address and what to do', async () => {
  server = await serve((_, response) => response.writeHead(404).end('no'));
  const error = await get().catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: 'data.status' });
  expect(String(error)).toMatch(/404/);
  expect(String(error)).toContain(`${server.url}/body.bin`);
  expect(String(error)).toMatch(/--data-dir/);
  expect(server.requests).toHaveLength(1);
  expect(existsSync(path('body.bin'))).toBe(false);
});

test('503 is tried again; the second address is tried when the first fails', async () => {
  server = await serve((request, response) => {
    if (request.url === '/first') response.writeHead(503).end();
    else sendRange(request, response, body);
  });
  await get({}, [`${server.url}/first`, `${server.url}/second`]);
  expect(server.requests).toEqual(['/first', '/first', '/first', '/second']);
  expect(there()).toBe(digestOf(body));
});

test('nobody there: an error that says what to do', async () => {
  server = await serve(() => undefined);
  const { url } = server;
  await server.close();
  await expect(get({}, [`${url}/body.bin`])).rejects.toMatchObject({
    code: 'data.offline',
    message: expect.stringMatching(/ECONNREFUSED.*Is there a network\?.*--data-dir/s),
  });
});

test('a server that falls silent is given up after a while', async () => {
  server = await serve((_, response) => {
    response.writeHead(200, { 'content-length': body.length });
    response.write(body.subarray(0, 100));
  });
  await expect(get({ timeoutMs: 100, tries: 2 })).rejects.toMatchObject({
    code: 'data.offline',
    message: expect.stringMatching(/no answer for 0\.1 s/),
  });
});

test('a slow server is waited for as long as bytes come', async () => {
  server = await serve((_, response) => {
    response.writeHead(200, { 'content-length': 5 });
    let sent = 0;
    const timer = setInterval(() => {
      response.write(body.subarray(sent, sent + 1));
      if (++sent === 5) {
        clearInterval(timer);
        response.end();
      }
    }, 60);
  });
  await get({ timeoutMs: 200 });
  expect(there()).toBe(digestOf(body.slice(0, 5)));
});

test.each([
  ['says so before', true],
  ['only shows it', false],
])('more bytes than may be are refused, when the server %s', async (_, says) => {
  server = await serve((_, response) => {
    response.writeHead(200, says ? { 'content-length': body.length } : {}).end(body);
  });
  await expect(get({ maximumBytes: 50_000 })).rejects.toMatchObject({ code: 'data.tooLarge' });
  expect(readdirSync(path('')).filter((name) => !name.endsWith('.json'))).toEqual([]);
});

test('of a large file only the beginning is taken, and asked for', async () => {
  server = await serve((request, response) => sendRange(request, response, body));
  await get({ firstBytes: 1000, maximumBytes: 1000 });
  expect(there()).toBe(digestOf(body.slice(0, 1000)));
  expect(server.requests).toEqual(['/body.bin bytes=0-999']);
  await server.close();
  server = await serve((_, response) => response.writeHead(200).end(body));
  await download([`${server.url}/x`], path('x'), options({ firstBytes: 1000, maximumBytes: 1000 }));
  expect(readFileSync(path('x')).length).toBe(1000);
});

test('it stops when it is told to, and goes on later', async () => {
  const controller = new AbortController();
  server = await serve((request, response, count) => {
    if (count > 1) return sendRange(request, response, body);
    response.writeHead(200, { 'content-length': body.length, etag: '"one"' });
    response.write(body.subarray(0, 5000));
  });
  const progress = ({ bytes }: DownloadProgress) => {
    if (bytes === 5000) controller.abort();
  };
  await expect(get({ signal: controller.signal, progress })).rejects.toMatchObject({ code: 'data.aborted' });
  await get();
  expect(server.requests[1]).toBe('/body.bin bytes=5000-');
  expect(there()).toBe(digestOf(body));
});

test('what the check refuses gets no name and is not kept', async () => {
  server = await serve((request, response) => sendRange(request, response, body));
  const check = async () => {
    throw new Error('not this');
  };
  await expect(download([`${server.url}/x`], path('x'), options({ tries: 1 }), check)).rejects.toThrow(
    /not this/,
  );
  expect(existsSync(path('x'))).toBe(false);
  expect(existsSync(path('x.part'))).toBe(false);
});

test('two at the same time do not write into one file; the lock of a dead process counts for nothing', async () => {
  server = await serve((request, response) => sendRange(request, response, body));
  mkdirSync(path('d'));
  writeFileSync(path('d/x.part.lock'), String(process.ppid));
  await expect(download([`${server.url}/x`], path('d/x'), options())).rejects.toMatchObject({
    code: 'data.busy',
  });
  writeFileSync(path('d/x.part.lock'), '4194304999');
  await download([`${server.url}/x`], path('d/x'), options());
  const both = await Promise.allSettled([
    download([`${server.url}/x`], path('d/y'), options()),
    download([`${server.url}/x`], path('d/y'), options()),
  ]);
  expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
});
