import type { Group } from '../schedule/group.ts';
import { accumulateKernel } from './accumulate.ts';
import { attentionKernel } from './attention/forward.ts';
import { attentionGradientKernel } from './attention/gradient.ts';
import { dotKernel } from './dot.ts';
import { argmaxKernel } from './indexed.ts';
import { type Kernel, KernelBuilder, type Placement } from './kernel.ts';
import { mapKernel } from './map.ts';
import { quantizedDotKernel } from './quantized.ts';
import { rowsKernel } from './rows.ts';
import { scatterKernel } from './scatter.ts';
import { argsortKernel } from './sort.ts';
import type { Target } from './target.ts';

/** The kernel of a group, in the loop language. */
export function generate(group: Group, placement: Placement, target: Target): Kernel {
  const builder = new KernelBuilder(target);
  switch (group.kind) {
    case 'rows':
      return group.inner ? rowsKernel(builder, group, placement) : mapKernel(builder, group, placement);
    case 'dot':
      return dotKernel(builder, group, placement);
    case 'quantizedDot':
      return quantizedDotKernel(builder, group);
    case 'attention':
      return attentionKernel(builder, group, placement);
    case 'attentionGradient':
      return attentionGradientKernel(builder, group, placement);
    case 'scatterAdd':
    case 'scatterSet':
      return scatterKernel(builder, group, placement);
    case 'argmax':
      return argmaxKernel(builder, group, placement);
    case 'argsort':
      return argsortKernel(builder, group, placement);
    case 'scan':
      throw new Error('A scan is no kernel: its body is a plan, whose kernels are made one by one.');
    case 'accumulate':
    case 'linearRecurrence':
      return accumulateKernel(builder, group, placement);
  }
}
