import { inFlight } from '../inFlight.ts';
import type { Stopwatch } from '../stopwatch.ts';
import type { Addon } from './addon.ts';
import type { Walkable } from './program.ts';

type Listener = (error: Error | null, code: number, value: number) => void;

/**
 * The one walk that may be under way while JavaScript goes on. Nobody else touches the device's memory meanwhile: whoever
 * wants to settles first, and then what follows from the walk has happened too, so that tensors have their new values.
 */
export class Background {
  readonly #stopwatch: Stopwatch;
  #flight: { readonly addon: Addon; readonly land: Listener } | null = null;

  constructor(stopwatch: Stopwatch) {
    this.#stopwatch = stopwatch;
  }

  /** Begins a walk; none is under way. `listener` hears once how it ended. */
  start(addon: Addon, { program, bases, threads }: Walkable, listener: Listener): void {
    const land: Listener = (error, code, value) => {
      if (this.#flight !== flight) return;
      this.#end();
      this.#stopwatch.add(threads, addon.lastNanoseconds() / 1e6);
      listener(error, code, value);
    };
    const flight = { addon, land };
    this.#flight = flight;
    inFlight.settle = () => this.settle();
    try {
      addon.runAsync(program, bases, threads, land);
    } catch (error) {
      this.#end();
      throw error;
    }
  }

  #end(): void {
    this.#flight = null;
    inFlight.settle = null;
  }

  /** Waits for the walk, if there is one, and tells its listener. */
  settle(): void {
    if (!this.#flight) return;
    const { addon, land } = this.#flight;
    const code = addon.asyncResult();
    land(null, code, code === 0 ? 0 : addon.failedValue());
  }
}
