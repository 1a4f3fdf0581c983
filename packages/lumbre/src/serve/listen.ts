import { createServer } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import type { Hono } from 'hono';

export interface Listening {
  readonly host: string;
  readonly port: number;
  /** `http://127.0.0.1:8080` */
  readonly address: string;
  /** Takes no more requests and lets those that are there end, for so many milliseconds at most. */
  close(grace?: number): Promise<void>;
}

/** Whoever sends a request slowly, or none at all, is not waited for. */
const HEADERS_TIMEOUT = 15_000;
const REQUEST_TIMEOUT = 60_000;
const MOST_CONNECTIONS = 1024;

/** @throws the system's error where the port is taken */
export function listen(app: Hono, { host, port }: { host: string; port: number }): Promise<Listening> {
  return new Promise((resolve, reject) => {
    const server = createServer(
      { headersTimeout: HEADERS_TIMEOUT, requestTimeout: REQUEST_TIMEOUT, keepAliveTimeout: 10_000 },
      getRequestListener(app.fetch),
    );
    server.maxConnections = MOST_CONNECTIONS;
    server.once('error', reject);
    server.listen(port, host, () => {
      const address = server.address();
      const actual = typeof address === 'object' && address ? address.port : port;
      resolve({
        host,
        port: actual,
        address: `http://${host.includes(':') ? `[${host}]` : host}:${actual}`,
        close: (grace = 0) =>
          new Promise((closed) => {
            server.close(() => closed());
            server.closeIdleConnections();
            setTimeout(() => server.closeAllConnections(), grace).unref();
          }),
      });
    });
  });
}
