import { Module } from './module.ts';

/**
 * Modules in a row, named by their positions in state dicts: `0`, `1`, … as PyTorch's `Sequential` and `ModuleList`.
 * They are read as those of an array: `layers[0]`, `layers.at(-1)`, `for (const layer of layers)`, `layers.length`.
 */
export abstract class IndexedModules<M extends Module> extends Module {
  // Properties of their own, so that they are found and named as all children are.
  readonly [position: number]: M;
  #length = 0;

  constructor(modules: Iterable<M>) {
    super();
    for (const module of modules) this.push(module);
  }

  get length(): number {
    return this.#length;
  }

  /**
   * Appends modules.
   * @returns how many there are now
   * @throws TypeError for anything else.
   */
  push(...modules: readonly M[]): number {
    for (const module of modules) {
      if (!(module instanceof Module)) {
        throw new TypeError(
          `${this.constructor.name}: item ${this.#length} is no Module; wrap functions in a Module with a forward().`,
        );
      }
      (this as Record<number, M>)[this.#length++] = module;
    }
    return this.#length;
  }

  /** The module at a position, from the end if it is negative. */
  at(position: number): M | undefined {
    return this[position < 0 ? this.#length + position : position];
  }

  *[Symbol.iterator](): IterableIterator<M> {
    for (let i = 0; i < this.#length; i++) yield this[i] as M;
  }
}
