import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { build, type Plugin } from 'vite';

const MODULE = 'virtual:cell-worker';
const PATH = '/cell-worker.js';
/** The page of the frame, in the public folder. */
const RUNNER = 'runner.html';

const hashOf = (source: string): string => createHash('sha256').update(source).digest('hex').slice(0, 8);

/**
 * The worker in which learners' code runs, as one file: `virtual:cell-worker` gives its address. The page fetches it as text and
 * hands it to a frame without a network, so that nothing in it may be loaded from anywhere. It also gives the address of the
 * frame's page, which changes with what is in it: browsers keep that page for good, so that cells run without a connection.
 */
export function cellWorker(options: { root: string; entry: string; plugins(): Plugin[] }): Plugin {
  let isBuild = false;
  let built: Promise<string> | null = null;

  async function bundle(): Promise<string> {
    const result = await build({
      configFile: false,
      root: options.root,
      logLevel: 'warn',
      plugins: options.plugins(),
      resolve: { conditions: ['lumbre-source', 'module', 'browser', 'development|production'] },
      // A worker of a frame without an origin is a classic script, and has no import.meta. What a stack says of it begins with
      // 'blob:null/', and is no learner's.
      define: { 'process.env.NODE_ENV': '"production"', 'import.meta.url': '"blob:null/"' },
      publicDir: false,
      build: {
        write: false,
        target: 'es2023',
        minify: isBuild,
        lib: { entry: options.entry, formats: ['iife'], name: 'cells', fileName: 'cell-worker' },
        rolldownOptions: { output: { codeSplitting: false }, checks: { pluginTimings: false } },
      },
    });
    const outputs = (Array.isArray(result) ? result : [result]).flatMap((each) =>
      'output' in each ? each.output : [],
    );
    const chunks = outputs.filter((each) => each.type === 'chunk');
    if (chunks.length !== 1 || !chunks[0])
      throw new Error(`The cells' worker came out in ${chunks.length} files.`);
    return chunks[0].code;
  }

  const program = (): Promise<string> => {
    const mine = built ?? bundle();
    built = mine;
    // What could not be built may be mended: it is tried again when it is next asked for.
    mine.catch(() => {
      if (built === mine) built = null;
    });
    return mine;
  };

  return {
    name: 'lumbre-cell-worker',
    configResolved({ command }) {
      isBuild = command === 'build';
    },
    resolveId: (id) => (id === MODULE ? `\0${MODULE}` : null),
    async load(id) {
      if (id !== `\0${MODULE}`) return null;
      const page = hashOf(await readFile(`${options.root}public/${RUNNER}`, 'utf8'));
      const runner = `export const runnerPage = ${JSON.stringify(`/${RUNNER}?${page}`)};`;
      if (!isBuild) return `export const cellWorker = ${JSON.stringify(PATH)}; ${runner}`;
      const source = await program();
      const fileName = `assets/cell-worker-${hashOf(source)}.js`;
      const reference = this.emitFile({ type: 'asset', fileName, source });
      return `export const cellWorker = import.meta.ROLLUP_FILE_URL_${reference}; ${runner}`;
    },
    configureServer(server) {
      // What the worker is made of has changed: it is made again when it is next asked for.
      server.watcher.on('change', () => {
        built = null;
      });
      server.middlewares.use(PATH, (_request, response, next) => {
        program().then((source) => {
          response.setHeader('Content-Type', 'text/javascript');
          response.setHeader('Cache-Control', 'no-store');
          response.end(source);
        }, next);
      });
    },
  };
}
