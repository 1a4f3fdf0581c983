// The four faces of a number of a tensor. In a worker:
//
//   startRecording();                       // once, before anything is computed
//   …                                       // code that uses lumbre; learners' code gets `recordedLumbre()` as its lumbre
//   await facesOf(tensor, index, { name: 'weights' });
//
// Formula, code, gradient and check are all of what the engine did: nothing is written by hand.

import { tensor as makeTensor, type Tensor, valueAndGrad } from 'lumbre';
import { callSiteLine } from './callSite.ts';
import type { FaceCheck, Faces } from './faces.ts';
import {
  type Formula,
  flatIndex,
  formulaOf,
  movements,
  type Operand,
  positions,
  texNumber,
} from './formula.ts';
import { isFloat, lossOf, type Recorded, recordOf, sourcesOf } from './recorder.ts';
import { replay, replayHere } from './replay.ts';

export { recordedLumbre, startRecording } from './recorder.ts';

export interface FacesOptions {
  /** What the tensor is called. */
  readonly name: string;
  /** The learner's code, and the name under which stacks know it. */
  readonly source?: string;
  readonly file?: string;
  /** What is differentiated; the last single number that was made of the tensor, unless given. */
  readonly loss?: Tensor;
  readonly lossName?: string;
}

/** Lines of code that are shown before and after the one that made a number. */
const AROUND = 2;
const letters = ['a', 'b', 'c', 'd'];

/** The faces of one element, by its place in row-major order. */
export async function facesOf(tensor: Tensor, index: number, options: FacesOptions): Promise<Faces> {
  const { shape } = tensor;
  const at = positions(index, shape);
  const values = await tensor.data();
  if (index < 0 || index >= values.length)
    throw new RangeError(`faces: there is no element ${index} of ${values.length}.`);
  const value = Number(values[index]);
  const record = recordOf(tensor);
  const formula = record ? await formulaFor(tensor, record, at) : null;
  const bare = { tex: symbolOf(options.name, at), numbers: texNumber(value) };
  const loss = options.loss ?? lossOf(tensor);
  const gradient = loss && isFloat(tensor) ? await gradientAt(loss, tensor, index) : null;
  return {
    name: at.length === 0 ? options.name : `${options.name}[${at.join(', ')}]`,
    value,
    formula: formula ? equation(options.name, at, formula, value) : bare,
    code: codeOf(record, options),
    gradient:
      gradient === null
        ? null
        : {
            of: options.lossName ?? 'loss',
            value: gradient.value,
            tex: `\\dfrac{\\partial L}{\\partial ${symbolOf(options.name, at)}} = ${texNumber(gradient.value)}`,
          },
    checks: [
      ...(record && sourcesOf(record).length > 0 ? [await oracleCheck(tensor, index, value)] : []),
      ...(gradient ? [gradient.check] : []),
    ],
  };
}

/** A name of code as a symbol of TeX. */
const symbolOf = (name: string, at: readonly number[]): string => {
  const text = /^[a-zA-Z]$/.test(name) ? name : `\\text{${name.replace(/[\\{}$&#%_^~]/g, ' ')}}`;
  return at.length === 0 ? text : `${text}_{${at.join(',')}}`;
};

const equation = (name: string, at: readonly number[], formula: Formula, value: number) => ({
  tex: `${symbolOf(name, at)} = ${formula.tex}`,
  numbers: `${formula.numbers} = ${texNumber(value)}`,
});

async function formulaFor(tensor: Tensor, record: Recorded, at: readonly number[]): Promise<Formula | null> {
  if (movements.has(record.op)) return movedFrom(tensor, record, at);
  const operands: Operand[] = [];
  const rest: unknown[] = [];
  for (const arg of record.args) {
    if (isTensorLike(arg)) {
      operands.push({ letter: letters[operands.length] ?? 'z', shape: arg.shape, values: await arg.data() });
    } else if (typeof arg === 'number' && operands.length === 1 && operatesOnNumbers.has(record.op)) {
      operands.push({ letter: '', shape: [], values: [arg] });
    } else rest.push(arg);
  }
  return formulaOf(record, at, operands, rest);
}

const operatesOnNumbers = new Set(['add', 'sub', 'mul', 'div', 'pow', 'maximum', 'minimum']);

const isTensorLike = (value: unknown): value is Tensor =>
  typeof value === 'object' && value !== null && 'shape' in value && 'dtype' in value && 'data' in value;

/** Of what only moves: the same done to the places of the source tells which of them came here. */
async function movedFrom(tensor: Tensor, record: Recorded, at: readonly number[]): Promise<Formula | null> {
  const [source] = sourcesOf(record);
  if (!source || source.size === 0) return null;
  const places = makeTensor(Array.from({ length: source.size }, (_, i) => i)).reshape(
    ...(source.shape as number[]),
  );
  const moved = replayHere(tensor, new Map([[source, places]]));
  const from = Number((await moved.data())[flatIndex(at, tensor.shape)]);
  const value = Number((await source.data())[from]);
  const letter = symbolOf('a', positions(from, source.shape));
  return { tex: letter, numbers: texNumber(value), value };
}

function codeOf(record: Recorded | undefined, { source, file }: FacesOptions): Faces['code'] {
  if (!source) return null;
  const lines = source.split('\n');
  const line = record && file ? callSiteLine(record.site.stack, file) : null;
  if (line === null || line > lines.length) return { source, line: null, firstLine: 1 };
  const first = Math.max(1, line - AROUND);
  const shown = lines.slice(first - 1, Math.min(lines.length, line + AROUND));
  return { source: shown.join('\n'), line: line - first + 1, firstLine: first };
}

/** float32 has some seven digits, of which sums and products use up a few. */
const toleranceOf = ({ dtype }: Tensor, expected: number): number =>
  (dtype === 'float16' || dtype === 'bfloat16' ? 2e-2 : 1e-4) * Math.max(1, Math.abs(expected));

/** The value, computed again from the very first tensors in double precision, one number after the other. */
async function oracleCheck(tensor: Tensor, index: number, found: number): Promise<FaceCheck> {
  const again = await replay(tensor, 'oracle');
  const expected = Number((await again.data())[index]);
  return checked('oracle', expected, found, toleranceOf(tensor, expected));
}

const checked = (by: FaceCheck['by'], expected: number, found: number, tolerance: number): FaceCheck => ({
  ...{ by, expected, found, tolerance },
  passed: Object.is(expected, found) || Math.abs(expected - found) <= tolerance,
});

/** The gradient by one element: as the engine has it, and by moving the element a little on the oracle. */
async function gradientAt(
  loss: Tensor,
  tensor: Tensor,
  index: number,
): Promise<{ value: number; check: FaceCheck }> {
  const [, gradient] = valueAndGrad((x: Tensor) => replayHere(loss, new Map([[tensor, x]])).reshape())(
    tensor,
  );
  const value = Number((await (gradient as Tensor).data())[index]);
  const values = Array.from(await tensor.data(), Number);
  const x = values[index] as number;
  const step = 1e-4 * Math.max(1, Math.abs(x));
  const lossAt = async (moved: number): Promise<number> => {
    const flat = makeTensor(values.with(index, moved), { device: 'js', dtype: 'float64' });
    const stand = flat.reshape(...(tensor.shape as number[]));
    return Number((await (await replay(loss, 'oracle', new Map([[tensor, stand]]))).data())[0]);
  };
  const expected = ((await lossAt(x + step)) - (await lossAt(x - step))) / (2 * step);
  return { value, check: checked('difference', expected, value, 1e-3 * Math.max(1, Math.abs(expected))) };
}
