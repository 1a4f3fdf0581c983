import type { Exhibit } from './exhibit.ts';

const modules = import.meta.glob<{ exhibit: Exhibit }>('./*/exhibit.ts');

export const exhibitNames: readonly string[] = Object.keys(modules).map((path) => path.split('/')[1] ?? '');

const loaded = new Map<string, Promise<Exhibit>>();

/** Loads an exhibit by the name of its folder. */
export function loadExhibit(name: string): Promise<Exhibit> {
  let exhibit = loaded.get(name);
  if (!exhibit) {
    const load = modules[`./${name}/exhibit.ts`];
    if (!load) return Promise.reject(new Error(`There is no exhibit '${name}'.`));
    exhibit = load().then((module) => module.exhibit);
    exhibit.catch(() => loaded.delete(name));
    loaded.set(name, exhibit);
  }
  return exhibit;
}
