import type { Node, Storage } from '../graph/node.ts';

/** Somebody who looks at what is computed; see `detectAnomaly`. */
export interface Inspector {
  /** Nodes are about to remember these values. What this throws stops them from it. */
  computed(nodes: readonly Node[], storages: readonly Storage[], device: string): void;
  /** A tensor got a value, or a gradient, that may not be computed for a while. */
  bound(tensor: { readonly disposed: boolean; readonly node: Node; readonly device: string }): void;
}

/** `null` while nobody looks, so that it costs nothing. */
export const inspection: { inspector: Inspector | null } = { inspector: null };
