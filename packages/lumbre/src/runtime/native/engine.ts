import type { Beyond } from '../wasm/heap.ts';
import { type Addon, loadAddon } from './addon.ts';
import { NativeKernels } from './kernels.ts';
import { targetOf } from './target.ts';
import { type Compiler, findCompiler } from './toolchain/compiler.ts';
import { readSource } from './toolchain/source.ts';
import { KernelStore } from './toolchain/store.ts';

/** A file in C that the package brings along, beside `src` and `dist`, with those that it includes. */
const sourceText = (name: string): string => readSource(new URL(`../../../native/${name}`, import.meta.url));

/** All that computes in machine code: the compiler, the cache, the addon, and the kernels made so far. */
export class Engine {
  readonly compiler: Compiler;
  readonly store: KernelStore;
  readonly addon: Addon;
  readonly kernels: NativeKernels;
  /** What every kernel in C begins with. */
  readonly prelude: string;

  /** @throws Error when there is no compiler, or when what it makes cannot be loaded */
  constructor() {
    const compiler = findCompiler();
    if ('problem' in compiler) throw new Error(compiler.problem);
    this.compiler = compiler;
    this.store = new KernelStore(compiler);
    this.addon = loadAddon(this.store.addon(sourceText('runtime.c')));
    const { lanes } = compiler.features;
    this.prelude = `#define LUMBRE_LANES ${lanes}\n${sourceText('kernel.h')}`;
    this.kernels = new NativeKernels(targetOf(compiler.features), this.store, this.addon, this.prelude);
  }
}

/** Memory that the addon reserves, for blocks that WebAssembly has no room for. */
export class NativeMemory implements Beyond {
  readonly #engine: () => Engine | null;
  readonly #blocks = new Map<number, ArrayBuffer>();

  /** @param engine starts the engine when it is first needed; `null` where there is none */
  constructor(engine: () => Engine | null) {
    this.#engine = engine;
  }

  allocate(bytes: number): number | null {
    const addon = this.#engine()?.addon;
    if (!addon) return null;
    let buffer: ArrayBuffer;
    try {
      buffer = addon.allocate(bytes);
    } catch {
      return null;
    }
    const address = addon.addressOf(buffer);
    this.#blocks.set(address, buffer);
    return address;
  }

  free(address: number): void {
    const buffer = this.bufferOf(address);
    this.#blocks.delete(address);
    this.#engine()?.addon.release(buffer);
  }

  bufferOf(address: number): ArrayBuffer {
    const buffer = this.#blocks.get(address);
    if (!buffer) throw new Error(`native: address ${address} was freed twice or never allocated.`);
    return buffer;
  }
}
