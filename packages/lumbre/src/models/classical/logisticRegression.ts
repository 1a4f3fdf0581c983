import { type CompiledFunction, compile } from '../../tensor/compile.ts';
import { tensor } from '../../tensor/creation.ts';
import { keep, noGrad, scope } from '../../tensor/scope.ts';
import { Tensor } from '../../tensor/tensor.ts';
import { checkInteger, checkNumber, featuresOf, type Samples, sumOf, targetsOf } from './estimator.ts';
import { type FitOptions, IterativeEstimator, type Progress, readAll } from './iterative.ts';
import { type Evaluation, LBFGS, type LBFGSState } from './lbfgs.ts';

export interface LogisticRegressionConfig {
  /** The inverse of how much large coefficients cost: |w|² / 2C is added to the summed losses. Default 1; Infinity, which JSON does not keep: nothing. */
  readonly C?: number;
  /** Whether there is an intercept, which costs nothing. Default true. */
  readonly fitIntercept?: boolean;
  /** It ends when no element of the gradient of the mean loss is larger. Default 1e-4. */
  readonly tol?: number;
  /** Default 100. */
  readonly maxIter?: number;
}

export interface LogisticRegressionProgress extends Progress {
  /** The mean loss with the penalty. */
  readonly loss: number;
  /** The largest element of the gradient. */
  readonly gradient: number;
}

/** Losses [n] and gradients, of one row of coefficients (two classes) or of one for each class. */
function evaluate(x: Tensor, y: Tensor, coef: Tensor, intercept: Tensor) {
  const logits = x.matmul(coef.mT).add(intercept);
  const binary = coef.shape[0] === 1;
  const losses = binary
    ? logits.softplus().sub(logits.mul(y)).squeeze(1)
    : logits.logsumexp(1).sub(logits.mul(y).sum(1));
  const errors = (binary ? logits.sigmoid() : logits.softmax(1)).sub(y);
  return { losses, slopes: errors.mT.matmul(x), offsets: errors.sum(0) };
}

interface Workspace {
  readonly x: Tensor;
  readonly rows: number;
  readonly columns: number;
  readonly outputs: number;
  readonly solver: LBFGS;
}

/**
 * Classification by the logarithm of odds that is linear in the features: multinomial for more than two classes, with an L2
 * penalty, by L-BFGS; scikit-learn's names, objective and limits, and so its coefficients. Columns scaled to variance 1 make
 * it converge in fewer iterations.
 */
export class LogisticRegression extends IterativeEstimator<
  LogisticRegressionProgress,
  [X: Samples, y: Tensor | ArrayLike<number>]
> {
  readonly config: LogisticRegressionConfig;
  #work: Workspace | null = null;

  /** @throws RangeError for options that make no sense. */
  constructor(config: LogisticRegressionConfig = {}) {
    super();
    this.config = config;
    const { C = 1, tol = 1e-4, maxIter = 100 } = config;
    if (!(C > 0)) throw new RangeError(`LogisticRegression: C must be more than 0, not ${C}.`);
    checkNumber('LogisticRegression', 'tol', tol, 0);
    checkInteger('LogisticRegression', 'maxIter', maxIter, 1);
  }

  /** [classes, d], or [1, d] for two classes: that of the second. */
  get coef(): Tensor {
    return this.tensorOf('coef');
  }

  /** [classes], or [1] for two. */
  get intercept(): Tensor {
    return this.tensorOf('intercept');
  }

  /** The classes, rising: what `predict` answers. */
  get classes(): number[] {
    return Array.from(this.tensorOf('classes').dataSync());
  }

  /** Iterations of the last fitting. */
  get nIter(): number {
    return this.numberOf('nIter');
  }

  /**
   * Learns classes `y` [n], any integers, from samples [n, d].
   * @throws RangeError for NaN, one class only, or numbers of samples that do not fit.
   */
  fit(
    X: Samples,
    y: Tensor | ArrayLike<number>,
    options: FitOptions<LogisticRegressionProgress> = {},
  ): Promise<this> {
    return this.run(options, X, y);
  }

  protected override prepare(X: Samples, y: Tensor | ArrayLike<number>): void {
    const { x, rows, columns } = featuresOf('LogisticRegression.fit', X);
    this.hold(x);
    const { values, single } = targetsOf('LogisticRegression.fit', y, rows);
    const classes = [...new Set(values)].sort((a, b) => a - b);
    if (!single || !classes.every(Number.isInteger)) {
      throw new RangeError('LogisticRegression.fit: expected one class for each sample, an integer.');
    }
    if (classes.length < 2) {
      throw new RangeError(
        `LogisticRegression.fit: all samples are of class ${classes[0]}; expected at least two classes.`,
      );
    }
    const outputs = classes.length === 2 ? 1 : classes.length;
    const place = new Map(classes.map((label, i) => [label, i]));
    const targets = new Float64Array(rows * outputs);
    values.forEach((label, i) => {
      const c = place.get(label) as number;
      if (outputs === 1) targets[i] = c;
      else targets[i * outputs + c] = 1;
    });
    const { device, dtype } = x;
    const wanted = this.hold(keep(tensor(targets, { shape: [rows, outputs], device, dtype })));
    const program = this.hold(compile(evaluate));
    const start = new Float64Array(outputs * (columns + 1));
    const solver = new LBFGS(start, (at) => this.#evaluate(program, x, wanted, at), {
      // Losses are rounded to the dtype before they are added up.
      precision: dtype === 'float64' ? 2 ** -51 : 2 ** -23,
    });
    this.setTensor('classes', tensor(Int32Array.from(classes), { device }));
    this.#work = { x, rows, columns, outputs, solver };
  }

  protected override remember(): LBFGSState {
    return (this.#work as Workspace).solver.state();
  }

  protected override recall(state: LBFGSState): void {
    (this.#work as Workspace).solver.setState(state);
  }

  /** The mean loss with the penalty, and its gradient, at coefficients [outputs, columns] and intercepts [outputs]. */
  async #evaluate(
    program: CompiledFunction<[Tensor, Tensor, Tensor, Tensor], ReturnType<typeof evaluate>>,
    x: Tensor,
    y: Tensor,
    at: Float64Array,
  ): Promise<Evaluation> {
    const { C = 1, fitIntercept = true } = this.config;
    const [rows, columns] = x.shape as [number, number];
    const outputs = y.shape[1] as number;
    const weights = at.subarray(0, outputs * columns);
    const { device, dtype } = x;
    const coef = keep(tensor(weights, { shape: [outputs, columns], device, dtype }));
    const intercept = keep(tensor(at.subarray(outputs * columns), { device, dtype }));
    try {
      const { losses, slopes, offsets } = await readAll(keep(noGrad(() => program(x, y, coef, intercept))));
      const penalty = 1 / (C * rows);
      const gradient = new Float64Array(at.length);
      slopes.forEach((slope, i) => {
        gradient[i] = slope / rows + penalty * (at[i] as number);
      });
      offsets.forEach((offset, i) => {
        gradient[outputs * columns + i] = fitIntercept ? offset / rows : 0;
      });
      return { loss: sumOf(losses) / rows + (penalty / 2) * sumOf(weights.map((w) => w * w)), gradient };
    } finally {
      coef.dispose();
      intercept.dispose();
    }
  }

  protected override async advance() {
    const { solver } = this.#work as Workspace;
    const { tol = 1e-4, maxIter = 100 } = this.config;
    // What cannot be lowered any more is at rest as far as the dtype goes.
    const moved = await solver.step();
    const { loss, gradient } = await solver.current();
    const largest = gradient.reduce((most, g) => Math.max(most, Math.abs(g)), 0);
    const converged = !moved || largest <= tol;
    this.#show();
    const done = converged || this.iteration + 1 >= maxIter;
    return { progress: { loss, gradient: largest }, converged, done };
  }

  #show(): void {
    const { x, columns, outputs, solver } = this.#work as Workspace;
    const count = outputs * columns;
    this.setValues('coef', solver.x.subarray(0, count), [outputs, columns], x);
    this.setValues('intercept', solver.x.subarray(count), [outputs], x);
    this.setNumber('nIter', this.iteration + 1);
  }

  protected override async conclude(): Promise<void> {
    this.#work = null;
  }

  /** [n, classes], or [n, 1] for two classes: logarithms of odds. */
  decisionFunction(X: Samples): Tensor {
    const { x } = featuresOf('LogisticRegression', X, this.coef.shape[1], this.coef);
    try {
      return noGrad(() => scope(() => x.matmul(this.coef.mT).add(this.intercept).realize()));
    } finally {
      x.dispose();
    }
  }

  /** [n, classes] */
  predictProba(X: Samples): Tensor {
    return noGrad(() =>
      scope(() => {
        const logits = this.decisionFunction(X);
        if (logits.shape[1] !== 1) return logits.softmax(1).realize();
        // The logits of the first class are 0.
        return logits
          .pad([
            [0, 0],
            [1, 0],
          ])
          .softmax(1)
          .realize();
      }),
    );
  }

  /** int32 [n]: the likeliest class. */
  predict(X: Samples): Tensor {
    return scope(() => this.tensorOf('classes').indexSelect(0, this.predictProba(X).argmax(1)).realize());
  }

  /** The part of samples that are predicted right. */
  score(X: Samples, y: Tensor | ArrayLike<number>): number {
    return scope(() => {
      const predicted = this.predict(X).dataSync();
      const truth = y instanceof Tensor ? y.dataSync() : y;
      if (truth.length !== predicted.length)
        throw new RangeError(
          `LogisticRegression.score: ${predicted.length} samples and ${truth.length} classes.`,
        );
      return sumOf(predicted.map((label, i) => Number(label === truth[i]))) / predicted.length;
    });
  }
}
