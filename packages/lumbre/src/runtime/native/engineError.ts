/**
 * Machine code that cannot be had here, although all is well with the program: a compiler that fails, a library that does
 * not load. The same program computes in WebAssembly.
 */
export class EngineError extends Error {
  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/** Runs what depends on the system around it. @throws EngineError for whatever it throws */
export function withSystem<Result>(action: () => Result): Result {
  try {
    return action();
  } catch (error) {
    throw new EngineError(error);
  }
}
