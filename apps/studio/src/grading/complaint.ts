import { type Said, signs } from './said.ts';

/** What a check says when something is not as it should be, with what the learner is shown beside it. */
export class Complaint extends Error {
  override readonly name = 'Complaint';
  /** The two results that differ, if that is it. */
  readonly sides: { readonly found: unknown; readonly expected: unknown } | null;
  readonly said: Said;

  constructor(said: Said, sides: { found: unknown; expected: unknown } | null = null) {
    super(signs(said));
    this.said = said;
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
  readonly said: Said;

  constructor(
    said: Said,
    input: readonly { name: string; value: unknown }[],
    sides: { found: unknown; expected: unknown } | null,
    tried: number,
  ) {
    super(signs(said));
    this.said = said;
    this.input = input;
    this.sides = sides;
    this.tried = tried;
  }
}

const MOST_WORDS = 2000;

/** What any error says, when a check ends with it. */
export function saidBy(error: unknown): Said {
  if (error instanceof Complaint || error instanceof Counterexample) return error.said;
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return { id: 'threw', message: message.slice(0, MOST_WORDS) };
}
