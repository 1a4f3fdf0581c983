import type * as fc from 'fast-check';

/** What a check may use. Each throws when something is not as it should be, with what is to be told. */
export interface GradingTools {
  /** fast-check's arbitraries, and the seed is fixed: the same code gets the same verdict. */
  readonly fc: typeof fc;
  /** Numbers, nested arrays or tensors that are equal but for rounding. */
  close(found: unknown, expected: unknown, options?: { rtol?: number; atol?: number; what?: string }): void;
  /** The same value and type, structures by content. */
  equal(found: unknown, expected: unknown, what?: string): void;
  /** What has to hold, and what to say when it does not. */
  assert(condition: unknown, complaint: string): void;
  /**
   * That `expected` and `found` agree on random inputs (100 unless said). The smallest input on which they do not is shown,
   * with both results.
   */
  agree<Args extends readonly unknown[]>(
    arbitraries: { readonly [I in keyof Args]: fc.Arbitrary<Args[I]> },
    found: (...args: Args) => unknown,
    expected: (...args: Args) => unknown,
    options?: { names?: readonly string[]; runs?: number; rtol?: number; atol?: number },
  ): Promise<void>;
  /** That a predicate holds (does not throw, does not return false) on random inputs; the smallest failing one is shown. */
  property<Args extends readonly unknown[]>(
    arbitraries: { readonly [I in keyof Args]: fc.Arbitrary<Args[I]> },
    predicate: (...args: Args) => unknown,
    options?: { names?: readonly string[]; runs?: number },
  ): Promise<void>;
  /** That something holds for each of some seeds: what learns has to learn more than once. */
  seeds(seeds: readonly number[], run: (seed: number) => unknown): Promise<void>;
  /** That `gradient(x)` is the derivative of `f` at x, by finite differences. */
  gradient(
    f: (x: number[]) => number | Promise<number>,
    gradient: (x: number[]) => unknown,
    at: readonly number[],
    options?: { tolerance?: number },
  ): Promise<void>;
}
