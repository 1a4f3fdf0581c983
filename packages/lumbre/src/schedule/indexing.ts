/**
 * Index arithmetic: integers as sums of coefficient times atom plus a constant, with known ranges. Movement ops become
 * rewrites of indices, and most divisions that reshapes bring in cancel here, before any code is made.
 */

/** What an index is made of. Atoms are unique in their space, so that identity is equality. */
export type Atom = { readonly id: number; readonly min: number; readonly max: number } & (
  | { readonly kind: 'variable' }
  | { readonly kind: 'div' | 'mod'; readonly of: Index; readonly by: number }
  /** `of` brought into [min, max]. */
  | { readonly kind: 'clamp'; readonly of: Index }
  /** A value that a kernel loads: an index out of the data. `value` is whatever the maker wants to remember. */
  | { readonly kind: 'dynamic'; readonly value: unknown }
);

export interface Term {
  readonly atom: Atom;
  readonly coefficient: number;
}

/** min and max are bounds of the value, both inclusive. */
export interface Index {
  readonly terms: readonly Term[];
  readonly constant: number;
  readonly min: number;
  readonly max: number;
}

const gcd = (a: number, b: number): number => (b === 0 ? Math.abs(a) : gcd(b, a % b));

function make(terms: readonly Term[], constant: number): Index {
  let min = constant;
  let max = constant;
  for (const { atom, coefficient } of terms) {
    min += coefficient * (coefficient > 0 ? atom.min : atom.max);
    max += coefficient * (coefficient > 0 ? atom.max : atom.min);
  }
  return { terms, constant, min, max };
}

export const fixed = (value: number): Index => ({ terms: [], constant: value, min: value, max: value });

export const plus = (a: Index, constant: number): Index =>
  constant === 0
    ? a
    : { ...a, constant: a.constant + constant, min: a.min + constant, max: a.max + constant };

export function times(a: Index, factor: number): Index {
  if (factor === 1) return a;
  if (factor === 0) return fixed(0);
  return make(
    a.terms.map(({ atom, coefficient }) => ({ atom, coefficient: coefficient * factor })),
    a.constant * factor,
  );
}

export function add(a: Index, b: Index): Index {
  if (a.terms.length === 0) return plus(b, a.constant);
  if (b.terms.length === 0) return plus(a, b.constant);
  const byAtom = new Map<Atom, number>();
  for (const { atom, coefficient } of [...a.terms, ...b.terms]) {
    byAtom.set(atom, (byAtom.get(atom) ?? 0) + coefficient);
  }
  const terms: Term[] = [];
  for (const [atom, coefficient] of byAtom) if (coefficient !== 0) terms.push({ atom, coefficient });
  terms.sort((x, y) => x.atom.id - y.atom.id);
  return rejoin(make(terms, a.constant + b.constant));
}

/** c·k·(x div k) + c·(x mod k) = c·x: what a split and a merge of the same dimension leave behind. */
function rejoin(index: Index): Index {
  for (const { atom: mod, coefficient } of index.terms) {
    if (mod.kind !== 'mod') continue;
    const [inner] = mod.of.terms;
    // (x div a) div b is kept as x div a·b.
    const outer =
      inner?.atom.kind === 'div' && equal(mod.of, make([{ atom: inner.atom, coefficient: 1 }], 0))
        ? { of: inner.atom.of, by: inner.atom.by * mod.by }
        : mod;
    const div = index.terms.find(
      ({ atom, coefficient: c }) =>
        atom.kind === 'div' && atom.by === outer.by && c === coefficient * mod.by && equal(atom.of, outer.of),
    );
    if (!div) continue;
    const others = index.terms.filter((term) => term !== div && term.atom !== mod);
    return add(make(others, index.constant), times(mod.of, coefficient));
  }
  return index;
}

export const equal = (a: Index, b: Index): boolean =>
  a === b ||
  (a.constant === b.constant &&
    a.terms.length === b.terms.length &&
    a.terms.every((term, i) => {
      const other = b.terms[i] as Term;
      return term.atom === other.atom && term.coefficient === other.coefficient;
    }));

/** Makes atoms, each once. */
export class IndexSpace {
  readonly #atoms: Atom[] = [];
  readonly #byKey = new Map<string, Atom>();

  /** A loop variable that takes the values min to max, both inclusive. */
  variable(min: number, max: number): Index {
    const atom: Atom = { kind: 'variable', id: this.#atoms.length, min, max };
    this.#atoms.push(atom);
    return make([{ atom, coefficient: 1 }], 0);
  }

  dynamic(value: unknown, size: number): Index {
    const atom: Atom = { kind: 'dynamic', id: this.#atoms.length, min: 0, max: Math.max(size - 1, 0), value };
    this.#atoms.push(atom);
    return make([{ atom, coefficient: 1 }], 0);
  }

  clamp(of: Index, min: number, max: number): Index {
    if (of.min >= min && of.max <= max) return of;
    const key = `clamp ${min} ${max} ${indexKey(of)}`;
    return this.#intern(key, (id) => ({ kind: 'clamp', id, of, min, max }));
  }

  /** floor(a / by) for by > 0. */
  div(a: Index, by: number): Index {
    if (by === 1) return a;
    const whole = a.terms.filter(({ coefficient }) => coefficient % by === 0);
    const rest = remainderOf(a, by);
    const quotient = make(
      whole.map(({ atom, coefficient }) => ({ atom, coefficient: coefficient / by })),
      (a.constant - rest.constant) / by,
    );
    if (Math.floor(rest.min / by) === Math.floor(rest.max / by))
      return plus(quotient, Math.floor(rest.min / by));
    const parts = largeAndSmall(rest, by);
    if (parts) return add(quotient, this.div(parts.large, by));
    const { reduced, divisor } = withoutCommonFactor(rest, by);
    const [only] = reduced.terms;
    if (
      reduced.terms.length === 1 &&
      only?.atom.kind === 'div' &&
      only.coefficient === 1 &&
      reduced.constant === 0
    ) {
      return add(quotient, this.div(only.atom.of, only.atom.by * divisor));
    }
    const atom = this.#intern(`div ${divisor} ${indexKey(reduced)}`, (id) => ({
      kind: 'div',
      id,
      of: reduced,
      by: divisor,
      min: Math.floor(reduced.min / divisor),
      max: Math.floor(reduced.max / divisor),
    }));
    return add(quotient, atom);
  }

  /** a - by · floor(a / by) for by > 0. */
  mod(a: Index, by: number): Index {
    if (by === 1) return fixed(0);
    const rest = remainderOf(a, by);
    const block = Math.floor(rest.min / by);
    if (block === Math.floor(rest.max / by)) return plus(rest, -block * by);
    const parts = largeAndSmall(rest, by);
    if (parts) return add(this.mod(parts.large, by), parts.small);
    const { reduced, divisor, factor, remainder } = withoutCommonFactor(rest, by);
    const atom = this.#intern(`mod ${divisor} ${indexKey(reduced)}`, (id) => ({
      kind: 'mod',
      id,
      of: reduced,
      by: divisor,
      min: 0,
      max: divisor - 1,
    }));
    return plus(times(atom, factor), remainder);
  }

  #intern(key: string, makeAtom: (id: number) => Atom): Index {
    let atom = this.#byKey.get(key);
    if (!atom) {
      atom = makeAtom(this.#atoms.length);
      this.#atoms.push(atom);
      this.#byKey.set(key, atom);
    }
    return make([{ atom, coefficient: 1 }], 0);
  }
}

/**
 * What is left of `a` when multiples of `by` are taken out. Of the constants that will do, the smallest that keeps it from
 * being negative: machines divide towards zero.
 */
function remainderOf(a: Index, by: number): Index {
  const varying = make(
    a.terms.filter(({ coefficient }) => coefficient % by !== 0),
    a.constant,
  );
  const blocks = varying.terms.length === 0 ? varying.constant : varying.min;
  return plus(varying, -Math.floor(blocks / by) * by);
}

/**
 * `rest` as multiples of some g that divides `by`, and what stays within [0, g): the small part does not reach into the
 * quotient. `null` where there is no such g, or nothing small but a constant.
 */
function largeAndSmall(rest: Index, by: number): { large: Index; small: Index } | null {
  const terms = [...rest.terms].sort((a, b) => Math.abs(b.coefficient) - Math.abs(a.coefficient));
  for (let count = terms.length - 1; count > 0; count--) {
    const multiples = terms.slice(0, count);
    const factor = multiples.reduce((g, { coefficient }) => gcd(g, coefficient), by);
    const small = inOrder(make(terms.slice(count), rest.constant));
    if (factor > 1 && small.min >= 0 && small.max < factor)
      return { large: inOrder(make(multiples, 0)), small };
  }
  return null;
}

/** The terms in the order of their atoms, which `equal` and `add` rely on. */
const inOrder = (index: Index): Index => ({
  ...index,
  terms: [...index.terms].sort((a, b) => a.atom.id - b.atom.id),
});

/** (g·x + r) divided by k·g, with 0 <= r < g, is x divided by k. */
function withoutCommonFactor(rest: Index, by: number) {
  const factor = rest.terms.reduce((g, { coefficient }) => gcd(g, coefficient), by);
  const remainder = rest.constant - Math.floor(rest.constant / factor) * factor;
  const reduced = make(
    rest.terms.map(({ atom, coefficient }) => ({ atom, coefficient: coefficient / factor })),
    (rest.constant - remainder) / factor,
  );
  return { reduced, divisor: by / factor, factor, remainder };
}

/** Text that is equal for equal indices of one space. */
export const indexKey = (index: Index): string =>
  `${index.terms.map(({ atom, coefficient }) => `${coefficient}*${atom.id}`).join('+')}+${index.constant}`;

/** The row-major position of `indices` in `shape`. */
export function flatten(indices: readonly Index[], shape: readonly number[]): Index {
  let flat = fixed(0);
  indices.forEach((index, axis) => {
    flat = add(times(flat, shape[axis] as number), index);
  });
  return flat;
}

/** The indices in `shape` of a row-major position. */
export function unflatten(space: IndexSpace, flat: Index, shape: readonly number[]): Index[] {
  const indices = new Array<Index>(shape.length);
  let rest = flat;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const size = shape[axis] as number;
    const outermost = shape.slice(0, axis).every((outer) => outer === 1);
    indices[axis] = size === 1 ? fixed(0) : outermost ? rest : space.mod(rest, size);
    rest = outermost ? fixed(0) : space.div(rest, size);
  }
  return indices;
}
