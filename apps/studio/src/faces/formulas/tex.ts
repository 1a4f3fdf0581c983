// Numbers and symbols in TeX, and where elements stand.

/** A formula in symbols, and the same with its numbers put in; both TeX. */
export interface Formula {
  readonly tex: string;
  readonly numbers: string;
  /** What the formula comes to, computed from the operands in JavaScript: it has to be the number that the engine found. */
  readonly value: number;
}

/** Of a long sum so many terms are written. */
const TERMS = 4;

/** A number in TeX, to four digits. */
export function texNumber(value: number): string {
  if (Number.isNaN(value)) return '\\text{NaN}';
  if (!Number.isFinite(value)) return value > 0 ? '\\infty' : '-\\infty';
  const [mantissa = '', exponent] = String(Number(value.toPrecision(4))).split('e');
  return exponent ? `${mantissa}\\cdot 10^{${Number(exponent)}}` : mantissa;
}

/** A number where it follows an operator: in brackets when it begins with a sign. */
export const inner = (value: number): string => (value < 0 ? `(${texNumber(value)})` : texNumber(value));

/** The same where nothing stands before it, as in an exponent: without the brackets. */
export const bare = (text: string): string => text.replace(/^\((-[^()]*)\)$/, '$1');

/** A name of code as a symbol of TeX. */
export function texSymbol(name: string, at: readonly number[]): string {
  const text = /^[a-zA-Z]$/.test(name) ? name : `\\text{${name.replace(/[\\{}$&#%_^~]/g, ' ')}}`;
  return at.length === 0 ? text : `${text}_{${at.join(',')}}`;
}

/** Many terms between which a sign stands; the rest is dots. */
export function series(terms: readonly string[], sign: string): string {
  if (terms.length <= TERMS + 1) return terms.join(` ${sign} `);
  return `${terms.slice(0, TERMS).join(` ${sign} `)} ${sign} \\dots`;
}

/** The position of a flat index: [1, 2] of 5 in a shape [2, 3]. */
export function positionOf(flat: number, shape: readonly number[]): number[] {
  const at: number[] = [];
  let rest = flat;
  for (const side of shape.toReversed()) {
    at.unshift(rest % side);
    rest = Math.floor(rest / side);
  }
  return at;
}

export const flatIndex = (at: readonly number[], shape: readonly number[]): number =>
  shape.reduce((flat, side, axis) => flat * side + (at[axis] ?? 0), 0);

/** A tensor that a formula is about: what it is called, and its numbers in order. */
export class Operand {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: ArrayLike<number>;

  constructor(name: string, shape: readonly number[], values: ArrayLike<number>) {
    this.name = name;
    this.shape = shape;
    this.values = values;
  }

  at(position: readonly number[]): Element {
    return {
      symbol: texSymbol(this.name, position),
      value: Number(this.values[flatIndex(position, this.shape)]),
    };
  }

  /** The element that meets a position of a result to which this was broadcast. */
  broadcastAt(position: readonly number[]): Element {
    const { shape } = this;
    return this.at(
      shape.map((side, axis) => (side === 1 ? 0 : (position[position.length - shape.length + axis] ?? 0))),
    );
  }
}

/** One number of a formula: its symbol, and what it is. */
export interface Element {
  readonly symbol: string;
  readonly value: number;
}

/** A number that was written in the code: its symbol is itself. */
export const literal = (value: number): Element => ({ symbol: inner(value), value });

/** The element of an operand, or of a plain number or truth, at a position of the result. */
export function elementAt(operand: unknown, at: readonly number[]): Element | null {
  if (operand instanceof Operand) return operand.broadcastAt(at);
  if (typeof operand === 'number' || typeof operand === 'boolean') return literal(Number(operand));
  return null;
}

export const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

/** What an operation was called with: operands, and all that is no tensor as it was. */
export interface Application {
  readonly op: string;
  readonly method: boolean;
  /** Of the result. */
  readonly at: readonly number[];
  /** Of a method, what it was called on comes first. */
  readonly args: readonly unknown[];
}

/** How one element of a result comes from elements of operands; null where the rule is not for this. */
export type Rule = (application: Application) => Formula | null;

/** A formula of elements, written twice: with their symbols, and with their numbers. */
export function formulaOf(
  elements: readonly Element[],
  write: (texts: readonly string[]) => string,
  value: number,
): Formula {
  return {
    tex: write(elements.map(({ symbol }) => symbol)),
    numbers: write(elements.map((element) => inner(element.value))),
    value,
  };
}
