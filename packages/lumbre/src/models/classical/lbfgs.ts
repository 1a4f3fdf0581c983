/** A function of many variables at a point. */
export interface Evaluation {
  readonly loss: number;
  readonly gradient: Float64Array;
}

export interface LBFGSOptions {
  /** Pairs of steps and changes of the gradient that are remembered. Default 10. */
  readonly historySize?: number;
  /**
   * How exactly the loss is known, as a part of it: of points whose losses cannot be told apart, slopes decide (Hager and
   * Zhang 2005). Default that of double precision.
   */
  readonly precision?: number;
}

/** How far a minimization has come. */
export interface LBFGSState {
  readonly x: readonly number[];
  readonly point: { readonly loss: number; readonly gradient: readonly number[] } | null;
  readonly history: readonly {
    readonly s: readonly number[];
    readonly y: readonly number[];
    readonly rho: number;
  }[];
}

interface Point extends Evaluation {
  readonly x: Float64Array;
}

const dot = (a: Float64Array, b: Float64Array): number => {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
};

/** a + s · b */
const along = (a: Float64Array, b: Float64Array, s: number): Float64Array =>
  a.map((value, i) => value + s * (b[i] as number));

/** Sufficient decrease and curvature, as usual for quasi-Newton directions (Nocedal and Wright, section 3.1). */
const DECREASE = 1e-4;
const CURVATURE = 0.9;
const MOST_TRIALS = 25;

/**
 * Minimization by L-BFGS (Nocedal and Wright, Numerical Optimization, algorithms 7.4, 3.5 and 3.6), in double precision on
 * the host; the function may compute where it likes.
 */
export class LBFGS {
  readonly #evaluate: (x: Float64Array) => Promise<Evaluation>;
  readonly #historySize: number;
  readonly #precision: number;
  readonly #history: { readonly s: Float64Array; readonly y: Float64Array; readonly rho: number }[] = [];
  #point: Point | null = null;
  #start: Float64Array;

  constructor(
    start: Float64Array,
    evaluate: (x: Float64Array) => Promise<Evaluation>,
    { historySize = 10, precision = 2 ** -51 }: LBFGSOptions = {},
  ) {
    this.#start = start;
    this.#evaluate = evaluate;
    this.#historySize = historySize;
    this.#precision = precision;
  }

  /** Where it has come to. */
  get x(): Float64Array {
    return this.#point?.x ?? this.#start;
  }

  /** What it knows, as plain values. */
  state(): LBFGSState {
    const point = this.#point;
    return {
      x: [...this.x],
      point: point && { loss: point.loss, gradient: [...point.gradient] },
      history: this.#history.map(({ s, y, rho }) => ({ s: [...s], y: [...y], rho })),
    };
  }

  /** Goes on from there. */
  setState({ x, point, history }: LBFGSState): void {
    this.#start = Float64Array.from(x);
    this.#point = point && {
      x: this.#start,
      loss: point.loss,
      gradient: Float64Array.from(point.gradient),
    };
    const pairs = history.map(({ s, y, rho }) => ({ s: Float64Array.from(s), y: Float64Array.from(y), rho }));
    this.#history.splice(0, this.#history.length, ...pairs);
  }

  async #at(x: Float64Array): Promise<Point> {
    return { x, ...(await this.#evaluate(x)) };
  }

  /** The loss and gradient where it has come to. */
  async current(): Promise<Evaluation> {
    this.#point ??= await this.#at(this.#start);
    return this.#point;
  }

  /** Moves once. @returns whether a lower point was found */
  async step(): Promise<boolean> {
    await this.current();
    const from = this.#point as Point;
    let direction: Float64Array = this.#direction(from.gradient);
    if (dot(direction, from.gradient) >= 0) {
      this.#history.length = 0;
      direction = from.gradient.map((g) => -g);
    }
    const length = Math.sqrt(dot(direction, direction));
    if (length === 0) return false;
    const first = this.#history.length === 0 ? Math.min(1, 1 / length) : 1;
    const to = await this.#search(from, direction, first);
    if (!to) return false;
    const s = to.x.map((value, i) => value - (from.x[i] as number));
    const y = to.gradient.map((value, i) => value - (from.gradient[i] as number));
    const product = dot(s, y);
    // Only curvature that is certainly positive keeps directions downhill.
    if (product > 1e-10 * dot(y, y)) {
      this.#history.push({ s, y, rho: 1 / product });
      if (this.#history.length > this.#historySize) this.#history.shift();
    }
    this.#point = to;
    return true;
  }

  /** Minus the gradient times the inverse Hessian, as far as the history knows it: two loops. */
  #direction(gradient: Float64Array): Float64Array {
    let q: Float64Array = gradient.map((g) => -g);
    const factors: number[] = [];
    for (const { s, y, rho } of [...this.#history].reverse()) {
      const factor = rho * dot(s, q);
      factors.push(factor);
      q = along(q, y, -factor);
    }
    const last = this.#history.at(-1);
    if (last) {
      const scale = dot(last.s, last.y) / dot(last.y, last.y);
      q = q.map((value) => value * scale);
    }
    for (const { s, y, rho } of this.#history) q = along(q, s, (factors.pop() as number) - rho * dot(y, q));
    return q;
  }

  /** A point along a direction that fulfils the strong Wolfe conditions, or the lowest one found. */
  async #search(from: Point, direction: Float64Array, first: number): Promise<Point | null> {
    const slope = dot(from.gradient, direction);
    const noise = this.#precision * Math.abs(from.loss);
    let low = { step: 0, point: from, slope };
    let high: { step: number; loss: number } | null = null;
    let step = first;
    for (let trial = 0; trial < MOST_TRIALS; trial++) {
      const point = await this.#at(along(from.x, direction, step));
      const steep = dot(point.gradient, direction);
      const tooHigh =
        !(point.loss <= from.loss + DECREASE * step * slope + noise) || point.loss > low.point.loss + noise;
      if (tooHigh) high = { step, loss: point.loss };
      else {
        if (Math.abs(steep) <= -CURVATURE * slope) return point;
        if (steep * ((high?.step ?? Number.POSITIVE_INFINITY) - low.step) >= 0)
          high = { step: low.step, loss: low.point.loss };
        low = { step, point, slope: steep };
      }
      step = high ? between(low, high) : step * 2;
    }
    return low.point === from ? null : low.point;
  }
}

/** The lowest point of the parabola through both ends with the slope of the first, kept away from the ends. */
function between(
  low: { readonly step: number; readonly point: Evaluation; readonly slope: number },
  high: { readonly step: number; readonly loss: number },
): number {
  const width = high.step - low.step;
  const bend = high.loss - low.point.loss - low.slope * width;
  const part = (-low.slope * width) / (2 * bend);
  const safe = Number.isFinite(part) ? Math.min(Math.max(part, 0.1), 0.9) : 0.5;
  return low.step + safe * width;
}
