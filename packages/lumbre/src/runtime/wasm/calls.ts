import type { Node } from '../../graph/node.ts';
import { sizeOf } from '../../graph/shape.ts';
import type { Group } from '../../schedule/group.ts';
import type { LoopPlan } from '../../schedule/loops.ts';
import { bytesOf, type Place, type Plan } from '../../schedule/plan.ts';

/** A place in memory before it is known where anything lies: bytes from the beginning of one of the program's blocks. */
interface Address {
  /** 0: the arena; then the inputs, then the outputs. */
  readonly block: number;
  readonly offset: number;
}

const at = ({ block, offset }: Address, bytes: number): Address => ({ block, offset: offset + bytes });

/** A group's kernel and the nodes that its arguments stand for. */
export interface GroupKernel<Kernel> {
  readonly kernel: Kernel;
  readonly nodes: readonly Node[];
}

/**
 * The calls of a program one after another, loops unrolled: a step is a few rows of a table, and its kernels are those of
 * every other step.
 */
export class CallList<Kernel> {
  readonly kernels: Kernel[] = [];
  /** For each call, how many arguments it has. */
  readonly argumentCounts: number[] = [];
  /** For the arguments of all calls in order, the block and the bytes from its beginning. */
  readonly blocks: number[] = [];
  readonly offsets: number[] = [];
  /** Calls before the first sink. */
  readonly sinksFrom: number;
  readonly #kernelOf: ReadonlyMap<Group, GroupKernel<Kernel>>;

  constructor(plan: Plan, inputs: number, kernelOf: ReadonlyMap<Group, GroupKernel<Kernel>>) {
    this.#kernelOf = kernelOf;
    const arena = { block: 0, offset: 0 };
    const addressOf = addresses(
      plan,
      arena,
      (slot) => ({ block: 1 + slot, offset: 0 }),
      (index) => ({ block: 1 + inputs + index, offset: 0 }),
    );
    this.#add(plan, plan.groups.slice(0, plan.firstSink), arena, addressOf);
    this.sinksFrom = this.kernels.length;
    this.#add(plan, plan.groups.slice(plan.firstSink), arena, addressOf);
  }

  #add(plan: Plan, groups: readonly Group[], arena: Address, addressOf: (node: Node) => Address): void {
    for (const group of groups) {
      const loop = plan.loops.get(group);
      if (loop) {
        const workspace = at(arena, plan.workspaces.get(group) as number);
        this.#addLoop(loop, group.roots[0] as Node, workspace, addressOf);
        continue;
      }
      const { kernel, nodes } = this.#kernelOf.get(group) as GroupKernel<Kernel>;
      this.kernels.push(kernel);
      this.argumentCounts.push(nodes.length);
      for (const node of nodes) {
        const { block, offset } = addressOf(node);
        this.blocks.push(block);
        this.offsets.push(offset);
      }
    }
  }

  #addLoop(plan: LoopPlan, result: Node, workspace: Address, addressOf: (node: Node) => Address): void {
    const { loop, body, carried, stacks, finals, turns } = plan;
    const { inputs, carries, slices, length, reverse } = loop;
    const position = (step: number) => (reverse ? length - 1 - step : step);
    const sources = result.sources.map(addressOf);
    const written =
      (step: number) =>
      (index: number): Address => {
        const stack = stacks[index];
        if (stack) return at(addressOf(stack), position(step) * bytesOf(body.outputs[index] as Node));
        const final = finals[index];
        if (final && step === length - 1) return addressOf(final);
        return at(workspace, (turns[index] as readonly [number, number])[step % 2] as number);
      };
    for (let step = 0; step < length; step++) {
      const read = (slot: number): Address => {
        const source = sources[slot] as Address;
        if (slot >= carries + slices) return source;
        if (slot >= carries) return at(source, position(step) * bytesOf(inputs[slot] as Node));
        const index = carried[slot] ?? null;
        return index === null || step === 0 ? source : written(step - 1)(index);
      };
      this.#add(body, body.groups, workspace, addresses(body, workspace, read, written(step)));
    }
  }
}

function addresses(
  plan: Plan,
  arena: Address,
  input: (slot: number) => Address,
  output: (index: number) => Address,
): (node: Node) => Address {
  const resolve = (place: Place): Address => {
    switch (place.kind) {
      case 'input':
        return input(place.slot);
      case 'output':
        return output(place.index);
      case 'arena':
        return at(arena, place.offset);
    }
  };
  return (node) => {
    const place = plan.places.get(node);
    if (place) return resolve(place);
    // What has no elements is nowhere, and nobody looks.
    if (sizeOf(node.shape) === 0) return arena;
    throw new Error(`${node.op} of ${bytesOf(node)} bytes has no place in memory.`);
  };
}
