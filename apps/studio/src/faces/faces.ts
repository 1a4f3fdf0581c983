/**
 * The four faces of a number: the formula it comes from, the line of code, its gradient, and the check that guards it. All
 * four are recorded by the engine: they cannot drift apart.
 */
export interface Faces {
  /** What it is called: `weights[6, 1]`. */
  readonly name: string;
  readonly value: number;
  readonly formula: {
    /** In symbols, TeX. */
    readonly tex: string;
    /** The same with the numbers of this very one, TeX; decimals with a point. */
    readonly numbers: string;
  };
  readonly code: {
    /** The lines of code around, as they were written. */
    readonly source: string;
    /** Which of them made the number, counted from 1 within `source`; `null` when nobody knows. */
    readonly line: number | null;
    /** The number of the first line of `source` in the whole program. */
    readonly firstLine: number;
  } | null;
  /** How the result changes when this number grows a little; `null` where nothing depends on it. */
  readonly gradient: {
    /** Of what: `loss`. */
    readonly of: string;
    readonly value: number;
    readonly tex: string;
  } | null;
  readonly checks: readonly FaceCheck[];
}

/** One way in which a number was computed again. */
export interface FaceCheck {
  /** `oracle`: value by value in double precision; `difference`: the gradient by finite differences. */
  readonly by: 'oracle' | 'difference';
  readonly expected: number;
  readonly found: number;
  readonly tolerance: number;
  readonly passed: boolean;
}
