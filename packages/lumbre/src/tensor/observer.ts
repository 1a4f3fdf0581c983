/**
 * Called around a function of tensors that is no method, as `conv2d` and `cat`, with its name, what it does, and what it was
 * called with. What the observer returns is what the caller gets: `compute(...args)`, as a rule.
 */
export type FunctionObserver = (
  name: string,
  compute: (...args: readonly unknown[]) => unknown,
  args: readonly unknown[],
) => unknown;

/** `null` while nobody looks, so that it costs nothing. */
const observation: { observer: FunctionObserver | null } = { observer: null };

/**
 * Sees the functions that networks are made of and that are no methods of Tensor, wherever they are called from: a module
 * cannot be seen from outside when it calls another, as the prototype of a class can. One at a time; `null` ends it.
 */
export function observeFunctions(observer: FunctionObserver | null): void {
  observation.observer = observer;
}

/** The function, which an observer can see. */
export function observed<Args extends readonly unknown[], Result>(
  name: string,
  compute: (...args: Args) => Result,
): (...args: Args) => Result {
  return (...args) =>
    observation.observer
      ? (observation.observer(name, compute as (...args: readonly unknown[]) => unknown, args) as Result)
      : compute(...args);
}
