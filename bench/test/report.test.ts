import { describe, expect, test } from 'vitest';
import { formatLine, formatNotes, formatTable, limitOf, type Measurement, ratioOf } from '../src/report.ts';
import { median, quantile, summarize } from '../src/statistics.ts';
import { type Case, inUnit } from '../src/workload.ts';

const measurement: Measurement = {
  workload: 'W1',
  case: '1024',
  device: 'wasm',
  threads: 2,
  unit: 'GFLOP/s',
  median: 98.7654321,
  best: 101,
  limit: 0.8765432,
  peakMB: 24,
  firstStepMs: 55.5,
  overhead: 0.0123,
  peer: null,
  peerMedian: null,
  ratio: null,
  worst: 90,
  spread: 0.03,
  secondStepMs: 22,
  rssMB: 150,
  peakGflops: 112,
  peakGigabytes: 25,
  deviation: 1.2e-6,
  checked: 'the last product',
  peerName: null,
  peerBest: null,
  peerFirstStepMs: null,
  peerRssMB: null,
  machine: 'a machine',
};

const beside = (peer: string, peerMedian: number): Measurement => ({
  ...measurement,
  peer,
  peerMedian,
  peerName: `${peer} 1.0`,
  ratio: ratioOf('GFLOP/s', measurement.median, peerMedian),
});

describe('a line of JSON', () => {
  test('has the agreed names first, and numbers that can be read', () => {
    const line = formatLine(measurement);
    expect(line).not.toContain('\n');
    expect(Object.keys(JSON.parse(line)).slice(0, 14)).toEqual(
      'workload case device threads unit median best limit peakMB firstStepMs overhead peer peerMedian ratio'.split(
        ' ',
      ),
    );
    expect(JSON.parse(line)).toMatchObject({ median: 98.77, limit: 0.8765, deviation: 1.2e-6, peer: null });
  });
});

describe('the table', () => {
  test('has no columns for peers where there are none', () => {
    expect(formatTable([measurement])).toBe(
      [
        'case        median  best  spread   limit  overhead  first ms  second  peak MB',
        '1024  98.8 GFLOP/s   101  3.00 %  87.7 %    1.23 %      55.5    22.0     24.0',
      ].join('\n'),
    );
  });

  test('shows our figures once, with a row for each peer', () => {
    const rows = formatTable([beside('torch', 197.53), beside('jax-js', 49.38)]).split('\n');
    expect(rows).toHaveLength(3);
    expect(rows[1]).toMatch(/^1024 .* torch +198 +0\.50$/);
    expect(rows[2]).toMatch(/^ +jax-js +49\.4 +2\.00$/);
  });

  test('has the machine, its limits, the check and the peers below', () => {
    const notes = formatNotes([beside('torch', 100), beside('jax-js', 50)]);
    expect(notes.split('\n')).toEqual([
      "machine: a machine, 2 threads on 'wasm'",
      'its limits: 1024 112 GFLOP/s, 25.0 GB/s',
      'largest relative difference: 1024 1.2e-6 (the last product)',
      'peers: torch 1.0; jax-js 1.0',
    ]);
  });
});

test('the limit is that of arithmetic or of memory, whichever takes longer', () => {
  const machine = { gflops: 100, gigabytes: 20 };
  // 10 ms at 100 GFLOP/s; 5 ms at 20 GB/s.
  expect(limitOf({ operations: 1e9, bytes: 1e8 }, 20, machine)).toBeCloseTo(0.5, 10);
  expect(limitOf({ operations: 1e8, bytes: 1e8 }, 20, machine)).toBeCloseTo(0.25, 10);
});

test('a ratio above 1 means that ours is better, for rates and for times', () => {
  expect(ratioOf('GFLOP/s', 100, 50)).toBe(2);
  expect(ratioOf('tokens/s', 20, 40)).toBe(0.5);
  expect(ratioOf('ms', 10, 40)).toBe(4);
});

test('milliseconds in the unit of a case', () => {
  const one = { unit: 'GFLOP/s', operations: 2e9 } as Case;
  expect(inUnit(one, 20)).toBeCloseTo(100, 10);
  expect(inUnit({ ...one, unit: 'tokens/s' }, 20)).toBeCloseTo(50, 10);
  expect(inUnit({ ...one, unit: 'ms' }, 20)).toBe(20);
});

test('medians and quantiles', () => {
  expect(median([5, 1, 3])).toBe(3);
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(quantile([10, 20, 30, 40, 50], 0.25)).toBe(20);
  expect(summarize([3, 1, 2, 5, 4])).toEqual({ median: 3, best: 1, worst: 5, spread: 2 / 3 });
  expect(() => median([])).toThrow(/no values/);
});
