import * as build from '../graph/builder.ts';
import { bytesPerElement } from '../graph/dtype.ts';
import type { Loop } from '../graph/loop.ts';
import { type Node, type OpArgs, topologicalOrder } from '../graph/node.ts';
import { sizeOf } from '../graph/shape.ts';
import type { Group } from './group.ts';
import type { Graph } from './normalize.ts';
import type { Plan } from './plan.ts';
import { simplify } from './simplify.ts';

/** How a loop is walked: a plan for its body, and where the values are that pass from step to step. */
export interface LoopPlan {
  readonly loop: Loop;
  readonly body: Plan;
  /** For each carry the output of the body that is its next value; `null` where it never changes, or nobody asks. */
  readonly carried: readonly (number | null)[];
  /** For each output of the body, the result that it fills slice by slice, or `null`. */
  readonly stacks: readonly (Node | null)[];
  /** For each output of the body, the result that its last value is, or `null`. */
  readonly finals: readonly (Node | null)[];
  /** In the workspace: the body's arena is at 0; what is not stacked has two places, which its values take in turns. */
  readonly turns: readonly (readonly [even: number, odd: number] | null)[];
  readonly workspaceBytes: number;
}

const bytesOf = ({ shape, dtype }: Node): number => sizeOf(shape) * bytesPerElement(dtype);
const align = (bytes: number) => Math.ceil(bytes / 64) * 64;

/** What all steps of a scan need: the values to stack, and the carries that they or wanted last values depend on. */
function wantedOf(loop: Loop, results: readonly Node<'scan'>[]) {
  const stacks = results.filter(({ arg }) => arg.output >= loop.carries);
  const finals = results.filter(({ arg }) => arg.output < loop.carries);
  const carries = new Set(finals.map(({ arg }) => arg.output));
  const visit = (roots: readonly Node[]) => {
    const added: number[] = [];
    for (const node of topologicalOrder(roots)) {
      if (node.op !== 'buffer') continue;
      const { slot } = node.arg as OpArgs['buffer'];
      if (slot >= loop.carries || carries.has(slot)) continue;
      carries.add(slot);
      added.push(slot);
    }
    if (added.length > 0) visit(added.map((slot) => loop.next[slot] as Node));
  };
  const stackedBy = ({ arg }: Node<'scan'>) => loop.stacked[arg.output - loop.carries] as Node;
  visit([...stacks.map(stackedBy), ...[...carries].map((slot) => loop.next[slot] as Node)]);
  return { stacks, finals, carries: [...carries].sort((a, b) => a - b), stackedBy };
}

/** @param plan how graphs are planned, bodies like others */
export function planLoop(group: Group, plan: (graph: Graph) => Plan): LoopPlan {
  const results = group.roots as Node<'scan'>[];
  const { loop } = (results[0] as Node<'scan'>).arg;
  const { stacks, finals, carries, stackedBy } = wantedOf(loop, results);

  // In their final form first: what becomes of two values might be one, or an input.
  const moving = carries.filter((slot) => loop.next[slot] !== loop.inputs[slot]);
  const wanted = [...moving.map((slot) => loop.next[slot] as Node), ...stacks.map(stackedBy)];
  const draft = { nodes: topologicalOrder(wanted), outputs: wanted, inputs: loop.inputs, key: '' };
  const { outputs } = simplify(draft);
  const isResult = [
    ...moving.map((slot) => finals.some(({ arg }) => arg.output === slot)),
    ...stacks.map(() => true),
  ];
  const taken = new Set<Node>();
  const computed = outputs.map((node, i) => {
    // An input is not computed, and a result has memory of its own.
    const needsCopy = node.op === 'buffer' || (isResult[i] && taken.has(node));
    const value = needsCopy ? build.contiguous(node) : node;
    if (isResult[i]) taken.add(value);
    return value;
  });

  const values = [...new Set(computed)];
  const body = plan({ nodes: topologicalOrder(values), outputs: values, inputs: loop.inputs, key: '' });
  body.results.forEach((place, i) => {
    if (place.kind !== 'output' || place.index !== i)
      throw new Error('scan: two values of a step became one.');
  });

  const outputOf = (i: number) => values.indexOf(computed[i] as Node);
  const carried = loop.next.map((_, slot) => {
    const i = moving.indexOf(slot);
    return i < 0 ? null : outputOf(i);
  });
  const filled = (roots: readonly Node[], output: (root: Node, i: number) => number | null | undefined) => {
    const byOutput = values.map((): Node | null => null);
    roots.forEach((root, i) => {
      const number = output(root, i);
      if (typeof number === 'number') byOutput[number] = root;
    });
    return byOutput;
  };
  const stackRoots = filled(stacks, (_, i) => outputOf(moving.length + i));
  const finalRoots = filled(finals, (root) => carried[(root as Node<'scan'>).arg.output]);

  let workspaceBytes = align(body.arenaBytes);
  const turns = values.map((node, i) => {
    if (stackRoots[i]) return null;
    const bytes = align(bytesOf(node));
    workspaceBytes += 2 * bytes;
    return [workspaceBytes - 2 * bytes, workspaceBytes - bytes] as const;
  });
  return { loop, body, carried, stacks: stackRoots, finals: finalRoots, turns, workspaceBytes };
}
