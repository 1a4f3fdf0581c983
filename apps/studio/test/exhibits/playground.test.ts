import { afterEach, describe, expect, it } from 'vitest';
import * as compute from '../../src/exhibits/playground/compute.ts';
import { MOST_CSV, readCsv } from '../../src/exhibits/playground/csv.ts';
import { heldOut, pointsOf } from '../../src/exhibits/playground/datasets.ts';
import { diagnose } from '../../src/exhibits/playground/diagnosis.ts';
import { featuresOf } from '../../src/exhibits/playground/network.ts';
import { checkpointSchema, GRID } from '../../src/exhibits/playground/snapshot.ts';
import {
  type DataPoint,
  dataNames,
  initialState,
  MOST_POINTS,
  type PlaygroundState,
  playgroundState,
} from '../../src/exhibits/playground/state.ts';

const stateOf = (changes: Partial<PlaygroundState>): PlaygroundState => ({ ...initialState, ...changes });

describe('data', () => {
  it.each(dataNames.filter((name) => name !== 'own'))(
    '%s are the same for the same seed, and in the picture',
    (data) => {
      const points = pointsOf(stateOf({ data, noise: 0.5 }));
      expect(points).toHaveLength(initialState.count);
      expect(pointsOf(stateOf({ data, noise: 0.5 }))).toEqual(points);
      expect(pointsOf(stateOf({ data, noise: 0.5, seed: 8 }))).not.toEqual(points);
      for (const [x, y] of points) expect(Math.max(Math.abs(x), Math.abs(y))).toBeLessThanOrEqual(1);
    },
  );

  it('holds out the same share of each class', () => {
    const state = stateOf({ data: 'four', count: 200, held: 0.3 });
    const points = pointsOf(state);
    const held = heldOut(points, state);
    for (const label of [0, 1, 2, 3])
      expect(points.filter((point, i) => held[i] && point[2] === label)).toHaveLength(15);
  });

  it('tells features of places', () => {
    expect([...featuresOf(['x2', 'xy', 'y'], [[0.5, -1]])]).toEqual([0.25, -0.5, -1]);
  });
});

describe('CSV', () => {
  it('reads titles, names of classes, and any scale', () => {
    const read = readCsv('ancho,largo,flor\n1,10,rosa\n3,30,clavel\n2,20,rosa\n');
    expect(read).toMatchObject({ ok: true, task: 'classes', classes: ['clavel', 'rosa'], skipped: 0 });
    expect(read.ok && read.points).toEqual([
      [-0.9, -0.9, 1],
      [0.9, 0.9, 0],
      [0, 0, 1],
    ]);
  });

  it('reads decimal commas between semicolons, and values where there are many', () => {
    const read = readCsv('0,5;1,5;-1\n1;2;0,2\n2;3;0,4\n3;4;0,6\n4;5;1\n');
    expect(read).toMatchObject({ ok: true, task: 'values' });
    expect(read.ok && read.points[0]).toEqual([-0.9, -0.9, -0.9]);
    expect(read.ok && read.points[4]).toEqual([0.9, 0.9, 0.9]);
  });

  it('skips what are no points, and refuses what cannot be learnt', () => {
    expect(readCsv('1,2,a\n<script>,2,b\nNaN,Infinity,a\n1e999,3,a\n3,4,b')).toMatchObject({
      ok: true,
      skipped: 3,
    });
    expect(readCsv('')).toEqual({ ok: false, reason: 'csvEmpty' });
    expect(readCsv('1,2,a\n2,3,a')).toEqual({ ok: false, reason: 'csvOneClass' });
    expect(readCsv('1,2,a\n2,3,b\n3,4,c\n4,5,d\n5,6,e')).toEqual({ ok: false, reason: 'csvClasses' });
    expect(readCsv('1'.repeat(MOST_CSV + 1))).toEqual({ ok: false, reason: 'csvTooLong' });
  });

  it('keeps as many as fit, and all of it is a state', () => {
    const text = Array.from({ length: MOST_POINTS + 50 }, (_, i) => `${i},${-i},${i % 2}`).join('\n');
    const read = readCsv(text);
    expect(read).toMatchObject({ ok: true, cut: 50 });
    const own = read.ok ? [...read.points] : [];
    expect(playgroundState.safeParse(stateOf({ data: 'own', own })).success).toBe(true);
    const huge = readCsv('1e308,0,a\n-1e308,1,b');
    expect(huge.ok && huge.points.map(([x]) => x)).toEqual([0.9, -0.9]);
  });
});

describe('state', () => {
  it('refuses what a link must not bring', () => {
    const bad: object[] = [
      { layers: [6, 9] },
      { layers: [1, 1, 1, 1, 1, 1] },
      { rate: 0 },
      { own: [[0, 2, 0]] },
      { data: 'own' },
      { features: [] },
      {
        data: 'own',
        own: [
          [0, 0, 0.5],
          [0, 0, 1],
        ] as DataPoint[],
      },
    ];
    for (const changes of bad)
      expect(playgroundState.safeParse({ ...initialState, ...changes }).success).toBe(false);
  });
});

describe('training', () => {
  afterEach(() => compute.end());

  const trained = async (changes: Partial<PlaygroundState>, steps: number) => {
    const state = stateOf(changes);
    const first = await compute.begin(state, pointsOf(state));
    return { first, last: await compute.step(steps) };
  };

  it('learns two moons, better than at first and on points that it has not seen', async () => {
    const { first, last } = await trained({ data: 'moons', rate: 0.03, layers: [8, 8] }, 300);
    expect(first.step).toBe(0);
    expect(last.step).toBe(300);
    expect(last.trainLoss).toBeLessThan(first.trainLoss / 3);
    expect(last.heldScore).toBeGreaterThan(0.95);
    expect(last.neurons).toHaveLength(GRID * GRID * 16);
    expect(last.surface).toHaveLength(GRID * GRID * 2);
  });

  it('learns four classes with normalization and dropout, and a plane of values', async () => {
    const four = await trained(
      { data: 'four', normalize: true, dropout: 0.2, noise: 0.05, layers: [8] },
      200,
    );
    expect(four.last.heldScore).toBeGreaterThan(0.9);
    expect(four.last.surface).toHaveLength(GRID * GRID * 4);
    const plane = await trained({ data: 'plane', noise: 0, layers: [], rate: 0.03 }, 300);
    expect(plane.last.heldScore).toBeGreaterThan(0.98);
  });

  it('cannot part a ring by a line', async () => {
    const { last } = await trained({ data: 'rings', noise: 0, layers: [], rate: 0.03 }, 300);
    expect(last.heldScore).toBeLessThan(0.75);
    const squares = await trained(
      { data: 'rings', noise: 0, layers: [], rate: 0.1, features: ['x2', 'y2'] },
      300,
    );
    expect(squares.last.heldScore).toBeGreaterThan(0.95);
  });

  it('knows dead neurons: born under zero they have no gradient and never learn; a revived one does', async () => {
    const { first, last } = await trained({ bias: -4, layers: [4] }, 100);
    for (const snapshot of [first, last]) {
      expect(diagnose(snapshot.layers, 'relu')).toEqual([['dead', 'dead', 'dead', 'dead']]);
      for (const neuron of snapshot.layers[0] ?? []) {
        expect(neuron.gradient).toBe(0);
        expect(neuron.active).toBe(0);
        expect(neuron.deadSince).toBe(0);
      }
    }
    expect(last.layers[0]?.[2]?.weights).toEqual(first.layers[0]?.[2]?.weights);
    const revived = await compute.revive(0, 2);
    expect(diagnose(revived.layers, 'relu')[0]?.[2]).not.toBe('dead');
    expect(revived.layers[0]?.[2]?.gradient).toBeGreaterThan(0);
    // The same with a leaky ReLU: weak, not dead.
    const leaky = await trained({ bias: -4, layers: [4], activation: 'leaky' }, 1);
    expect(leaky.first.layers[0]?.[0]?.gradient).toBeGreaterThan(0);
  });

  it('kills neurons with a rate that is too high, and says since when', async () => {
    const { last } = await trained({ optimizer: 'sgd', rate: 3, layers: [8], batch: 4, data: 'rings' }, 200);
    const dead = (last.layers[0] ?? []).filter(({ deadSince }) => deadSince !== null);
    expect(dead.length).toBeGreaterThan(0);
  });

  it("opens a neuron's sum: its faces are of the network as it is now", async () => {
    const { last } = await trained({ layers: [4] }, 10);
    const neuron = last.layers[0]?.[1];
    const { value, checks } = await compute.faces(0, 1);
    expect(value).toBeGreaterThanOrEqual((neuron?.least ?? 0) - 1e-5);
    expect(value).toBeLessThanOrEqual((neuron?.greatest ?? 0) + 1e-5);
    expect(checks.length).toBeGreaterThan(0);
    for (const check of checks) expect(check.passed).toBe(true);
  });

  it('goes on from a checkpoint exactly where it was', async () => {
    const state = stateOf({ dropout: 0.2, normalize: true, optimizer: 'adamw', decay: 0.01 });
    const points = pointsOf(state);
    await compute.begin(state, points);
    await compute.step(37);
    const checkpoint = checkpointSchema.parse((await compute.checkpoint()).checkpoint);
    const straight = await compute.step(40);
    await compute.begin(state, points, checkpoint);
    const resumed = await compute.step(40);
    expect(resumed.step).toBe(77);
    expect(resumed.trainLoss).toBe(straight.trainLoss);
    expect(resumed.layers).toEqual(straight.layers);
    expect([...resumed.surface]).toEqual([...straight.surface]);
  });

  it('trains until it is paused, and takes other points on the way', async () => {
    const state = stateOf({ speed: 'fast' });
    await compute.begin(state, pointsOf(state));
    const steps: number[] = [];
    await compute.train(
      async (snapshot) => {
        steps.push(snapshot.step);
        if (steps.length === 3) void compute.pause();
      },
      { pace: 30 },
    );
    expect(steps).toHaveLength(3);
    expect(steps[0]).toBeGreaterThan(0);
    const own: DataPoint[] = [
      [-0.5, 0, 0],
      [0.5, 0, 1],
      [0.5, 0.2, 1],
    ];
    const others = await compute.setPoints({ ...state, data: 'own', own }, own);
    expect(others?.step).toBe(steps[2]);
    expect(await compute.setPoints({ ...state, data: 'own', own }, [...own, [0, 0, 2]])).toBeNull();
  });
});
