/** Code of a run, as stacks name it. */
const anyRun = /learner:\/\/\/cell-\d+\.ts/;

/**
 * Errors that nobody catches: promises that are rejected and never awaited, and what is thrown in a timer. Without this a cell
 * whose `await` is missing would seem to have done well.
 */
export class Strays {
  readonly #heard: unknown[] = [];

  /** @param scope the worker's global scope, which from now on says nothing of them itself */
  constructor(scope: EventTarget) {
    scope.addEventListener('error', (event) => this.#hear(event, (event as ErrorEvent).error));
    scope.addEventListener('unhandledrejection', (event) =>
      this.#hear(event, (event as PromiseRejectionEvent).reason),
    );
  }

  #hear(event: Event, error: unknown): void {
    event.preventDefault();
    // The first ones tell; a loop of them must not fill the memory.
    if (this.#heard.length < 100) this.#heard.push(error);
  }

  /** A run begins: what came before it was not its. */
  forget(): void {
    this.#heard.length = 0;
  }

  /** The first one of a run that has ended; those that another run left behind are not its. */
  async first(file: string): Promise<{ readonly error: unknown } | null> {
    // Rejections are told of in a turn of their own.
    for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setTimeout(resolve));
    for (const error of this.#heard) {
      const stack = error instanceof Error ? (error.stack ?? '') : '';
      if (stack.includes(file) || !anyRun.test(stack)) return { error };
    }
    return null;
  }
}
