import type { Argument } from '../call.ts';

/** Dtypes of fuzzed values; `float` is float32 on the device under test and float64 for the oracle. */
export type FuzzDType = 'float' | 'float16' | 'bfloat16' | 'int32' | 'int8' | 'uint8' | 'bool';

export interface Leaf {
  readonly kind: 'leaf';
  readonly shape: readonly number[];
  readonly dtype: FuzzDType;
  readonly data: readonly number[];
}

/** One call: of a method, or of a free function. `{ input: i }` among the arguments stands for definition i. */
export interface Step {
  readonly kind: 'step';
  readonly method?: string;
  /** Definition number of the tensor whose method it is. */
  readonly self?: number;
  readonly function?: string;
  readonly args: readonly Argument[];
}

export type Definition = Leaf | Step;

/** A random computation: definitions in order, each of which uses earlier ones only. */
export interface FuzzProgram {
  readonly definitions: readonly Definition[];
  readonly outputs: readonly number[];
  /** Outputs that `backward` is called on, one after the other; gradients of the leaves of floats are compared too. */
  readonly backward: readonly number[];
}

/** The seed of backward: all different, exact in float32. */
export const weightOf = (i: number): number => (((i * 7 + 3) % 11) - 5) / 4 || 1;

/** Numbers of the definitions that an argument mentions. */
export function inputsOfArgument(argument: Argument): number[] {
  if (typeof argument !== 'object' || argument === null) return [];
  if (Array.isArray(argument)) return argument.flatMap(inputsOfArgument);
  return Object.entries(argument).flatMap(([name, value]) =>
    name === 'input' ? [value as number] : inputsOfArgument(value),
  );
}

export const inputsOf = (definition: Definition): number[] =>
  definition.kind === 'leaf'
    ? []
    : [
        ...(definition.self === undefined ? [] : [definition.self]),
        ...definition.args.flatMap(inputsOfArgument),
      ];

export function mapArgument(argument: Argument, renumber: (input: number) => number): Argument {
  if (typeof argument !== 'object' || argument === null) return argument;
  if (Array.isArray(argument)) return argument.map((item) => mapArgument(item, renumber));
  return Object.fromEntries(
    Object.entries(argument).map(([name, value]) => [
      name,
      name === 'input' ? renumber(value as number) : mapArgument(value, renumber),
    ]),
  );
}

export const mapDefinition = (definition: Definition, renumber: (input: number) => number): Definition =>
  definition.kind === 'leaf'
    ? definition
    : {
        ...definition,
        ...(definition.self !== undefined && { self: renumber(definition.self) }),
        args: definition.args.map((argument) => mapArgument(argument, renumber)),
      };

/** The program without definitions that no output needs. */
export function withoutDeadCode({ definitions, outputs, backward }: FuzzProgram): FuzzProgram {
  const needed = new Set(outputs);
  for (let i = definitions.length - 1; i >= 0; i--) {
    if (needed.has(i)) for (const input of inputsOf(definitions[i] as Definition)) needed.add(input);
  }
  const kept = definitions.map((_, i) => i).filter((i) => needed.has(i));
  const renumber = (i: number) => kept.indexOf(i);
  return {
    definitions: kept.map((i) => mapDefinition(definitions[i] as Definition, renumber)),
    outputs: outputs.map(renumber),
    backward: backward.map(renumber),
  };
}

function formatArgument(argument: Argument, float: string): string {
  if (argument === 'float') return `'${float}'`;
  if (typeof argument === 'string') return `'${argument}'`;
  if (typeof argument !== 'object' || argument === null) return String(argument);
  if (Array.isArray(argument)) return `[${argument.map((item) => formatArgument(item, float)).join(', ')}]`;
  const entries = Object.entries(argument);
  if (entries[0]?.[0] === 'input') return `t${entries[0][1]}`;
  return `{ ${entries.map(([name, value]) => `${name}: ${formatArgument(value, float)}`).join(', ')} }`;
}

const getters = new Set(['T', 'mT']);

/** Long arrays that follow a rule are written as the rule. */
function formatData(data: readonly number[]): string {
  const first = data[0] as number;
  if (data.length > 8 && data.every((x, i) => x === i)) return `[...Array(${data.length}).keys()]`;
  if (data.length > 8 && data.every((x) => x === first)) return `Array(${data.length}).fill(${first})`;
  return `[${data.join(', ')}]`;
}

function formatDefinition(definition: Definition, float: string, wantsGradient: boolean): string {
  if (definition.kind === 'leaf') {
    const { data, shape, dtype } = definition;
    const wanted = wantsGradient && dtype === 'float' ? ', requiresGrad: true' : '';
    const type = dtype === 'float' ? float : dtype;
    return `tensor(${formatData(data)}, { shape: [${shape.join(', ')}], dtype: '${type}'${wanted} })`;
  }
  const args = definition.args.map((argument) => formatArgument(argument, float)).join(', ');
  if (definition.function) return `${definition.function}(${args})`;
  const name = definition.method as string;
  return `t${definition.self}.${name}${getters.has(name) ? '' : `(${args})`}`;
}

/** The program as TypeScript that can be pasted into a file. */
export function formatProgram({ definitions, outputs, backward }: FuzzProgram, float = 'float32'): string {
  const lines = definitions.map(
    (definition, i) => `const t${i} = ${formatDefinition(definition, float, backward.length > 0)};`,
  );
  if (backward.length > 0) {
    lines.push(
      'const weights = (n) => Array.from({ length: n }, (_, i) => (((i * 7 + 3) % 11) - 5) / 4 || 1);',
    );
  }
  for (const output of backward) {
    lines.push(
      `t${output}.backward(tensor(weights(t${output}.size), { shape: t${output}.shape, dtype: '${float}' }));`,
    );
  }
  lines.push(`const outputs = [${outputs.map((output) => `t${output}`).join(', ')}];`);
  return lines.join('\n');
}
