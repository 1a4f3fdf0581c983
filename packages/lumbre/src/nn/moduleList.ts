import { IndexedModules } from './indexedModules.ts';
import type { Module } from './module.ts';

/**
 * A list of modules, named by their positions in state dicts as PyTorch's: a property `h` with one has `h.0`, `h.1`, …,
 * which a plain array in a property has too. A list is a module itself: it can be counted, frozen and saved alone.
 */
export class ModuleList<M extends Module = Module> extends IndexedModules<M> {
  constructor(modules: Iterable<M> = []) {
    super(modules);
  }
}
