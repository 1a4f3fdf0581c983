/** Values from one who makes them to one who takes them. */
export class Channel<T> {
  readonly #values: T[] = [];
  #end: { readonly error?: unknown } | null = null;
  #wake: (() => void) | null = null;

  push(value: T): void {
    if (this.#end) return;
    this.#values.push(value);
    this.#wake?.();
  }

  /** No more values; those that are there are still taken. */
  close(): void {
    this.#end ??= {};
    this.#wake?.();
  }

  /** No more values, and an error after those that are there. */
  fail(error: unknown): void {
    this.#end ??= { error };
    this.#wake?.();
  }

  get closed(): boolean {
    return this.#end !== null;
  }

  async *values(): AsyncGenerator<T, void, undefined> {
    for (;;) {
      while (this.#values.length > 0) yield this.#values.shift() as T;
      if (this.#end) {
        if ('error' in this.#end) throw this.#end.error;
        return;
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = null;
    }
  }
}
