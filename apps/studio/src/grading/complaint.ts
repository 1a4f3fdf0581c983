/** What a check says when something is not as it should be, with what the learner is shown beside it. */
export class Complaint extends Error {
  override readonly name = 'Complaint';
  /** The two results that differ, if that is it. */
  readonly sides: { readonly found: unknown; readonly expected: unknown } | null;

  constructor(message: string, sides: { found: unknown; expected: unknown } | null = null) {
    super(message);
    this.sides = sides;
  }
}

/** The smallest input on which a check fails. */
export class Counterexample extends Error {
  override readonly name = 'Counterexample';
  readonly input: readonly { readonly name: string; readonly value: unknown }[];
  readonly sides: { readonly found: unknown; readonly expected: unknown } | null;
  /** How many inputs were tried until one failed. */
  readonly tried: number;

  constructor(
    message: string,
    input: readonly { name: string; value: unknown }[],
    sides: { found: unknown; expected: unknown } | null,
    tried: number,
  ) {
    super(message);
    this.input = input;
    this.sides = sides;
    this.tried = tried;
  }
}
