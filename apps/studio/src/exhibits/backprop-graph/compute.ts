import { type Tensor, tensor } from 'lumbre';
import type { Faces } from '../../faces/faces.ts';
import { facesOf, startRecording } from '../../faces/record.ts';
import { tensorAlgebra } from '../support/tensorAlgebra.ts';
import { type GraphNode, graphOf, readFormula, variables } from './graph.ts';

type Precision = { readonly dtype?: 'float64'; readonly device?: 'js' };
/** Double precision, value by value: what finite differences need. */
const oracle: Precision = { dtype: 'float64', device: 'js' };

/** What the engine found at each node. */
export interface Recorded {
  readonly values: readonly number[];
  readonly gradients: readonly number[];
  /** How much a node's value grows by each of its sources. */
  readonly locals: readonly (readonly number[])[];
  /** The gradients again, by moving each node a little and computing what follows. */
  readonly differences: readonly number[];
}

const DISTANCE = 1e-5;

function operate(node: GraphNode, sources: readonly Tensor[], precision: Precision): Tensor {
  const algebra = tensorAlgebra((value) => tensor(value, precision));
  const [left, right] = sources;
  if (!left || node.operation === null) throw new Error(`${node.label} is no operation.`);
  if (node.operation === 'negative') return algebra.negative(left) as Tensor;
  return (
    right
      ? algebra.operation(node.operation as '+', left, right)
      : algebra.call(node.operation as 'tanh', left)
  ) as Tensor;
}

/** Computes the nodes in order. `replaced` puts a value in the place of what a node would have. */
function run(
  nodes: readonly GraphNode[],
  values: readonly number[],
  precision: Precision,
  replaced?: { readonly id: number; readonly value: number },
): Tensor[] {
  const made: Tensor[] = [];
  nodes.forEach((node, id) => {
    const given = (value: number, requiresGrad: boolean) => tensor(value, { ...precision, requiresGrad });
    const result =
      replaced?.id === id
        ? given(replaced.value, true)
        : node.kind === 'constant'
          ? given(node.constant, false)
          : node.kind === 'variable'
            ? given(values[variables.indexOf(node.label as 'a')] ?? 0, true)
            : operate(
                node,
                node.sources.map((source) => made[source] as Tensor),
                precision,
              );
    if (result.requiresGrad && node.kind === 'operation' && replaced?.id !== id) result.retainGrad();
    made.push(result);
  });
  return made;
}

const numberOf = async (value: Tensor | null | undefined): Promise<number> =>
  value ? await value.item() : 0;

/** Forward and backward through the graph of a formula, on the engine. */
export async function record(text: string, values: readonly number[]): Promise<Recorded> {
  const nodes = graphOf(readFormula(text));
  const tensors = run(nodes, values, {});
  const result = tensors.at(-1) as Tensor;
  if (result.requiresGrad) result.backward();
  const found = await Promise.all(tensors.map((value) => value.item()));
  const gradients = await Promise.all(
    tensors.map((value, id) => (id === tensors.length - 1 ? 1 : numberOf(value.grad))),
  );
  discard(tensors);
  const locals: number[][] = [];
  for (const node of nodes) locals.push(await localsOf(node, found));
  const differences: number[] = [];
  for (const [id, node] of nodes.entries())
    differences.push(node.kind === 'constant' ? 0 : await differenceAt(nodes, values, id));
  return { values: found, gradients, locals, differences };
}

/** The derivative of one operation by each of its sources, the rest of the graph being far away. */
async function localsOf(node: GraphNode, values: readonly number[]): Promise<number[]> {
  if (node.kind !== 'operation') return [];
  const sources = node.sources.map((source) => tensor(values[source] as number, { requiresGrad: true }));
  const result = operate(node, sources, {});
  result.backward();
  const found = await Promise.all(sources.map((source) => numberOf(source.grad)));
  for (const used of [...sources, result]) used.dispose();
  return found;
}

async function differenceAt(
  nodes: readonly GraphNode[],
  values: readonly number[],
  id: number,
): Promise<number> {
  const exact = run(nodes, values, oracle);
  const here = await (exact[id] as Tensor).item();
  const results: number[] = [];
  for (const side of [1, -1]) {
    const moved = run(nodes, values, oracle, { id, value: here + side * DISTANCE });
    results.push(await (moved.at(-1) as Tensor).item());
    for (const used of moved) used.dispose();
  }
  for (const used of exact) used.dispose();
  const [above = 0, below = 0] = results;
  return (above - below) / (2 * DISTANCE);
}

/** The four faces of a node: recorded while the graph is computed once more. */
export async function faces(
  text: string,
  values: readonly number[],
  id: number,
  name: string,
): Promise<Faces> {
  startRecording();
  const tensors = run(graphOf(readFormula(text)), values, {});
  const [value, loss] = [tensors[id], tensors.at(-1)];
  if (!value || !loss) throw new RangeError(`The graph of ${text} has no node ${id}.`);
  const found = await facesOf(value, 0, { name, loss, lossName: 'L' });
  discard(tensors);
  return found;
}

function discard(tensors: readonly Tensor[]): void {
  for (const value of tensors) {
    value.grad?.dispose();
    value.dispose();
  }
}
