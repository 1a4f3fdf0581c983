import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { sendRange, serve, type TestServer } from '../../node/server.ts';

export interface MockFile {
  readonly content: Uint8Array;
  /** Whether it lies in large storage, on another host, with its sha256 told. */
  readonly large?: boolean;
}

/** What was asked of the hub or of its CDN. */
export interface Seen {
  readonly host: 'hub' | 'cdn';
  readonly method: string;
  readonly path: string;
  readonly range: string | undefined;
  readonly authorization: string | undefined;
}

/** Answers instead of the hub, and says so by `true`; `count` is how often it was asked, from 1. */
export type Disturbance = (
  seen: Seen,
  response: ServerResponse,
  hub: MockHub,
  request: IncomingMessage,
) => boolean;

export interface MockHub {
  readonly url: string;
  readonly commit: string;
  readonly seen: Seen[];
  readonly files: Map<string, MockFile>;
  /** May be changed while the hub runs. */
  disturb: Disturbance;
  /** What the hub says of a file, where that is not what it is. */
  readonly lies: Map<string, { etag?: string; size?: number }>;
  /** Breaks all connections. */
  drop(): void;
  close(): Promise<void>;
}

export const etagOf = ({ content, large }: MockFile): string =>
  large
    ? createHash('sha256').update(content).digest('hex')
    : createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex');

export const COMMIT = '0123456789abcdef0123456789abcdef01234567';

/** A server that plays a hub with one model, and another that plays its CDN. */
export async function mockHub(
  name: string,
  files: Iterable<readonly [path: string, file: MockFile]>,
): Promise<MockHub> {
  let cdn: TestServer;
  const seenAs = (host: Seen['host'], { method = '', url = '', headers }: IncomingMessage): Seen => ({
    host,
    method,
    path: decodeURIComponent(url),
    range: headers.range,
    authorization: headers.authorization,
  });
  const fail = (response: ServerResponse, status: number, code: string): void => {
    response.writeHead(status, { 'x-error-code': code, 'x-repo-commit': COMMIT }).end();
  };
  const hubServer = await serve((request, response) => {
    const seen = seenAs('hub', request);
    hub.seen.push(seen);
    if (hub.disturb(seen, response, hub, request)) return;
    if (seen.path.startsWith('/api/models/')) {
      if (!seen.path.startsWith(`/api/models/${name}/revision/`)) return fail(response, 404, 'RepoNotFound');
      const revision = seen.path.split('/').at(-1);
      if (revision !== 'main' && revision !== COMMIT) return fail(response, 404, 'RevisionNotFound');
      const siblings = [...hub.files.keys()].map((rfilename) => ({ rfilename }));
      response.end(JSON.stringify({ id: name, sha: COMMIT, siblings }));
      return;
    }
    const match = /^\/(.+?)\/resolve\/([^/]+)\/(.+)$/.exec(seen.path);
    if (match?.[1] !== name) return fail(response, 401, 'RepoNotFound');
    if (match[2] !== 'main' && match[2] !== COMMIT) return fail(response, 404, 'RevisionNotFound');
    const path = match[3] as string;
    const file = hub.files.get(path);
    if (!file) return fail(response, 404, 'EntryNotFound');
    const { etag = etagOf(file), size = file.content.length } = hub.lies.get(path) ?? {};
    response.setHeader('x-repo-commit', COMMIT);
    if (file.large) {
      response
        .writeHead(302, {
          'x-linked-etag': `"${etag}"`,
          'x-linked-size': size,
          location: `${cdn.url}/storage/${path}?signature=secret`,
        })
        .end();
      return;
    }
    if (request.method === 'HEAD') {
      response.writeHead(200, { etag: `"${etag}"`, 'content-length': size }).end();
      return;
    }
    sendRange(request, response, file.content, { etag: `"${etag}"` });
  });
  cdn = await serve((request, response) => {
    const seen = seenAs('cdn', request);
    hub.seen.push(seen);
    if (hub.disturb(seen, response, hub, request)) return;
    const file = hub.files.get(seen.path.replace(/^\/storage\//, '').replace(/\?.*/, ''));
    if (file) sendRange(request, response, file.content, { etag: '"cdn"' });
    else response.writeHead(404).end();
  });
  const hub: MockHub = {
    url: hubServer.url,
    commit: COMMIT,
    seen: [],
    files: new Map(files),
    disturb: () => false,
    lies: new Map(),
    drop() {
      hubServer.drop();
      cdn.drop();
    },
    async close() {
      await hubServer.close();
      await cdn.close();
    },
  };
  return hub;
}
