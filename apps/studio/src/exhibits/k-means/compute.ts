import { cdist, Generator, scope, type Tensor, tensor } from 'lumbre';
import { KMeans, PCA } from 'lumbre/models';
import type { Faces } from '../../faces/faces.ts';
import { facesOf, startRecording } from '../../faces/record.ts';
import { randomFrom } from '../support/random.ts';
import type { Place } from './state.ts';

// The two half-steps of k-means, and what they are compared with, by the engine.

/** Which centroid is nearest to each point, and the sum of the squared distances to it. */
export interface Assignment {
  readonly labels: readonly number[];
  readonly inertia: number;
}

const matrix = (places: readonly Place[]): Tensor =>
  tensor(Float32Array.from(places.flat()), { shape: [places.length, 2] });

async function read<T extends readonly Tensor[]>(tensors: T): Promise<number[][]> {
  const values = await Promise.all(tensors.map(async (t) => [...(await t.data())].map(Number)));
  for (const t of tensors) t.dispose();
  return values;
}

export async function assign(points: readonly Place[], centroids: readonly Place[]): Promise<Assignment> {
  const [labels, inertia] = await read(
    scope(() => {
      const squared = cdist(matrix(points), matrix(centroids)).square();
      return [squared.argmin(1), squared.amin(1).sum()];
    }),
  );
  return { labels: labels as number[], inertia: inertia?.[0] as number };
}

/** Each centroid in the middle of its points, and the inertia then; one without points stays where it is. */
export async function move(
  points: readonly Place[],
  labels: readonly number[],
  centroids: readonly Place[],
): Promise<{ centroids: Place[]; inertia: number }> {
  const [places, inertia] = await read(
    scope(() => {
      const [x, before] = [matrix(points), matrix(centroids)];
      const member = tensor(Int32Array.from(labels)).oneHot(centroids.length).to('float32');
      const counts = member.sum(0).reshape(-1, 1);
      const middles = member.T.matmul(x)
        .div(counts.clamp({ min: 1 }))
        .where(counts.gt(0), before);
      return [middles, x.sub(member.matmul(middles)).square().sum()];
    }),
  );
  return {
    centroids: centroids.map((_, i): Place => [places?.[2 * i] as number, places?.[2 * i + 1] as number]),
    inertia: inertia?.[0] as number,
  };
}

/**
 * How k-means++ chooses its next centroid: of each point, the chance to be it, its squared distance to the nearest centroid
 * that there is as a share of all; and the point that the seed draws. Before the first, all have the same chance.
 */
export async function nextCentroid(
  points: readonly Place[],
  centroids: readonly Place[],
  seed: number,
): Promise<{ chances: number[]; chosen: number }> {
  let chances = points.map(() => 1 / points.length);
  if (centroids.length > 0) {
    const [shares] = await read(
      scope(() => {
        const nearest = cdist(matrix(points), matrix(centroids)).square().amin(1);
        return [nearest.div(nearest.sum())];
      }),
    );
    chances = shares as number[];
  }
  let left = randomFrom(seed * 7919 + 31 * centroids.length).next();
  const chosen = chances.findIndex((chance) => {
    left -= chance;
    return left < 0;
  });
  return { chances, chosen: chosen < 0 ? points.length - 1 : chosen };
}

/** The best of twenty starts: what a result is measured by. */
export async function best(
  points: readonly Place[],
  k: number,
  seed: number,
): Promise<{ centroids: Place[]; inertia: number }> {
  const model = new KMeans({ nClusters: k, nInit: 20, tol: 0, generator: new Generator(seed) });
  try {
    await model.fit(points.map((point) => Float64Array.from(point)));
    const flat = [...(await model.clusterCenters.data())].map(Number);
    return {
      centroids: Array.from(
        { length: k },
        (_, i): Place => [flat[2 * i] as number, flat[2 * i + 1] as number],
      ),
      inertia: model.inertia,
    };
  } finally {
    model.dispose();
  }
}

/** The direction in which the points vary most, how much, and the share of all variance that lies along it. */
export async function axis(
  points: readonly Place[],
): Promise<{ mean: Place; direction: Place; deviation: number; share: number }> {
  const model = new PCA();
  try {
    model.fit(points.map((point) => Float64Array.from(point)));
    const [mean, components, variance, ratio] = await Promise.all(
      [model.mean, model.components, model.explainedVariance, model.explainedVarianceRatio].map(async (t) =>
        [...(await t.data())].map(Number),
      ),
    );
    return {
      mean: [mean?.[0] as number, mean?.[1] as number],
      direction: [components?.[0] as number, components?.[1] as number],
      deviation: Math.sqrt(variance?.[0] as number),
      share: ratio?.[0] as number,
    };
  } finally {
    model.dispose();
  }
}

/** The faces of the inertia: recorded while it is computed once more. */
export async function faces(
  points: readonly Place[],
  labels: readonly number[],
  centroids: readonly Place[],
): Promise<Faces> {
  startRecording();
  const [x, own] = [matrix(points), matrix(labels.map((label) => centroids[label] ?? [0, 0]))];
  const squares = x.sub(own).square();
  const inertia = squares.sum();
  try {
    return await facesOf(inertia, 0, { name: 'inertia' });
  } finally {
    for (const used of [x, own, squares, inertia]) used.dispose();
  }
}
