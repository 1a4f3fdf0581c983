import type { Node } from '../graph/node.ts';
import { setTensorMaker } from './core.ts';
import { PrintingTensor } from './printing.ts';

/**
 * An array of numbers of one dtype on one device, and how it is computed. Operations make new tensors and compute
 * nothing until a value is read; what they have in common is computed once. With `requiresGrad` set, `backward` gives
 * gradients.
 *
 * Make tensors with `tensor`, `zeros`, `randn` and their like. The methods come from one base class a theme:
 * arithmetic, elementwise functions, activations, comparisons, reductions, movement, slicing, indexing, sorting,
 * products, networks, printing.
 */
export class Tensor extends PrintingTensor {
  static {
    // Here and not beside the class, so that no bundler can take the one and leave the other.
    setTensorMaker((node: Node, device: string) => new Tensor(node, device));
  }
}
