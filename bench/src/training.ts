import { type CompiledFunction, compile, manualSeed, type Tensor } from 'lumbre';
import { checksum, compareTraining } from './oracle.ts';
import type { Check, Session } from './workload.ts';

/** What a training step is made of. */
export interface Recipe {
  /** The inputs of one step, drawn anew. */
  readonly batch: () => Tensor[];
  /** Forward, backward and update; returns the losses, [1] or more. */
  readonly step: (...batch: Tensor[]) => Tensor;
  readonly dispose: () => void;
}

/** Runs a recipe: each step is one program, and its losses are read before the next one begins. */
class Trainer {
  readonly #recipe: Recipe;
  readonly #step: CompiledFunction<Tensor[], Tensor>;
  #batches: Tensor[][] = [];

  constructor(recipe: Recipe) {
    this.#recipe = recipe;
    this.#step = compile(recipe.step);
  }

  prepare(steps: number): void {
    for (let i = 0; i < steps; i++) {
      this.#batches.push(this.#recipe.batch().map((input) => input.realize()));
    }
  }

  async run(): Promise<number[]> {
    const losses: number[] = [];
    for (const batch of this.#batches) {
      const loss = this.#step(...batch);
      losses.push(...(await loss.data()));
      loss.dispose();
    }
    return losses;
  }

  forgetBatches(): void {
    for (const input of this.#batches.flat()) input.dispose();
    this.#batches = [];
  }

  dispose(): void {
    this.forgetBatches();
    this.#step.dispose();
    this.#recipe.dispose();
  }
}

/** Training as a session: fresh batches outside of the clock, whole steps and the reading of their losses inside. */
export class TrainingSession implements Session {
  readonly #trainer: Trainer;
  readonly #check: () => Promise<Check>;
  #losses: number[] = [];

  constructor(recipe: Recipe, check: () => Promise<Check>) {
    this.#trainer = new Trainer(recipe);
    this.#check = check;
  }

  prepare(steps: number): void {
    this.#trainer.prepare(steps);
  }

  async run(): Promise<void> {
    this.#losses = await this.#trainer.run();
  }

  inspect(): void {
    this.#trainer.forgetBatches();
    checksum(this.#losses, 'training');
  }

  check(): Promise<Check> {
    return this.#check();
  }

  dispose(): void {
    this.#trainer.dispose();
  }
}

/** For trainings that are checked: so high that a wrong update shows in the next losses. */
export const CHECKED_LEARNING_RATE = 1e-2;

/** @param small the same recipe at sizes that the oracle can compute, called `what` */
export function openTraining(
  device: string,
  recipe: (device: string) => Recipe,
  { what, recipe: small, tolerance = 1e-4 }: { what: string; recipe: typeof recipe; tolerance?: number },
): Session {
  manualSeed(1);
  const check = () =>
    compareTraining(device, what, tolerance, (on) => {
      const trainer = new Trainer(small(on));
      const step = async () => {
        trainer.prepare(1);
        const losses = await trainer.run();
        trainer.forgetBatches();
        return losses;
      };
      return { step, dispose: () => trainer.dispose() };
    });
  return new TrainingSession(recipe(device), check);
}
