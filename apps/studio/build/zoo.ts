import { createReadStream, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';

/** The models of the package that the Studio opens by itself: the stories, and the digits. */
export const zooModels: readonly string[] = ['cuentos-es', 'stories-en', 'digitos', 'digitos-vae'];

/** What a model's folder may give away: no path leads out of it. */
const files: Readonly<Record<string, string>> = {
  'config.json': 'application/json',
  'tokenizer.json': 'application/json',
  'model.safetensors': 'application/octet-stream',
};

/** Which file of the zoo an address asks for; null where there is none. */
export function zooFile(folder: string, address: string): { path: string; type: string } | null {
  const match = /^\/zoo\/([a-z0-9-]+)\/([a-z.]+)$/.exec(address.split('?')[0] ?? '');
  const [, model = '', name = ''] = match ?? [];
  const type = Object.hasOwn(files, name) ? files[name] : undefined;
  if (!type || !zooModels.includes(model)) return null;
  const path = join(folder, model, name);
  return existsSync(path) ? { path, type } : null;
}

/**
 * The trained models that come with the package, under `/zoo/<model>/<file>`: read from its folder while one works on the
 * Studio, and put beside the pages when it is built.
 */
export function zoo(folder: string): Plugin {
  return {
    name: 'lumbre-zoo',
    configureServer(server) {
      server.middlewares.use((request, response, next) => {
        if (!request.url?.startsWith('/zoo/')) return next();
        const file = zooFile(folder, request.url);
        if (!file) {
          response.statusCode = 404;
          return response.end();
        }
        response.setHeader('Content-Type', file.type);
        response.setHeader('Content-Length', statSync(file.path).size);
        createReadStream(file.path).pipe(response);
      });
    },
    generateBundle() {
      // Workers are bundles of their own, and have no zoo.
      for (const model of zooModels)
        for (const name of readdirSync(join(folder, model)))
          if (Object.hasOwn(files, name))
            this.emitFile({
              type: 'asset',
              fileName: `zoo/${model}/${name}`,
              source: readFileSync(join(folder, model, name)),
            });
    },
  };
}
