import { createServer } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import type { Hono } from 'hono';

/** How many ports are tried after one that is taken. */
const TRIES = 20;

export interface Listening {
  readonly port: number;
  close(): void;
}

function listenAt(app: Hono, port: number): Promise<Listening> {
  return new Promise((resolve, reject) => {
    const server = createServer(getRequestListener(app.fetch));
    server.once('error', reject);
    // This machine alone: nobody else's browser gets an answer.
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      const actual = typeof address === 'object' && address ? address.port : port;
      resolve({
        port: actual,
        close() {
          server.close();
          server.closeAllConnections();
        },
      });
    });
  });
}

/** Serves at a port of 127.0.0.1, or at the next one that is free; at any for port 0. */
export async function listen(app: Hono, port: number): Promise<Listening> {
  for (let tried = 0; ; tried++) {
    try {
      return await listenAt(app, port === 0 ? 0 : port + tried);
    } catch (error) {
      const taken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
      if (!taken || tried >= TRIES) throw error;
    }
  }
}
