// The four faces of a number of a tensor. In a worker:
//
//   startRecording();                       // once, before anything is computed; { keepValues: true } for learners' code
//   …                                       // code that uses lumbre; learners' code gets `recordedLumbre()` as its lumbre
//   await facesOf(tensor, index, { name: 'weights' });
//
// Formula, code, gradient and check are all of what the engine did: nothing is written by hand. What cannot be known any more,
// since the numbers that it was made of are gone, is left out rather than guessed.

import { scope, type Tensor } from 'lumbre';
import { callSiteLine } from './callSite.ts';
import { differenceCheck, gradientOf, oracleCheck } from './checks.ts';
import type { FaceCheck, Faces } from './faces.ts';
import { type Formula, Operand, positionOf, rules, texNumber, texSymbol } from './formulas/index.ts';
import { cameFrom, isMovement } from './movements.ts';
import { lossOf, quietly } from './recorder.ts';
import { LostValueError, replay } from './replay.ts';
import { currentValue, type Recorded, sourcesOf, swapIn, Value } from './values.ts';

export { recordedLumbre, startRecording } from './recorder.ts';
export { forgetValues } from './values.ts';

export interface FacesOptions {
  /** What the tensor is called. */
  readonly name: string;
  /** The learner's code, and the name under which stacks know it. */
  readonly source?: string;
  readonly file?: string;
  /** What is differentiated; the last single number that was made of the tensor, unless given. */
  readonly loss?: Tensor;
  readonly lossName?: string;
  /** What other tensors are called, for the formula; letters stand for those that have no name. */
  readonly names?: Readonly<Record<string, Tensor>>;
}

/** Lines of code that are shown before and after the one that made a number. */
const AROUND = 2;

/** The faces of one element, by its place in row-major order. */
export async function facesOf(tensor: Tensor, index: number, options: FacesOptions): Promise<Faces> {
  const { name } = options;
  const own = currentValue(tensor);
  const at = positionOf(index, own.shape);
  const numbers = await tensor.data();
  if (index < 0 || index >= numbers.length)
    throw new RangeError(`faces: there is no element ${index} of ${numbers.length}.`);
  const value = Number(numbers[index]);
  const symbol = texSymbol(name, at);
  const names = new Map(
    Object.entries(options.names ?? {}).map(([text, named]) => [currentValue(named), text]),
  );
  const loss = options.loss ? currentValue(options.loss) : lossOf(own);
  const gradient = loss && own.isFloat ? await orNothing(() => gradientOf(loss, own, index)) : null;
  const checks = [
    await orNothing(() => oracleCheck(own, index, value)),
    loss && gradient !== null ? await orNothing(() => differenceCheck(loss, own, index, gradient)) : null,
  ];
  return {
    name: at.length === 0 ? name : `${name}[${at.join(', ')}]`,
    value,
    formula: (await orNothing(() => formulaFace(own, index, at, symbol, value, names))) ?? {
      tex: symbol,
      numbers: texNumber(value),
    },
    code: codeFace(own.record, options),
    gradient:
      gradient === null
        ? null
        : {
            of: options.lossName ?? (loss && names.get(loss)) ?? 'loss',
            value: gradient,
            tex: `\\dfrac{\\partial L}{\\partial ${symbol}} = ${texNumber(gradient)}`,
          },
    checks: checks.filter((check): check is FaceCheck => check !== null),
  };
}

/** What cannot be told since values are gone is not told. Other errors are errors. */
async function orNothing<T>(tell: () => Promise<T>): Promise<T | null> {
  try {
    return await tell();
  } catch (error) {
    if (error instanceof LostValueError) return null;
    throw error;
  }
}

async function formulaFace(
  own: Value,
  index: number,
  at: readonly number[],
  symbol: string,
  value: number,
  names: ReadonlyMap<Value, string>,
): Promise<Faces['formula'] | null> {
  const { record } = own;
  if (!record || sourcesOf(record).length === 0) return null;
  const called = namesOf(record, names);
  const formula = isMovement(record)
    ? await movedFormula(own, index, called)
    : (rules.get(record.op)?.({ ...record, at, args: await operandsOf(record, called) }) ?? null);
  if (!formula) {
    // It has no rule: what was done to what is said, and no more.
    const things = [...called.values()].map((text) => texSymbol(text, [])).join(', ');
    const place = at.length === 0 ? '' : `_{${at.join(',')}}`;
    return {
      tex: `${symbol} = \\text{${record.op}}(${things})${place}`,
      numbers: texNumber(value),
    };
  }
  // A formula that comes to something else shows that it does.
  const near = Math.abs(formula.value - value) <= 1e-2 * Math.max(1, Math.abs(value));
  const isEqual = near || Object.is(formula.value, value);
  return {
    tex: `${symbol} = ${formula.tex}`,
    numbers: `${formula.numbers} ${isEqual ? '=' : '\\neq'} ${texNumber(value)}`,
  };
}

const letters = ['a', 'b', 'c', 'd', 'f', 'g', 'h'];

/** What the operands of an operation are called: by their names, or by letters. */
function namesOf(record: Recorded, names: ReadonlyMap<Value, string>): Map<Value, string> {
  const called = new Map<Value, string>();
  const free = letters.filter((letter) => ![...names.values()].includes(letter));
  for (const source of sourcesOf(record))
    if (!called.has(source)) called.set(source, names.get(source) ?? free.shift() ?? 'z');
  return called;
}

const numbersOf = async (value: Value): Promise<ArrayLike<number>> => {
  const { tensor } = value;
  if (tensor) return (await tensor.data()) as ArrayLike<number>;
  const again = quietly(() => scope(() => replay(value)));
  const numbers = await again.data();
  again.dispose();
  return numbers as ArrayLike<number>;
};

async function operandsOf(record: Recorded, called: ReadonlyMap<Value, string>): Promise<unknown[]> {
  const operands = new Map<Value, Operand>();
  for (const [value, name] of called)
    operands.set(value, new Operand(name, value.shape, await numbersOf(value)));
  return swapIn(record.args, (leaf) => (leaf instanceof Value ? operands.get(leaf) : leaf)) as unknown[];
}

async function movedFormula(
  own: Value,
  index: number,
  called: ReadonlyMap<Value, string>,
): Promise<Formula | null> {
  const from = await cameFrom(own, index);
  if (!from) return null;
  const value = Number((await numbersOf(from.source))[from.place]);
  const tex = texSymbol(called.get(from.source) as string, positionOf(from.place, from.source.shape));
  return { tex, numbers: texNumber(value), value };
}

function codeFace(record: Recorded | null, { source, file }: FacesOptions): Faces['code'] {
  if (!source) return null;
  const lines = source.split('\n');
  const line = record && file ? callSiteLine(record.site.stack, file) : null;
  if (line === null || line > lines.length) return { source, line: null, firstLine: 1 };
  const first = Math.max(1, line - AROUND);
  const shown = lines.slice(first - 1, Math.min(lines.length, line + AROUND));
  return { source: shown.join('\n'), line: line - first + 1, firstLine: first };
}
