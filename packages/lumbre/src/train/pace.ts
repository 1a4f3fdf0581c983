/** How much a new measurement counts: the pace of about the last twenty steps. */
const WEIGHT = 0.05;

/** Measures how fast steps go. The first one, which compiles, does not count. */
export class Pace {
  #secondsPerStep: number | null = null;
  #steps = 0;

  add(seconds: number): void {
    this.#steps++;
    if (this.#steps === 1) return;
    // A plain mean at first, so that an odd second step is soon forgotten.
    const weight = Math.max(WEIGHT, 1 / (this.#steps - 1));
    const before = this.#secondsPerStep ?? seconds;
    this.#secondsPerStep = before + weight * (seconds - before);
  }

  /** 0 until it is known. */
  perSecond(amountPerStep: number): number {
    return this.#secondsPerStep ? amountPerStep / this.#secondsPerStep : 0;
  }

  secondsFor(steps: number): number {
    return steps * (this.#secondsPerStep ?? 0);
  }
}
