import type { Node } from '../graph/node.ts';
import { Emitter } from './emitter.ts';
import type { Expr, KernelBody } from './ir.ts';
import type { Target } from './target.ts';

/** One kernel in the loop language, and how to call it. */
export interface Kernel {
  readonly name: string;
  readonly body: KernelBody;
  /** The nodes whose memory each argument is, in order. */
  readonly buffers: readonly Node[];
  /** The parallel axis runs over [0, extent); any partition of it may be computed in any order. */
  readonly extent: number;
  /** Whether each call has work to do before its part (packing an operand), so that few large parts are best. */
  readonly fewParts: boolean;
  readonly scratchBytes: number;
}

/** Collects what a kernel under construction uses. */
export class KernelBuilder {
  readonly target: Target;
  readonly emitter: Emitter;
  readonly buffers: Node[] = [];
  readonly written = new Set<Node>();
  #scratchBytes = 0;

  constructor(target: Target) {
    this.target = target;
    this.emitter = new Emitter(target);
  }

  /** The argument number of the buffer of `node`. */
  argument(node: Node): number {
    const known = this.buffers.indexOf(node);
    return known >= 0 ? known : this.buffers.push(node) - 1;
  }

  /** The address of the buffer that `node` is written to. */
  output(node: Node): Expr {
    this.written.add(node);
    return this.emitter.buffer(this.argument(node));
  }

  /** An offset in scratch memory with room for `bytes`. */
  scratch(bytes: number): number {
    const offset = this.#scratchBytes;
    this.#scratchBytes += Math.ceil(bytes / 64) * 64;
    return offset;
  }

  finish(name: string, extent: number, fewParts = false): Kernel {
    const { statements, locals } = this.emitter;
    return {
      name,
      body: { buffers: this.buffers.length, statements, locals },
      buffers: this.buffers,
      extent,
      fewParts,
      scratchBytes: this.#scratchBytes,
    };
  }
}

/** Which nodes have memory, as kernels see it. */
export interface Placement {
  /** Inputs of the program and realized nodes. */
  readonly isLoaded: (node: Node) => boolean;
  /** Realized nodes that something outside their kernel reads. */
  readonly isStored: (node: Node) => boolean;
}
