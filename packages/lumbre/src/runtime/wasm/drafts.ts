import type { Kernel } from '../../codegen/kernel.ts';
import type { Node } from '../../graph/node.ts';
import { contentsOf } from '../../schedule/contents.ts';
import type { Group } from '../../schedule/group.ts';
import { groupKey, type Plan } from '../../schedule/plan.ts';
import type { GroupKernel } from './calls.ts';

/** A group that needs a kernel, and the plan that it is of. */
export interface GroupDraft {
  /** Equal for groups that share a kernel. */
  readonly key: string;
  readonly group: Group;
  readonly plan: Plan;
}

/** What calling a kernel takes, whatever it was compiled to. */
export interface KernelShape {
  readonly extent: number;
  readonly fewParts: boolean;
  readonly scratchBytes: number;
  /** For each argument, the position of its node among the contents of its group. */
  readonly arguments: readonly number[];
}

export const shapeOf = (kernel: Kernel, group: Group, plan: Plan): KernelShape => {
  const { nodes } = contentsOf(group, plan.isLoaded);
  return {
    extent: kernel.extent,
    fewParts: kernel.fewParts,
    scratchBytes: kernel.scratchBytes,
    arguments: kernel.buffers.map((node) => nodes.indexOf(node)),
  };
};

/** All groups of a plan, those of its loops among them. */
export const groupsIn = (plan: Plan): GroupDraft[] =>
  plan.groups.flatMap((group) => {
    const loop = plan.loops.get(group);
    return loop ? groupsIn(loop.body) : [{ key: groupKey(group, plan), group, plan }];
  });

/** For each group its kernel, with the nodes of that very group as arguments. */
export function assignKernels<Shape extends KernelShape>(
  drafts: readonly GroupDraft[],
  kernelOf: (key: string) => Shape,
): ReadonlyMap<Group, GroupKernel<Shape>> {
  return new Map(
    drafts.map(({ key, group, plan }) => {
      const kernel = kernelOf(key);
      const { nodes } = contentsOf(group, plan.isLoaded);
      return [group, { kernel, nodes: kernel.arguments.map((position) => nodes[position] as Node) }] as const;
    }),
  );
}
