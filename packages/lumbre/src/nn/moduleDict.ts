import { Module } from './module.ts';

/**
 * Modules by name, as PyTorch's: in a property `heads`, `new ModuleDict({ mlm, nsp })` has parameters `heads.mlm.weight`
 * and so on. Any name without a dot will do, also those of methods.
 */
export class ModuleDict<Modules extends Record<string, Module> = Record<string, Module>> extends Module {
  /** The modules themselves: `heads.modules.mlm`. */
  readonly modules: Modules;

  /** @throws RangeError for a name that is empty or has a dot, TypeError for what is no Module. */
  constructor(modules: Modules) {
    super();
    for (const [name, module] of Object.entries(modules)) {
      if (name === '' || name.includes('.')) {
        throw new RangeError(`ModuleDict: the name '${name}' must not be empty or have a dot.`);
      }
      if (!(module instanceof Module)) throw new TypeError(`ModuleDict: '${name}' is no Module.`);
    }
    this.modules = { ...modules };
  }

  /** @throws RangeError if there is no module of that name. */
  get<Name extends keyof Modules & string>(name: Name): Modules[Name] {
    if (!Object.hasOwn(this.modules, name)) {
      throw new RangeError(
        `ModuleDict: there is no module '${name}', only ${Object.keys(this.modules).join(', ') || 'nothing'}.`,
      );
    }
    return this.modules[name];
  }

  has(name: string): boolean {
    return Object.hasOwn(this.modules, name);
  }

  keys(): (keyof Modules & string)[] {
    return Object.keys(this.modules);
  }

  *[Symbol.iterator](): IterableIterator<[name: string, module: Modules[string]]> {
    yield* Object.entries(this.modules) as [string, Modules[string]][];
  }

  override *namedChildren(): Generator<readonly [name: string, module: Module]> {
    yield* Object.entries(this.modules);
  }

  override replaceChildren(replace: (child: Module, name: string) => Module): void {
    for (const [name, child] of Object.entries(this.modules)) {
      (this.modules as Record<string, Module>)[name] = replace(child, name);
    }
  }
}
