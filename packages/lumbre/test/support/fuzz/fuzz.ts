import type { Tensor } from '../../../src/index.ts';
import { getDevice } from '../../../src/runtime/devices.ts';
import { normalize } from '../../../src/schedule/normalize.ts';
import { checkProgram, expectationOf, type Failure } from './check.ts';
import { generateProgram } from './generate.ts';
import { type FuzzProgram, formatProgram, type Step } from './program.ts';
import { callStep, isolated, type Mode, makeLeaf } from './run.ts';
import { shrink } from './shrink.ts';

const modes: readonly Mode[] = ['fused', 'stepwise', 'compiled'];

/** The kernels that a device makes of a program, for the report; what goes wrong is a part of it. */
function kernelsOf({ definitions, outputs }: FuzzProgram, device: string): string {
  try {
    return isolated(device, 'float32', () => {
      const values: Tensor[] = [];
      const place = { device, float: 'float32', mode: 'fused' } as const;
      for (const definition of definitions) {
        values.push(makeLeaf(definition, place, false) ?? callStep(definition as Step, values, 'float32'));
      }
      const nodes = outputs.map((output) => (values[output] as Tensor).node);
      const { kernels } = getDevice(device).prepare(normalize(nodes)).report();
      return kernels
        .map(({ name, nodes }, i) => `  ${i}: ${name}\n${nodes.map((n) => `     ${n}`).join('\n')}`)
        .join('\n');
    });
  } catch (error) {
    return `  no report: ${error}`;
  }
}

function report(seed: number, program: FuzzProgram, failure: Failure): string {
  const small = shrink(program, failure);
  const { device, mode } = failure;
  return [
    `seed ${seed} fails on '${device}', ${mode}:`,
    small.failure.message,
    '',
    `shrunk from ${program.definitions.length} to ${small.program.definitions.length} definitions:`,
    formatProgram(small.program),
    '',
    'kernels of its outputs:',
    kernelsOf(small.program, device),
    '',
    `the failure before shrinking: ${failure.message.split('\n', 3).join('\n')}`,
  ].join('\n');
}

/** What became of one random program. */
export interface Fuzzed {
  readonly program: FuzzProgram;
  /** Whether its gradients had to be left out because rounding says too much about them. */
  readonly withoutGradients: boolean;
  readonly failures: readonly string[];
}

/** Makes the program of a seed and runs it on each device in every mode. */
export function fuzz(seed: number, devices: readonly string[]): Fuzzed {
  let program = generateProgram(seed);
  let expectation = expectationOf(program);
  const withoutGradients = !expectation;
  if (!expectation) {
    program = { ...program, backward: [] };
    expectation = expectationOf(program);
  }
  if (!expectation) {
    throw new Error(
      `fuzz: seed ${seed} made a program whose values cannot be compared:\n${formatProgram(program)}`,
    );
  }
  for (const device of devices) {
    for (const mode of modes) {
      const failure = checkProgram(program, expectation, device, mode);
      // Other modes fail for the same reason as a rule.
      if (failure) return { program, withoutGradients, failures: [report(seed, program, failure)] };
    }
  }
  return { program, withoutGradients, failures: [] };
}
