import { isFloat, type NumericArray } from '../graph/dtype.ts';
import { isTransparent, type Node, nodeListener, type Storage, topologicalOrder } from '../graph/node.ts';
import { opTable } from '../graph/ops.ts';
import { formatShape, type Shape } from '../graph/shape.ts';
import { getDevice } from '../runtime/devices.ts';
import { valueSources } from '../schedule/access.ts';
import { normalize } from '../schedule/normalize.ts';
import { differentiated } from './autograd.ts';
import { type CallSite, callSiteOf } from './callSite.ts';
import { type Inspector, inspection } from './inspector.ts';
import { realizeNodes, storageOf } from './realize.ts';
import { collectTensors } from './structure.ts';

export interface AnomalyOptions {
  /** Whether infinite results are in order, so that only NaN is looked for. Default false. */
  readonly allowInfinity?: boolean;
}

/** What `detectAnomaly` found. */
export class NaNError extends Error {
  override readonly name = 'NaNError';
  /** The op that made the first value that is no number, as in the op table; `buffer` when it came in with a tensor. */
  readonly op: string;
  readonly shape: Shape;
  /** Where the user's code called for the op, as `function (file:line:column)`; `null` when the stack does not say. */
  readonly location: string | null;
  /** Whether the op belongs to the gradient of what was called there. */
  readonly backward: boolean;

  constructor(
    message: string,
    found: { op: string; shape: Shape; location: string | null; backward: boolean },
  ) {
    super(message);
    this.op = found.op;
    this.shape = found.shape;
    this.location = found.location;
    this.backward = found.backward;
  }
}

/** Where a node was made: its stack, read when it is needed, and the node whose gradient it is part of. */
interface Origin {
  readonly error: Error;
  readonly gradientOf: Node | null;
}

/** Deep enough for a user's line behind the library's own. */
const STACK_DEPTH = 60;
const SHOWN_VALUES = 6;

const Stack = Error as typeof Error & { stackTraceLimit?: number };

/**
 * Runs `fn` and looks at every value that is computed for it, forward and backward. When NaN or an infinity comes out,
 * the whole computation is searched for the first op that made one from finite numbers, and the error names it: the op,
 * its operands, and the line of your code that called for it; for a gradient, the line of the op that it belongs to. As
 * PyTorch's `detect_anomaly`, for forward values too.
 *
 * ```ts
 * const loss = detectAnomaly(() => step(batch)); // NaNError: log gave -Infinity …  at loss (train.ts:12:20)
 * ```
 *
 * What `fn` returns, and the gradients and state that it leaves, are computed and looked at before this returns. Compiled
 * functions run inside it without being compiled. An infinity that was written down (a mask's `-Infinity`) is no
 * anomaly. After an error, what `fn` assigned until then stays assigned. It is slow and keeps all values of what it searches in memory; outside of it nothing is looked at and it costs
 * nothing. `fn` may be asynchronous: then everything that runs until its promise settles is looked at.
 *
 * @throws NaNError as described; a promise is rejected with it.
 */
export function detectAnomaly<T>(fn: () => T, options: AnomalyOptions = {}): T {
  const tracer = new Tracer(options);
  tracer.open();
  let result: T;
  try {
    result = fn();
    if (result instanceof Promise) {
      return result.then(tracer.finish).finally(tracer.close) as T;
    }
    tracer.finish(result);
  } catch (error) {
    tracer.close();
    throw error;
  }
  tracer.close();
  return result;
}

class Tracer implements Inspector {
  readonly #allowInfinity: boolean;
  readonly #origins = new WeakMap<Node, Origin>();
  readonly #bound = new Set<Parameters<Inspector['bound']>[0]>();
  #before: { made: typeof nodeListener.made; inspector: Inspector | null; depth: number | undefined } | null =
    null;

  constructor({ allowInfinity = false }: AnomalyOptions) {
    this.#allowInfinity = allowInfinity;
  }

  open(): void {
    const { made } = nodeListener;
    this.#before = { made, inspector: inspection.inspector, depth: Stack.stackTraceLimit };
    Stack.stackTraceLimit = STACK_DEPTH;
    inspection.inspector = this;
    nodeListener.made = (node, original) => {
      made?.(node, original);
      const origin = original && this.#origins.get(original);
      this.#origins.set(node, origin ?? { error: new Error('made here'), gradientOf: differentiated.node });
    };
  }

  readonly close = (): void => {
    if (!this.#before) return;
    const { made, inspector, depth } = this.#before;
    nodeListener.made = made;
    inspection.inspector = inspector;
    if (depth !== undefined) Stack.stackTraceLimit = depth;
    this.#before = null;
  };

  bound(tensor: Parameters<Inspector['bound']>[0]): void {
    this.#bound.add(tensor);
  }

  /** Computes what is left, forward and backward together, so that the first anomaly of all is found. */
  readonly finish = <T>(result: T): T => {
    const tensors = [...collectTensors(result), ...this.#bound].filter(({ disposed }) => !disposed);
    for (const device of new Set(tensors.map((tensor) => tensor.device))) {
      realizeNodes(
        tensors.filter((tensor) => tensor.device === device).map(({ node }) => node),
        device,
      );
    }
    return result;
  };

  computed(nodes: readonly Node[], storages: readonly Storage[], deviceName: string): void {
    const device = getDevice(deviceName);
    const bad = nodes.filter(
      (node, i) => isFloat(node.dtype) && !this.#isFine(device.read(storages[i] as Storage)),
    );
    if (bad.length === 0) return;
    const values = new Values(bad, deviceName);
    const found = firstAnomaly(bad, values, this.#allowInfinity);
    if (found) throw this.#errorFor(found, values);
  }

  #isFine(values: NumericArray): boolean {
    return this.#allowInfinity ? !hasNaN(values) : !hasNaN(values) && !hasInfinity(values);
  }

  #errorFor(node: Node, values: Values): NaNError {
    const { site, gradientOf, known } = this.#siteOf(node);
    const own = values.of(node);
    const isBad = hasNaN(own)
      ? Number.isNaN
      : (value: number) => Math.abs(value) === Number.POSITIVE_INFINITY;
    const first = own.findIndex(isBad as never);
    const count = [...own].filter(isBad).length;
    const what = `${own[first]} in ${count} of ${own.length} elements of ${node.dtype}${formatShape(node.shape)}, first at ${formatShape(positionOf(first, node.shape))}`;
    const called = (site?.callee ?? node.op).replace(/^_?Tensor\./, '');
    const head =
      sourcesOf(node).length === 0
        ? `${what} came in with a tensor that was made of numbers`
        : gradientOf
          ? `in the gradient of ${called}, ${node.op} gave ${what}`
          : called === node.op
            ? `${node.op} gave ${what}`
            : `in ${called}, ${node.op} gave ${what}`;
    const elementwise = opTable[node.op].kind === 'elementwise';
    const operands = sourcesOf(node).map((source, i) => {
      const numbers = values.of(source);
      const here = elementwise ? `; ${numbers[first]} there` : '';
      return `  source ${i} (${source.op}): ${summary(source, numbers)}${here}`;
    });
    const place = site
      ? `at ${site.text}`
      : known
        ? 'at a line that the stack does not show'
        : 'made before detectAnomaly was called, which would otherwise know the line';
    return new NaNError([`detectAnomaly: ${head}`, `  ${place}`, ...operands].join('\n'), {
      op: node.op,
      shape: node.shape,
      location: site?.text ?? null,
      backward: gradientOf !== null,
    });
  }

  /** The user's line: of a gradient, that of the op that was called for, and that op. */
  #siteOf(node: Node): { site: CallSite | null; gradientOf: Node | null; known: boolean } {
    let gradientOf: Node | null = null;
    let origin = this.#origins.get(node);
    while (origin?.gradientOf) {
      gradientOf = origin.gradientOf;
      origin = this.#origins.get(gradientOf);
    }
    return { site: callSiteOf(origin?.error.stack), gradientOf, known: origin !== undefined };
  }
}

/** What a node is computed from, past what only passes a value on. */
const sourcesOf = (node: Node): Node[] => {
  const passed = (source: Node): Node =>
    !source.storage && isTransparent(source) ? passed(source.sources[0] as Node) : source;
  return node.storage ? [] : valueSources(node).map(passed);
};

/** The values of everything that some nodes are computed from, each kept. */
class Values {
  readonly nodes: readonly Node[];
  readonly #values = new Map<Node, NumericArray>();

  constructor(roots: readonly Node[], deviceName: string) {
    const device = getDevice(deviceName);
    this.nodes = topologicalOrder(roots, undefined, sourcesOf);
    const stored = this.nodes.filter((node) => node.storage);
    for (const node of stored) this.#values.set(node, device.read(storageOf(node)));
    const missing = this.nodes.filter((node) => !node.storage);
    const graph = normalize(missing);
    const storages = device.prepare(graph).run(graph.inputs.map(storageOf));
    missing.forEach((node, i) => {
      this.#values.set(node, device.read(storages[i] as Storage));
    });
    for (const storage of storages) storage.free();
  }

  of(node: Node): NumericArray {
    return this.#values.get(node) as NumericArray;
  }
}

const hasNaN = (values: NumericArray): boolean => values.some(Number.isNaN);
const hasInfinity = (values: NumericArray): boolean =>
  values.includes(Number.POSITIVE_INFINITY) || values.includes(Number.NEGATIVE_INFINITY);

/**
 * The first node, in the order of computation, among those that what is bad was made of, that has NaN where none of its
 * sources has, or an infinity where its sources are finite. Failing that, a leaf or constant that is NaN itself: an
 * infinite one was meant.
 */
function firstAnomaly(bad: readonly Node[], values: Values, allowInfinity: boolean): Node | null {
  const holdsNaN = (node: Node) => isFloat(node.dtype) && hasNaN(values.of(node));
  const holdsInfinity = (node: Node) => isFloat(node.dtype) && hasInfinity(values.of(node));
  const isBad = (node: Node) => holdsNaN(node) || holdsInfinity(node);
  const leading = new Set(bad);
  const stack = [...bad];
  for (let node = stack.pop(); node; node = stack.pop()) {
    for (const source of sourcesOf(node)) {
      if (leading.has(source) || !isBad(source)) continue;
      leading.add(source);
      stack.push(source);
    }
  }
  const makes = (node: Node): boolean => {
    const sources = sourcesOf(node);
    if (sources.length === 0) return false;
    if (holdsNaN(node)) return !sources.some(holdsNaN);
    return !sources.some(isBad);
  };
  const order = values.nodes.filter((node) => leading.has(node));
  const first = order.find(makes);
  if (first && !(allowInfinity && !order.some(holdsNaN))) return first;
  return order.find((node) => sourcesOf(node).length === 0 && holdsNaN(node)) ?? null;
}

function positionOf(offset: number, shape: Shape): number[] {
  let rest = offset;
  return shape
    .toReversed()
    .map((size) => {
      const index = rest % size;
      rest = (rest - index) / size;
      return index;
    })
    .reverse();
}

function summary({ dtype, shape }: Node, values: NumericArray): string {
  const shown = Array.from(values.subarray(0, SHOWN_VALUES), (value) => Number(value.toPrecision(6)));
  const more = values.length > SHOWN_VALUES ? ', …' : '';
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const range = values.length > SHOWN_VALUES ? `, from ${low} to ${high}` : '';
  return `${dtype}${formatShape(shape)} = ${shown.join(', ')}${more}${range}`;
}
