import { expose, proxy } from 'comlink';
import type { WorkerRoot } from './client.ts';

// Everything that computes for the page, each loaded when it is asked for; the engine is shared by all of them.
const modules = import.meta.glob<object>([
  '../exhibits/*/compute.ts',
  '../labs/*/compute.ts',
  './{benchmark,storyteller}.ts',
]);

const root: WorkerRoot = {
  async open(path) {
    const load = modules[`../${path}/compute.ts`] ?? modules[`${path.replace(/^engine\//, './')}.ts`];
    if (!load) throw new Error(`There is no '${path}' that computes.`);
    // A module's namespace cannot be written to, as comlink's proxies want: a copy can.
    return proxy({ ...(await load()) });
  },
};

expose(root);
