import { afterEach, beforeEach } from 'vitest';

export interface FakeServer {
  /** Files by the ends of their addresses. */
  readonly files: Map<string, Uint8Array>;
  /** What was asked, in order: the path and the range. */
  readonly asked: string[];
  /** Answers instead, where it gives an answer. */
  disturb: (url: URL, headers: Headers, count: number) => Response | Promise<Response> | undefined;
  etag: string;
  knowsRanges: boolean;
}

/** Puts a server of files in the place of `fetch`, in browsers too, for each test. */
export function useFakeServer(): FakeServer {
  const server: FakeServer = {
    files: new Map(),
    asked: [],
    disturb: () => undefined,
    etag: '"one"',
    knowsRanges: true,
  };
  const real = globalThis.fetch;
  beforeEach(() => {
    Object.assign(server, { disturb: () => undefined, etag: '"one"', knowsRanges: true });
    server.files.clear();
    server.asked.length = 0;
    globalThis.fetch = async (input, init) => {
      const url = new URL(String(input));
      const headers = new Headers(init?.headers);
      if (init?.signal?.aborted) throw init.signal.reason;
      server.asked.push(`${url.pathname} ${headers.get('range') ?? ''}`.trim());
      return (await server.disturb(url, headers, server.asked.length)) ?? answer(server, url, headers);
    };
  });
  afterEach(() => {
    globalThis.fetch = real;
  });
  return server;
}

/** A body that is cut off after some bytes. */
export const cutBody = (bytes: Uint8Array, after: number): ReadableStream<Uint8Array> =>
  new ReadableStream({
    start(controller) {
      controller.enqueue(bytes.slice(0, after));
      controller.error(new TypeError('the connection was cut'));
    },
  });

function answer(server: FakeServer, url: URL, headers: Headers): Response {
  const bytes = server.files.get(decodeURIComponent(url.pathname));
  if (!bytes) return new Response(null, { status: 404 });
  const range = server.knowsRanges ? /^bytes=(\d+)-(\d+)$/.exec(headers.get('range') ?? '') : null;
  if (!range) {
    return new Response(bytes.slice(), {
      headers: { 'content-length': String(bytes.length), etag: server.etag },
    });
  }
  const start = Number(range[1]);
  const end = Math.min(Number(range[2]) + 1, bytes.length);
  if (start >= bytes.length) return new Response(null, { status: 416 });
  return new Response(bytes.slice(start, end), {
    status: 206,
    headers: { etag: server.etag, 'content-range': `bytes ${start}-${end - 1}/${bytes.length}` },
  });
}
