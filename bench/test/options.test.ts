import { describe, expect, test } from 'vitest';
import { parseOptions, usage } from '../src/options.ts';
import { canDo, peerNames } from '../src/peers.ts';
import { workloads } from '../src/workloads/index.ts';

const parse = (line: string) => parseOptions(line.split(' '), ['js', 'wasm']);

describe('the command line', () => {
  test('names workloads, and takes all their cases', () => {
    const options = parse('w1 W4');
    expect(options).toMatchObject({ device: 'wasm', peers: [], json: false, runs: 7, seconds: 1 });
    expect(options?.workloads.map(({ workload, cases }) => [workload.name, cases.length])).toEqual([
      ['W1', 6],
      ['W4', 2],
    ]);
  });

  test('chooses cases, peers and lengths', () => {
    const options = parse('W6 --case decode,finetune --peer torch,ort,torch --runs 3 --seconds 0.5 --json');
    expect(options).toMatchObject({ peers: ['torch', 'ort'], json: true, runs: 3, seconds: 0.5 });
    expect(options?.workloads[0]?.cases.map(({ name }) => name)).toEqual(['decode', 'finetune']);
  });

  test('asks for help', () => {
    expect(parse('--help')).toBeNull();
    for (const { name, cases } of workloads) {
      for (const mentioned of [name, ...cases.map((one) => one.name)]) expect(usage).toContain(mentioned);
    }
  });

  test.each([
    ['--json', /Which workload/],
    ['W9', /no workload 'W9'; choose one of: W1, W2/],
    ['W1 --case 3', /W1 has no case '3'; choose one of: 256, 512/],
    ['W1 W2 --case 256', /--case goes with one workload/],
    ['W1 --device gpu', /no device 'gpu'; choose one of: js, wasm/],
    ['W1 --peer numpy', /no peer 'numpy'; choose from: torch/],
    ['W1 --runs 0', /--runs must be a positive number, not '0'/],
    ['W1 --runs 1.5', /--runs must be a whole number/],
    ['W1 --seconds x', /--seconds must be a positive number/],
    ['W1 --frames 2', /Unknown option '--frames'/],
  ])('%s is refused', (line, message) => {
    expect(() => parse(line)).toThrow(message);
  });
});

test('peers are asked for what they can do', () => {
  expect(canDo('torch', 'W5', 'dcgan')).toBe(true);
  expect(canDo('ort', 'W4', 'char')).toBe(false);
  expect(canDo('ort', 'W6', 'decode')).toBe(true);
  expect(canDo('jax-js', 'W6', 'finetune')).toBe(false);
  for (const peer of peerNames) {
    expect(workloads.some(({ name, cases }) => cases.some((one) => canDo(peer, name, one.name)))).toBe(true);
  }
});
