import { generate } from '../../codegen/generate.ts';
import type { Target } from '../../codegen/target.ts';
import { renderFunction } from '../../render/c/render.ts';
import type { Group } from '../../schedule/group.ts';
import type { Plan } from '../../schedule/plan.ts';
import type { GroupKernel } from '../wasm/calls.ts';
import { assignKernels, type GroupDraft, groupsIn, type KernelShape, shapeOf } from '../wasm/drafts.ts';
import type { Addon } from './addon.ts';
import { withSystem } from './engineError.ts';
import type { Build, KernelSource, KernelStore, Library } from './toolchain/store.ts';

/** A kernel that can be called. */
export interface NativeKernel extends KernelShape {
  /** Its number in the addon. */
  readonly number: number;
}

/** A kernel in C, and where it comes from. */
interface Draft extends KernelShape {
  /** Equal for groups that share a kernel. */
  readonly group: string;
  /** Equal for kernels of one source, in whatever program and process. */
  readonly key: string;
}

/** Kernels of a plan on their way: those that no cache has are being compiled. */
export interface KernelsUnderWay {
  readonly groups: readonly GroupDraft[];
  readonly missing: readonly Draft[];
  readonly found: ReadonlyMap<string, Library>;
  readonly build: Build | null;
}

/** Past this many kernels the ones used longest ago are forgotten. */
const MOST_KERNELS = 8192;

/** Kernels in C: equal ones are compiled once, those that a program lacks together, and kept on disk. */
export class NativeKernels {
  readonly #target: Target;
  readonly #store: KernelStore;
  readonly #addon: Addon;
  readonly #prelude: string;
  /** By group. */
  readonly #known = new Map<string, NativeKernel>();

  constructor(target: Target, store: KernelStore, addon: Addon, prelude: string) {
    this.#target = target;
    this.#store = store;
    this.#addon = addon;
    this.#prelude = prelude;
  }

  /** Begins to compile what plans lack, in the background. */
  start(plans: readonly Plan[]): KernelsUnderWay {
    const groups = plans.flatMap(groupsIn);
    const missing = new Map<string, Draft>();
    const found = new Map<string, Library>();
    const sources = new Map<string, KernelSource>();
    for (const { key: group, group: own, plan: ownPlan } of groups) {
      if (this.#known.has(group) || missing.has(group)) continue;
      const kernel = generate(own, ownPlan, this.#target);
      const source = renderFunction('kernel', kernel.body);
      const key = this.#store.keyOf(source, this.#prelude);
      missing.set(group, { ...shapeOf(kernel, own, ownPlan), group, key });
      const library = withSystem(() => this.#store.find(key));
      if (library) found.set(key, library);
      else sources.set(key, { key, source: source.replaceAll(/\bkernel(?=_part|\()/g, `kernel_${key}`) });
    }
    const build =
      sources.size > 0 ? withSystem(() => this.#store.build([...sources.values()], this.#prelude)) : null;
    return { groups, missing: [...missing.values()], found, build };
  }

  /**
   * Waits for what `start` began.
   * @throws EngineError when a kernel cannot be compiled or loaded
   */
  finish({ groups, missing, found, build }: KernelsUnderWay): ReadonlyMap<Group, GroupKernel<NativeKernel>> {
    const built = withSystem(() => build?.wait());
    const libraries = new Map([...found, ...(built ?? [])]);
    for (const { group, key, ...shape } of missing) {
      const library = libraries.get(key);
      if (!library) throw new Error(`native: kernel ${key} is missing after it was compiled.`);
      const number = withSystem(() => this.#addon.loadKernel(library.path, library.symbol));
      this.#known.set(group, { ...shape, number });
    }
    const assigned = assignKernels(groups, (group) => {
      const kernel = this.#known.get(group) as NativeKernel;
      this.#known.delete(group);
      this.#known.set(group, kernel);
      return kernel;
    });
    for (const group of this.#known.keys()) {
      if (this.#known.size <= MOST_KERNELS) break;
      this.#known.delete(group);
    }
    return assigned;
  }
}
