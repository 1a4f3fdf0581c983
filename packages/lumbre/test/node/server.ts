import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server on this machine that a test answers for. */
export interface TestServer {
  readonly url: string;
  /** What was asked, in order: the path and the range. */
  readonly requests: readonly string[];
  /** Breaks all connections. */
  drop(): void;
  close(): Promise<void>;
}

export async function serve(
  answer: (request: IncomingMessage, response: ServerResponse, count: number) => void,
): Promise<TestServer> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(`${request.url} ${request.headers.range ?? ''}`.trim());
    answer(request, response, requests.length);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    drop: () => server.closeAllConnections(),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Answers with bytes, by range and ETag, as a good server does. */
export function sendRange(
  request: IncomingMessage,
  response: ServerResponse,
  body: Uint8Array,
  { etag = '"one"', stopAfter }: { readonly etag?: string; readonly stopAfter?: number } = {},
): void {
  const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
  const isSame = request.headers['if-range'] === undefined || request.headers['if-range'] === etag;
  const start = range && isSame ? Number(range[1]) : 0;
  const end = range && isSame && range[2] ? Math.min(Number(range[2]), body.length - 1) : body.length - 1;
  if (start >= body.length) {
    response.writeHead(416).end();
    return;
  }
  const part = body.subarray(start, end + 1);
  response.writeHead(range && isSame ? 206 : 200, {
    etag,
    'content-length': part.length,
    ...(range && isSame && { 'content-range': `bytes ${start}-${end}/${body.length}` }),
  });
  if (stopAfter === undefined || stopAfter >= part.length) {
    response.end(part);
    return;
  }
  // The rest never comes: the test drops the connection.
  response.write(part.subarray(0, stopAfter));
}
