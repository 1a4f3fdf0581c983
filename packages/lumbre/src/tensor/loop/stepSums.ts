import * as build from '../../graph/builder.ts';
import { isFloat } from '../../graph/dtype.ts';
import { copyNode, type Node, type OpArgs } from '../../graph/node.ts';
import { opTable } from '../../graph/ops.ts';
import { sizeOf } from '../../graph/shape.ts';

/** Made once the stacks are there that it needs. */
export type Later = () => Node;

/** Views of one source, and conversions between floats: the sum of many is the same of their sum. */
const isLinear = (node: Node): boolean =>
  (opTable[node.op].kind === 'movement' && node.op !== 'after') ||
  (node.op === 'cast' && isFloat(node.dtype) && isFloat((node.sources[0] as Node).dtype));

/**
 * Sums over the steps of a loop that need not be made in the loop. Products are added up by one long product of what was
 * multiplied, stacked: so the gradient of a weight is not read and written at each step, and the product is a large one.
 */
export class StepSums {
  /** Values that the loop shall stack. */
  readonly stacked: Node[] = [];
  readonly #length: number;
  readonly #known: (node: Node) => Node | null;
  #stacks: readonly Node[] = [];

  /** @param known the stack of a value that there is one of already */
  constructor(length: number, known: (node: Node) => Node | null) {
    this.#length = length;
    this.#known = known;
  }

  /** Says what has become of `stacked`. */
  provide(stacks: readonly Node[]): void {
    this.#stacks = stacks;
  }

  /** The sum of a product, or of a view of one; `null` where the loop had better add up. */
  ofProduct(term: Node): Later | null {
    const { core, views } = withoutViews(term);
    if (core.op !== 'dot') return null;
    const before = this.stacked.length;
    const operands = core.sources.map((operand) => this.#lift(operand, true)) as [Later, Later];
    const added = this.stacked.slice(before).reduce((size, node) => size + sizeOf(node.shape), 0);
    // A stack is written and read once; a sum in the loop is read and written at each step.
    if (added > 2 * sizeOf(core.shape)) {
      this.stacked.length = before;
      return null;
    }
    return () => throughViews(longProduct(operands[0](), operands[1]()), views);
  }

  /** The sum of what is stacked anyway, or of a reduction of it. */
  ofStacked(term: Node): Later | null {
    const { core, views } = withoutViews(term);
    const isSum = core.op === 'sum';
    const values = this.#lift(isSum ? (core.sources[0] as Node) : core, false);
    if (!values) return null;
    const axes = isSum ? (core.arg as OpArgs['sum']).axes.map((axis) => axis + 1) : [];
    return () => throughViews(build.reshape(build.sum(values(), [0, ...axes]), core.shape), views);
  }

  /** All steps of a value along a new axis 0. */
  #lift(node: Node, mayStack: boolean): Later | null {
    const known = this.#known(node);
    if (known) return () => known;
    const length = this.#length;
    if (node.op === 'const') {
      return () => build.constant([length, ...node.shape], node.dtype, (node.arg as OpArgs['const']).value);
    }
    const view = lifted(node, length);
    if (view) {
      const source = this.#lift(node.sources[0] as Node, mayStack);
      return source && (() => view(source()));
    }
    let position = this.stacked.indexOf(node);
    if (position < 0 && !mayStack) return null;
    if (position < 0) position = this.stacked.push(node) - 1;
    return () => this.#stacks[position] as Node;
  }
}

function withoutViews(term: Node): { readonly core: Node; readonly views: readonly Node[] } {
  const views: Node[] = [];
  let core = term;
  for (; isLinear(core); core = core.sources[0] as Node) views.push(core);
  return { core, views };
}

const throughViews = (node: Node, views: readonly Node[]): Node =>
  views.reduceRight((viewed, view) => copyNode(view, [viewed]), node);

/** Σ a[t] · b[t], as one product over steps and what each sums over. */
function longProduct(a: Node, b: Node): Node {
  const rank = a.shape.length;
  const length = a.shape[0] as number;
  const batch = Array.from({ length: rank - 3 }, (_, axis) => axis + 1);
  const [m, k] = a.shape.slice(-2) as [number, number];
  const n = b.shape[rank - 1] as number;
  const sizes = a.shape.slice(1, -2);
  const left = build.reshape(build.permute(a, [...batch, rank - 2, 0, rank - 1]), [...sizes, m, length * k]);
  const right = build.reshape(build.permute(b, [...batch, 0, rank - 2, rank - 1]), [...sizes, length * k, n]);
  return build.dot(left, right);
}

/** The same view or conversion of all steps at once, or `null` for what is none. */
function lifted(node: Node, length: number): ((source: Node) => Node) | null {
  const shape = [length, ...node.shape];
  switch (node.op) {
    case 'identity':
      return (source) => source;
    case 'cast':
      return (source) => build.cast(source, node.dtype);
    case 'reshape':
      return (source) => build.reshape(source, shape);
    case 'expand':
      return (source) => build.expand(source, shape);
    case 'permute': {
      const { axes } = node.arg as OpArgs['permute'];
      return (source) => build.permute(source, [0, ...axes.map((axis) => axis + 1)]);
    }
    case 'flip': {
      const { axes } = node.arg as OpArgs['flip'];
      return (source) =>
        build.flip(
          source,
          axes.map((axis) => axis + 1),
        );
    }
    case 'shrink': {
      const { start, step } = node.arg as OpArgs['shrink'];
      return (source) => build.shrink(source, [0, ...start], shape, [1, ...step]);
    }
    case 'pad': {
      const { low, high, interior } = node.arg as OpArgs['pad'];
      return (source) => build.pad(source, [0, ...low], [0, ...high], [0, ...interior]);
    }
    default:
      return null;
  }
}
