import {
  type Expression,
  type FunctionName,
  interpret,
  type Operator,
  parseExpression,
} from '../support/expression.ts';

export const variables = ['a', 'b', 'c', 'd'] as const;
export type Variable = (typeof variables)[number];

/** Formulas to begin with. */
export const formulas = {
  neuron: '(a*b + c).tanh()',
  error: '(a*b - c)**2',
  shared: 'a*b + a*c',
  dead: 'relu(a*b + c)',
  deep: 'sigmoid(a * tanh(b*c) + d)',
} as const;
export type FormulaName = keyof typeof formulas;
export const formulaNames = Object.keys(formulas) as FormulaName[];

/** A number of the graph: given, or made of others. */
export interface GraphNode {
  readonly kind: 'variable' | 'constant' | 'operation';
  /** `×`, `tanh`, `a`, `2`. */
  readonly label: string;
  /** The formula up to here. */
  readonly text: string;
  readonly sources: readonly number[];
  /** Of an operation: what is done to the sources. */
  readonly operation: Operator | FunctionName | 'negative' | null;
  readonly constant: number;
}

/** What a node asks of the learner, whose graph grows above this. */
export const MOST_NODES = 16;

const signs: Readonly<Record<Operator, string>> = { '+': '+', '-': '−', '*': '×', '/': '÷', '**': '^' };

/** The graph of a formula, in the order in which it is computed: what is used twice is one node with two ways out. */
export function graphOf(expression: Expression): GraphNode[] {
  const nodes: GraphNode[] = [];
  const named = new Map<string, number>();
  const add = (node: GraphNode) => nodes.push(node) - 1;
  const textOf = (id: number) => (nodes[id] as GraphNode).text;
  const operation = (
    label: string,
    operation: GraphNode['operation'],
    text: string,
    ...sources: number[]
  ): number => add({ kind: 'operation', label, text, sources, operation, constant: 0 });
  const leaf = (name: string) => () => {
    const known = named.get(name);
    if (known !== undefined) return known;
    const id = add({ kind: 'variable', label: name, text: name, sources: [], operation: null, constant: 0 });
    named.set(name, id);
    return id;
  };
  // Variables become nodes when the formula comes to them.
  const build = interpret<() => number>(
    expression,
    Object.fromEntries(variables.map((name) => [name, leaf(name)])),
    {
      number: (value) => () =>
        add({
          kind: 'constant',
          label: String(value),
          text: String(value),
          sources: [],
          operation: null,
          constant: value,
        }),
      negative: (of) => () => {
        const id = of();
        return operation('−', 'negative', `−${textOf(id)}`, id);
      },
      operation: (operator, left, right) => () => {
        const [a, b] = [left(), right()];
        return operation(signs[operator], operator, `(${textOf(a)} ${signs[operator]} ${textOf(b)})`, a, b);
      },
      call: (name, of) => () => {
        const id = of();
        return operation(
          name,
          name,
          `${name}${textOf(id).startsWith('(') ? textOf(id) : `(${textOf(id)})`}`,
          id,
        );
      },
    },
  );
  build();
  return nodes;
}

export const readFormula = (text: string): Expression => parseExpression(text, variables);

/** Of which nodes the gradient is asked, the last one's is 1 and given; from the end to the beginning. */
export const askedOf = (nodes: readonly GraphNode[]): number[] =>
  nodes
    .map((_, id) => id)
    .filter((id) => id < nodes.length - 1 && (nodes[id] as GraphNode).kind !== 'constant')
    .reverse();

/** Where a node's value goes: `[consumer, place among its sources]`. */
export const consumersOf = (nodes: readonly GraphNode[], id: number): (readonly [number, number])[] =>
  nodes.flatMap((node, consumer) =>
    node.sources.flatMap((source, place) => (source === id ? [[consumer, place] as const] : [])),
  );

/** Whether a guess is near enough: two parts in a hundred, or one in a hundred where it is small. */
export const isNear = (guess: number, gradient: number): boolean =>
  Math.abs(guess - gradient) <= Math.max(0.011, 0.02 * Math.abs(gradient));

export interface Placed {
  /** From 0, what is given, to the result. */
  readonly layer: number;
  /** From 0 to 1 across the layer. */
  readonly across: number;
}

/** Layers by how far a node is from what is given; what is given stands just before where it is used. */
export function layoutOf(nodes: readonly GraphNode[]): {
  readonly places: readonly Placed[];
  readonly layers: number;
} {
  const layers: number[] = [];
  nodes.forEach(({ sources }, id) => {
    layers[id] =
      sources.length === 0 ? 0 : 1 + Math.max(...sources.map((source) => layers[source] as number));
  });
  nodes.forEach(({ sources }, id) => {
    if (sources.length > 0) return;
    const used = consumersOf(nodes, id).map(([consumer]) => layers[consumer] as number);
    if (used.length > 0) layers[id] = Math.min(...used) - 1;
  });
  const count = 1 + Math.max(...layers);
  // From the result backward, each node is drawn near what uses it.
  const across: number[] = [];
  for (let layer = count - 1; layer >= 0; layer--) {
    const ids = nodes.map((_, id) => id).filter((id) => layers[id] === layer);
    const wish = (id: number): number => {
      const used = consumersOf(nodes, id);
      if (used.length === 0) return 0.5;
      const sum = used.reduce((total, [consumer, place]) => {
        const width = (nodes[consumer] as GraphNode).sources.length;
        return total + (across[consumer] ?? 0.5) + (width > 1 ? (place - (width - 1) / 2) * 0.3 : 0);
      }, 0);
      return sum / used.length;
    };
    const ordered = ids.map((id) => ({ id, wish: wish(id) })).sort((a, b) => a.wish - b.wish || a.id - b.id);
    ordered.forEach(({ id, wish: wished }, i) => {
      // Alone in its layer a node stands where it wants to; several share the room evenly.
      across[id] = ordered.length === 1 ? Math.max(0.12, Math.min(0.88, wished)) : (i + 0.5) / ordered.length;
    });
  }
  return {
    places: nodes.map((_, id) => ({ layer: layers[id] as number, across: across[id] as number })),
    layers: count,
  };
}
