/**
 * Lets a text through as far as it cannot be the beginning of a stop string, and ends it before the first one that comes.
 */
export class StopFilter {
  readonly #stops: readonly string[];
  /** What may be the beginning of a stop string, and has not been let through. */
  #held = '';
  #stopped = false;

  constructor(stops: readonly string[]) {
    this.#stops = stops;
  }

  /** Whether a stop string has come: nothing follows. */
  get stopped(): boolean {
    return this.#stopped;
  }

  /** @returns what can be told */
  push(text: string): string {
    if (this.#stopped || this.#stops.length === 0) return this.#stopped ? '' : text;
    const all = this.#held + text;
    const found = this.#stops.map((stop) => all.indexOf(stop)).filter((at) => at >= 0);
    if (found.length > 0) {
      this.#stopped = true;
      this.#held = '';
      return all.slice(0, Math.min(...found));
    }
    const held = Math.max(...this.#stops.map((stop) => longestBeginning(all, stop)));
    this.#held = all.slice(all.length - held);
    return all.slice(0, all.length - held);
  }

  /** What has been held back, when no more text comes. */
  end(): string {
    const rest = this.#held;
    this.#held = '';
    return rest;
  }
}

/** How many characters at the end of a text are the beginning of `stop`. */
function longestBeginning(text: string, stop: string): number {
  for (let length = Math.min(text.length, stop.length - 1); length > 0; length--) {
    if (text.endsWith(stop.slice(0, length))) return length;
  }
  return 0;
}
