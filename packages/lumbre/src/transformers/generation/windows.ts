import type { CausalModel } from '../causal/causalModel.ts';
import { Window } from './window.ts';

/** How many idle windows a model keeps: programs, no keys and values. */
const KEPT = 4;

/** The windows of a model that nobody uses, the least recently used first. */
class IdleWindows {
  readonly #idle: Window[] = [];
  #parts: readonly object[] = [];

  take(model: CausalModel, rows: number, capacity: number): Window {
    this.#forgetOther(model);
    const found = this.#idle.findIndex((window) => window.rows === rows && window.capacity === capacity);
    return found < 0 ? new Window(model, rows, capacity) : (this.#idle.splice(found, 1)[0] as Window);
  }

  giveBack(window: Window): void {
    window.forget();
    this.#idle.push(window);
    if (this.#idle.length > KEPT) this.#idle.shift()?.dispose();
  }

  /** Programs hold the tensors that they were traced with: a model of other parts needs others. */
  #forgetOther(model: CausalModel): void {
    const parts = [...[...model.namedModules()].map(([, module]) => module), ...model.parameters()];
    const same = parts.length === this.#parts.length && parts.every((part, i) => part === this.#parts[i]);
    if (!same) this.dispose();
    this.#parts = parts;
  }

  dispose(): void {
    for (const window of this.#idle.splice(0)) window.dispose();
  }
}

const idleOf = new WeakMap<CausalModel, IdleWindows>();

/** A window for so many texts; one that has been used before has its programs already. */
export function takeWindow(model: CausalModel, rows: number, capacity: number): Window {
  let idle = idleOf.get(model);
  if (!idle) {
    idle = new IdleWindows();
    idleOf.set(model, idle);
  }
  return idle.take(model, rows, capacity);
}

/** For who has taken one: when the texts are written. */
export function giveBackWindow(window: Window): void {
  const idle = idleOf.get(window.model);
  if (idle) idle.giveBack(window);
  else window.dispose();
}

/** Forgets the programs of a model that writes no more. */
export function releaseWindows(model: CausalModel): void {
  idleOf.get(model)?.dispose();
  idleOf.delete(model);
}
