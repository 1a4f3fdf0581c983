import { checkProgram, expectationOf, type Failure } from './check.ts';
import { generateProgram } from './generate.ts';
import { type FuzzProgram, formatProgram } from './program.ts';
import { kernelsOf, type Mode } from './run.ts';
import { shrink } from './shrink.ts';

const modes: readonly Mode[] = ['fused', 'stepwise', 'compiled'];

/** The kernels for the report; if there are none, the reason may be what goes wrong. */
function describeKernels(program: FuzzProgram, device: string): string {
  try {
    const kernels = kernelsOf(program, device);
    return kernels.map(({ name, nodes }, i) => [`  ${i}: ${name}`, ...nodes].join('\n     ')).join('\n');
  } catch (error) {
    return `  none: ${error}`;
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
    'its kernels:',
    describeKernels(small.program, device),
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
