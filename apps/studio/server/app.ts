import { createReadStream, statSync } from 'node:fs';
import { extname, join, normalize, sep } from 'node:path';
import { Readable } from 'node:stream';
import { type Context, Hono } from 'hono';
import { headersFor } from './headers.ts';
import type { LocalTexts } from './texts.ts';

export interface StudioOptions {
  /** The folder of the built pages. */
  readonly pages: string;
  /** Texts of this machine that the laboratories may learn from. */
  readonly texts: LocalTexts;
  /** Whether pages are isolated from other origins, as threads need it. Default true. */
  readonly isolated?: boolean;
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
  '.txt': 'text/plain; charset=utf-8',
  '.safetensors': 'application/octet-stream',
};

/** The addresses that the Studio's own pages have; each is answered with the same page, which finds its way. */
const rooms =
  /^\/(?:lesson\/[\w-]+\/[\w-]+|labs(?:\/[\w-]+)?|exhibits\/[\w-]+|cards|failures|glossary|search|settings)?$/;

/** The host names by which this machine calls itself: others are pages of others that were led here (DNS rebinding). */
const ownNames = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?$/;

/** The file of a path below a folder; null where there is none, or where it would lead out. */
export function fileBelow(folder: string, path: string): string | null {
  let decoded: string;
  try {
    decoded = decodeURIComponent(path);
  } catch {
    return null;
  }
  if (decoded.includes('\0') || decoded.includes('\\')) return null;
  const root = normalize(folder).replace(/[/\\]$/, '');
  const file = normalize(join(root, decoded));
  if (!file.startsWith(root + sep)) return null;
  return statSync(file, { throwIfNoEntry: false })?.isFile() ? file : null;
}

/** The Studio as a web application: files below a folder, and a few texts. It only reads. */
export function studioApp({ pages, texts, isolated = true }: StudioOptions): Hono {
  const app = new Hono();

  app.use(async (context, next) => {
    if (!ownNames.test(context.req.header('host') ?? ''))
      return context.text('This is not the host you think.', 421);
    if (context.req.method !== 'GET' && context.req.method !== 'HEAD')
      return context.text('Only reading is possible.', 405);
    await next();
    for (const [name, value] of Object.entries(headersFor(context.req.path, { isolated })))
      context.header(name, value);
  });

  app.get('/data/index.json', async (context) => context.json({ texts: await texts.list() }));
  app.get('/data/:name', async (context) => {
    const text = await texts.read(context.req.param('name').replace(/\.txt$/, ''));
    return text === null ? context.text('There is no such text.', 404) : context.text(text);
  });

  const answer = (context: Context, file: string, status: 200 | 404): Response => {
    context.status(status);
    context.header('Content-Type', types[extname(file)] ?? 'application/octet-stream');
    context.header('Content-Length', String(statSync(file).size));
    if (context.req.method === 'HEAD') return context.body(null);
    return context.body(Readable.toWeb(createReadStream(file)) as unknown as ReadableStream);
  };

  app.get('*', (context) => {
    const { path } = context.req;
    const file = fileBelow(pages, rooms.test(path) ? '/index.html' : path);
    if (file) return answer(context, file, 200);
    // Who looks for a page gets one that says that there is none.
    const page = context.req.header('accept')?.includes('text/html') ? fileBelow(pages, '/index.html') : null;
    return page ? answer(context, page, 404) : context.text('There is nothing here.', 404);
  });
  return app;
}
