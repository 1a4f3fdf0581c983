import { compileOptimized } from '#platform';
import { generate } from '../../codegen/generate.ts';
import { wasmTarget } from '../../codegen/target.ts';
import { wasmFeatures } from '../../render/wasm/features.ts';
import { renderModule } from '../../render/wasm/render.ts';
import type { Group } from '../../schedule/group.ts';
import type { Plan } from '../../schedule/plan.ts';
import type { GroupKernel } from './calls.ts';
import { assignKernels, type GroupDraft, groupsIn, type KernelShape, shapeOf } from './drafts.ts';
import type { ThreadPool } from './threads.ts';

export type KernelFunction = (argumentTable: number, begin: number, end: number, scratch: number) => void;

/** A compiled kernel, whatever memory it works on. */
export interface CompiledKernel extends KernelShape {
  /** Its place in the list of all kernels, which threads share. */
  readonly number: number;
  readonly run: KernelFunction;
}

/** Past this many kernels the ones used longest ago are forgotten. */
const MOST_KERNELS = 4096;

/** Compiles kernels and keeps them: equal ones once, the missing ones of a program in one module. */
export class KernelCache {
  readonly #memory: WebAssembly.Memory;
  readonly #shared: boolean;
  readonly #pool: ThreadPool;
  readonly #known = new Map<string, CompiledKernel>();
  #count = 0;

  constructor(memory: WebAssembly.Memory, shared: boolean, pool: ThreadPool) {
    this.#memory = memory;
    this.#shared = shared;
    this.#pool = pool;
  }

  /** A kernel for each group of the plan and of its loops, compiled well where it is `repeated`. */
  compile(plan: Plan, repeated: boolean): ReadonlyMap<Group, GroupKernel<CompiledKernel>> {
    const drafts = groupsIn(plan);
    const missing = new Map<string, GroupDraft>();
    for (const draft of drafts) if (!this.#known.has(draft.key)) missing.set(draft.key, draft);
    if (missing.size > 0) this.#compileMissing([...missing.values()], repeated);
    const compiled = assignKernels(drafts, (key) => {
      const kernel = this.#known.get(key) as CompiledKernel;
      this.#known.delete(key);
      this.#known.set(key, kernel);
      return kernel;
    });
    // Not before: what this very plan needs could be what was used longest ago.
    for (const key of this.#known.keys()) {
      if (this.#known.size <= MOST_KERNELS) break;
      this.#known.delete(key);
    }
    return compiled;
  }

  #compileMissing(missing: readonly GroupDraft[], repeated: boolean): void {
    const drafts = missing.map(({ key, group, plan }, i) => ({
      key,
      group,
      plan,
      name: `kernel${i}`,
      kernel: generate(group, plan, wasmTarget),
    }));
    const bytes = renderModule(
      drafts.map(({ name, kernel }) => ({ name, body: kernel.body })),
      { relaxed: wasmFeatures().relaxedSimd, sharedMemory: this.#shared },
    );
    const compile = () => new WebAssembly.Module(bytes);
    const module = repeated ? compileOptimized(compile) : compile();
    const instance = new WebAssembly.Instance(module, { env: { memory: this.#memory } });
    this.#pool.add({ bytes, firstKernel: this.#count, kernelCount: drafts.length });
    for (const { key, group, plan, name, kernel } of drafts) {
      this.#known.set(key, {
        ...shapeOf(kernel, group, plan),
        number: this.#count++,
        run: instance.exports[name] as KernelFunction,
      });
    }
  }
}
