import { compile, scope, type Tensor, tensor } from 'lumbre';
import { r2Score, rootMeanSquaredError } from 'lumbre/metrics';
import { LinearRegression } from 'lumbre/models';
import { mseLoss, parameter } from 'lumbre/nn';
import { SGD } from 'lumbre/optim';
import type { Faces } from '../../faces/faces.ts';
import { facesOf, startRecording } from '../../faces/record.ts';
import type { Place } from './state.ts';

// A line and its errors, by the engine: what is dragged is measured, and then gradient descent drags it.

export interface Line {
  readonly slope: number;
  readonly height: number;
}

/** How good a line is for some points. R² is NaN where there are fewer than two. */
export interface Figures {
  /** The mean of the squared errors. */
  readonly mse: number;
  readonly rmse: number;
  readonly r2: number;
  /** How the mean squared error changes with the slope, and with the height. */
  readonly gradient: readonly [slope: number, height: number];
}

const columns = (points: readonly Place[]) =>
  [tensor(Float32Array.from(points, ([x]) => x)), tensor(Float32Array.from(points, ([, y]) => y))] as const;

export async function figures(points: readonly Place[], { slope, height }: Line): Promise<Figures> {
  if (points.length === 0) return { mse: Number.NaN, rmse: Number.NaN, r2: Number.NaN, gradient: [0, 0] };
  const results = scope(() => {
    const [x, y] = columns(points);
    const a = tensor(slope, { requiresGrad: true });
    const b = tensor(height, { requiresGrad: true });
    const guess = x.mul(a).add(b);
    const loss = mseLoss(guess, y);
    loss.backward();
    // Gradients go with their tensors, which end here.
    return [loss.detach(), guess.detach(), (a.grad as Tensor).add(0), (b.grad as Tensor).add(0)];
  });
  const [loss, guess, byslope, byheight] = await Promise.all(
    results.map(async (t) => [...(await t.data())].map(Number)),
  );
  for (const used of results) used.dispose();
  const truth = points.map(([, y]) => y);
  return {
    mse: loss?.[0] as number,
    rmse: rootMeanSquaredError(truth, guess as number[]),
    r2: points.length > 1 ? r2Score(truth, guess as number[]) : Number.NaN,
    gradient: [byslope?.[0] as number, byheight?.[0] as number],
  };
}

/** So many steps of gradient descent from a line: the lines after each. It ends early where numbers grow past all bounds. */
export async function descend(
  points: readonly Place[],
  from: Line,
  { rate, steps }: { rate: number; steps: number },
): Promise<(Line & { mse: number })[]> {
  const [x, y] = columns(points);
  const [a, b] = [parameter(tensor(from.slope)), parameter(tensor(from.height))];
  const optimizer = new SGD([a, b], { lr: rate });
  const step = compile((inputs: Tensor, targets: Tensor) => {
    const loss = mseLoss(inputs.mul(a).add(b), targets);
    loss.backward();
    optimizer.step();
    optimizer.zeroGrad();
    return loss;
  });
  const lines: (Line & { mse: number })[] = [];
  for (let i = 0; i < steps; i++) {
    const loss = step(x, y);
    const line = { slope: await a.item(), height: await b.item(), mse: await loss.item() };
    loss.dispose();
    if (![line.slope, line.height].every((value) => Math.abs(value) < 1000)) break;
    lines.push(line);
  }
  step.dispose();
  optimizer.dispose();
  for (const used of [x, y, a, b]) used.dispose();
  return lines;
}

/** The best line there is, by the normal equations. */
export async function best(points: readonly Place[]): Promise<Line> {
  const model = new LinearRegression();
  try {
    model.fit(
      points.map(([x]) => [x]),
      points.map(([, y]) => y),
    );
    const [slope] = await model.coef.data();
    return { slope: Number(slope), height: Number((await model.intercept.data())[0]) };
  } finally {
    model.dispose();
  }
}

/** The faces of the error, or of the slope: recorded while it is computed once more. */
export async function faces(
  points: readonly Place[],
  { slope, height }: Line,
  of: 'mse' | 'slope',
): Promise<Faces> {
  startRecording();
  const [x, y] = columns(points);
  const a = tensor(slope, { requiresGrad: true });
  const b = tensor(height, { requiresGrad: true });
  const errors = x.mul(a).add(b).sub(y);
  const loss = errors.square().mean();
  try {
    return of === 'mse'
      ? await facesOf(loss, 0, { name: 'mse' })
      : await facesOf(a, 0, { name: 'a', loss, lossName: 'mse' });
  } finally {
    for (const used of [x, y, a, b, errors, loss]) used.dispose();
  }
}
