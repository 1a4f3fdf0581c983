import { isFloat } from '../../../src/graph/dtype.ts';
import type { Tensor } from '../../../src/index.ts';
import { checkProgram, expectationOf, type Failure } from './check.ts';
import {
  type Definition,
  type FuzzDType,
  type FuzzProgram,
  inputsOf,
  mapDefinition,
  type Step,
  withoutDeadCode,
} from './program.ts';
import { callStep, isolated, makeLeaf } from './run.ts';
import { leafOf } from './workbench.ts';

export interface Shrunk {
  readonly program: FuzzProgram;
  readonly failure: Failure;
}

/** Attempts are cheap, but a bug that hides among many steps may ask for a lot of them. */
const MOST_ATTEMPTS = 400;

/** The value of every definition, as a leaf that could take its place. */
function leavesOf({ definitions }: FuzzProgram): Definition[] {
  const place = { device: 'js', float: 'float32', mode: 'stepwise' } as const;
  return isolated('js', 'float32', () => {
    const values: Tensor[] = [];
    return definitions.map((definition) => {
      const value = makeLeaf(definition, place, false) ?? callStep(definition as Step, values, 'float32');
      values.push(value.realize());
      const dtype = isFloat(value.dtype) ? 'float' : (value.dtype as FuzzDType);
      return leafOf(value.shape, dtype, value.dataSync());
    });
  });
}

const replaceDefinition = (program: FuzzProgram, i: number, definition: Definition): FuzzProgram => ({
  ...program,
  definitions: program.definitions.with(i, definition),
});

/** Everything that used definition `from` uses `to` instead. */
function bypass(program: FuzzProgram, from: number, to: number): FuzzProgram {
  const renumber = (i: number) => (i === from ? to : i);
  return {
    definitions: program.definitions.map((definition) => mapDefinition(definition, renumber)),
    outputs: [...new Set(program.outputs.map(renumber))],
    backward: [...new Set(program.backward.map(renumber))],
  };
}

/** Programs that are simpler by one change, the most promising first. */
function* simpler(program: FuzzProgram, failure: Failure): Generator<FuzzProgram> {
  const { definitions, outputs, backward } = program;
  if (failure.output >= 0 && (outputs.length > 1 || backward.length > 0)) {
    yield { ...program, outputs: [outputs[failure.output] as number], backward: [] };
  }
  if (backward.length > 0) yield { ...program, backward: [] };
  for (const output of backward.length > 1 ? backward : []) yield { ...program, backward: [output] };
  for (const output of outputs.length > 1 ? outputs : []) {
    // An output that gradients start from may go too: backward needs the definition only.
    yield {
      ...program,
      outputs: outputs.filter((o) => o !== output),
      backward: backward.filter((o) => o !== output),
    };
  }
  // An earlier output may show the same bug.
  for (let i = 0; i < definitions.length && outputs.length === 1; i++) {
    const isStep = definitions[i]?.kind === 'step';
    if (isStep && !outputs.includes(i))
      yield { ...program, outputs: [i], backward: backward.length > 0 ? [i] : [] };
  }
  const leaves = leavesOf(program);
  for (let i = definitions.length - 1; i >= 0; i--) {
    if (definitions[i]?.kind === 'step') yield replaceDefinition(program, i, leaves[i] as Definition);
  }
  for (let i = definitions.length - 1; i >= 0; i--) {
    for (const input of inputsOf(definitions[i] as Definition)) {
      const [own, other] = [leaves[i], leaves[input]];
      if (
        own?.kind === 'leaf' &&
        other?.kind === 'leaf' &&
        own.dtype === other.dtype &&
        own.shape.join() === other.shape.join()
      ) {
        yield bypass(program, i, input);
      }
    }
  }
  for (const [i, definition] of definitions.entries()) {
    if (definition.kind !== 'leaf' || definition.dtype === 'bool') continue;
    for (const make of simpleData) {
      // Only to what is simpler, or there would be no end.
      if (make === simpleData.find((f) => definition.data.every((x, j) => x === f(j)))) break;
      yield replaceDefinition(program, i, { ...definition, data: definition.data.map((_, j) => make(j)) });
    }
  }
}

/** The simplest first: numbers that tell where an element came from. */
const simpleData: readonly ((i: number) => number)[] = [(i) => i, (i) => i % 3, () => 1];

/** Makes a failing program as small as it gets while it still fails on the same device in the same mode. */
export function shrink(program: FuzzProgram, failure: Failure): Shrunk {
  let best: Shrunk = { program: withoutDeadCode(program), failure };
  let attempts = 0;
  let progress = true;
  while (progress && attempts < MOST_ATTEMPTS) {
    progress = false;
    for (const candidate of simpler(best.program, best.failure)) {
      if (attempts++ >= MOST_ATTEMPTS) break;
      const smaller = tryProgram(withoutDeadCode(candidate), failure);
      if (!smaller) continue;
      best = smaller;
      progress = true;
      break;
    }
  }
  return best;
}

/** The program with its failure if it still fails; a program that the oracle cannot compute shows nothing. */
function tryProgram(program: FuzzProgram, { device, mode }: Failure): Shrunk | null {
  try {
    const expectation = expectationOf(program);
    const failure = expectation && checkProgram(program, expectation, device, mode);
    return failure ? { program, failure } : null;
  } catch {
    return null;
  }
}
