import type { Node } from '../graph/node.ts';
import { valueSources } from './access.ts';
import type { Group } from './group.ts';

/** What a group's kernel is about. */
export interface Contents {
  /** Everything that is computed or loaded, sources first: an order that depends on the group's structure alone. */
  readonly nodes: readonly Node[];
  /** Those of `nodes` that come from outside the group. */
  readonly loaded: ReadonlySet<Node>;
}

export function contentsOf(group: Group, isLoaded: (node: Node) => boolean): Contents {
  const roots = new Set(group.roots);
  const nodes: Node[] = [];
  const seen = new Set<Node>();
  const loaded = new Set<Node>();
  const visit = (node: Node): void => {
    if (seen.has(node)) return;
    seen.add(node);
    if (isLoaded(node) && !roots.has(node)) loaded.add(node);
    else for (const source of sourcesInside(node, isLoaded)) visit(source);
    nodes.push(node);
  };
  for (const root of group.roots) visit(root);
  return { nodes, loaded };
}

/** What a node in a kernel computes with: through `after`, which says when and not what. */
export const sourcesInside = (node: Node, isLoaded: (node: Node) => boolean): readonly Node[] =>
  valueSources(node).map((source) => {
    let value = source;
    while (value.op === 'after' && !isLoaded(value)) value = value.sources[0] as Node;
    return value;
  });
