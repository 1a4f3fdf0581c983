import type { Group } from '../schedule/group.ts';
import { accumulateKernel } from './accumulate.ts';
import { attentionKernel } from './attention/forward.ts';
import { attentionGradientKernel } from './attention/gradient.ts';
import { dotKernel } from './dot.ts';
import { argmaxKernel } from './indexed.ts';
import type { Kernel, Placement } from './kernel.ts';
import { mapKernel } from './map.ts';
import { quantizedDotKernel } from './quantized.ts';
import { rowsKernel } from './rows.ts';
import { scatterKernel } from './scatter.ts';
import { argsortKernel } from './sort.ts';

/** The kernel of a group, in the loop language. */
export function generate(group: Group, placement: Placement): Kernel {
  switch (group.kind) {
    case 'rows':
      return group.inner ? rowsKernel(group, placement) : mapKernel(group, placement);
    case 'dot':
      return dotKernel(group, placement);
    case 'quantizedDot':
      return quantizedDotKernel(group);
    case 'attention':
      return attentionKernel(group, placement);
    case 'attentionGradient':
      return attentionGradientKernel(group, placement);
    case 'scatterAdd':
    case 'scatterSet':
      return scatterKernel(group, placement);
    case 'argmax':
      return argmaxKernel(group, placement);
    case 'argsort':
      return argsortKernel(group, placement);
    case 'scan':
      throw new Error('A scan is no kernel: its body is a plan, whose kernels are made one by one.');
    case 'accumulate':
    case 'linearRecurrence':
      return accumulateKernel(group, placement);
  }
}
