import * as build from '../../graph/builder.ts';
import { arithmeticDtype, isFloat } from '../../graph/dtype.ts';
import type { Loop } from '../../graph/loop.ts';
import { gradientMode, type Node, type OpArgs, topologicalOrder } from '../../graph/node.ts';
import { gradientsOf } from '../autograd.ts';
import { buildLoop, placeholder, slotOf } from './builder.ts';
import { ForwardStep } from './forwardStep.ts';
import { type Later, StepSums } from './stepSums.ts';

/** The inputs of a loop that a gradient reaches from a node of its body. */
const reachedFrom = (node: Node): number[] =>
  topologicalOrder([node], (n) => !n.tracksGradient)
    .filter((n) => n.op === 'buffer' && n.tracksGradient)
    .map(slotOf);

/** The numbers from `start` and all that they lead to. */
function closure(start: readonly number[], leadTo: (number: number) => readonly number[]): Set<number> {
  const found = new Set<number>();
  const stack = [...start];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    if (found.has(next)) continue;
    found.add(next);
    stack.push(...leadTo(next));
  }
  return found;
}

/** Sources whose gradient is wanted, with the carries through which it comes. */
function wantedSlots({ carries, next }: Loop, sources: readonly Node[]): Set<number> {
  const carriesFrom = sources.map((): number[] => []);
  for (let carry = 0; carry < carries; carry++) {
    for (const slot of reachedFrom(next[carry] as Node)) carriesFrom[slot]?.push(carry);
  }
  const wanted = sources.flatMap((source, slot) => (source.tracksGradient ? [slot] : []));
  const all = closure(wanted, (slot) => carriesFrom[slot] as number[]);
  return new Set([...all].filter((slot) => isFloat((sources[slot] as Node).dtype)));
}

/** More terms than this are not told apart: they may be few that are used over and over. */
const MOST_TERMS = 16;

/** What is added up. */
function termsOf(node: Node): Node[] {
  const terms = [node];
  for (let i = 0; i < terms.length; ) {
    const { op, sources } = terms[i] as Node;
    if (op !== 'add') i++;
    else if (terms.length === MOST_TERMS) return [node];
    else terms.splice(i, 1, ...sources);
  }
  return terms;
}

/** The gradient of a source that every step sees: sums made outside of the loop, and what is left to add up in it. */
interface Total {
  readonly slot: number;
  readonly sums: readonly Later[];
  readonly rest: Node | null;
}

function addedUp(parts: readonly { readonly slot: number; readonly step: Node }[], sums: StepSums): Total[] {
  const sumOrNull = (nodes: readonly Node[]) => (nodes.length > 0 ? nodes.reduce(build.add) : null);
  const products = parts.map(({ slot, step }): Total => {
    const terms = termsOf(step).map((term) => ({ term, sum: sums.ofProduct(term) }));
    const rest = terms.flatMap(({ term, sum }) => (sum ? [] : [term]));
    const isWhole = rest.length === terms.length;
    return { slot, sums: terms.flatMap(({ sum }) => sum ?? []), rest: isWhole ? step : sumOrNull(rest) };
  });
  // Only now: what is stacked for products need not be added up in the loop either.
  return products.map((total) => {
    const sum = total.rest && sums.ofStacked(total.rest);
    return sum ? { ...total, sums: [...total.sums, sum], rest: null } : total;
  });
}

/**
 * The gradients of a loop: a loop in the other direction, which carries the gradients of the carries. It sees what carries,
 * products and reductions were in the forward steps and computes the rest anew. The gradients of what every step sees add
 * up, of products outside of the loop.
 */
export function loopGradient(results: readonly Node<'scan'>[], dys: readonly Node[]): (Node | null)[] {
  const [result] = results as [Node<'scan'>];
  const { sources } = result;
  const { loop } = result.arg;
  const { inputs, carries, slices, next, length, reverse } = loop;
  const like = (node: Node, dtype = node.dtype) => placeholder(node.shape, dtype, gradientMode.enabled);
  const gradients = new Map<number, Node>();
  results.forEach(({ arg: { output } }, i) => {
    const [before, dy] = [gradients.get(output), dys[i] as Node];
    gradients.set(output, before ? build.add(before, dy) : dy);
  });

  const wanted = wantedSlots(loop, sources);
  const stacks = [...gradients].flatMap(([output, dy]) => {
    const value = loop.stacked[output - carries];
    if (!value) return [];
    const { shape, dtype } = value;
    const isConstant = dy.op === 'const';
    const seed = isConstant ? build.constant(shape, dtype, (dy.arg as OpArgs['const']).value) : like(value);
    return [{ value, seed, slices: isConstant ? [] : [{ placeholder: seed, source: dy }] }];
  });
  const carriesIn = (node: Node) => reachedFrom(node).filter((slot) => slot < carries && wanted.has(slot));
  const begun = [...gradients.keys()].filter((output) => output < carries && wanted.has(output));
  const active = closure([...begun, ...stacks.flatMap(({ value }) => carriesIn(value))], (carry) =>
    carriesIn(next[carry] as Node),
  );
  const carried = [...active].sort((a, b) => a - b);
  const seeds = carried.map((carry) => like(inputs[carry] as Node));

  // One backward step.
  const reached = gradientsOf(
    [...carried.map((carry) => next[carry] as Node), ...stacks.map(({ value }) => value)],
    [...seeds, ...stacks.map(({ seed }) => seed)],
    (node) => node.op === 'buffer' && inputs[slotOf(node)] === node && wanted.has(slotOf(node)),
  );
  const parts = inputs.flatMap((node, slot) => {
    const step = reached.get(node);
    return step && slot >= carries ? [{ node, slot, step }] : [];
  });
  const bySlice = parts.filter(({ slot }) => slot < carries + slices);

  const forward = new ForwardStep(result);
  const known = new Map(
    stacks.flatMap((stack) => stack.slices.map((s) => [s.placeholder, s.source] as const)),
  );
  const sums = new StepSums(length, (node) => {
    const stack = known.get(node);
    return stack ?? (forward.isSeen(node) && !forward.same(node) ? forward.stack(node) : null);
  });
  const totals = addedUp(
    parts.filter(({ slot }) => slot >= carries + slices),
    sums,
  );
  const inside = totals.flatMap(({ slot, rest }) =>
    rest ? [{ slot, rest, total: like(rest, arithmeticDtype(rest.dtype)) }] : [],
  );

  const carryParts = [
    ...carried.map((carry, i) => ({
      placeholder: seeds[i] as Node,
      init: gradients.get(carry) ?? build.full(inputs[carry] as Node, 0),
      next: reached.get(inputs[carry] as Node) ?? build.full(inputs[carry] as Node, 0),
    })),
    ...inside.map(({ rest, total }) => ({
      placeholder: total as Node,
      init: build.full(total, 0),
      next: build.add(total, build.cast(rest, total.dtype)),
    })),
  ];
  const stacked = [...bySlice.map(({ step }) => step), ...sums.stacked];
  const ends = topologicalOrder([...carryParts.map((part) => part.next), ...stacked], (n) =>
    forward.isSeen(n),
  );
  const seen = ends.filter((node) => forward.isSeen(node));
  const made = buildLoop({
    carries: carryParts,
    slices: [
      ...stacks.flatMap((stack) => stack.slices),
      ...seen
        .filter((node) => !forward.same(node))
        .map((node) => ({ placeholder: node, source: forward.stack(node) })),
    ],
    stacked,
    outside: new Map(
      seen.flatMap((node) => {
        const source = forward.same(node);
        return source ? [[node, source] as const] : [];
      }),
    ),
    length,
    reverse: !reverse,
    gradient: loopGradient,
  });

  const bySource: (Node | null)[] = sources.map(() => null);
  const addTo = (slot: number, gradient: Node) => {
    const before = bySource[slot];
    bySource[slot] = before ? build.add(before, gradient) : gradient;
  };
  for (const [i, carry] of carried.entries()) addTo(carry, made.finals[i] as Node);
  for (const [i, { slot }] of bySlice.entries()) addTo(slot, made.stacked[i] as Node);
  sums.provide(made.stacked.slice(bySlice.length));
  for (const total of totals) for (const sum of total.sums) addTo(total.slot, sum());
  for (const [i, { slot, rest }] of inside.entries()) {
    addTo(slot, build.cast(made.finals[carried.length + i] as Node, rest.dtype));
  }
  return bySource;
}
