/** A node to be laid out: it stands below all that it is made from. */
export interface GraphNode {
  readonly id: number;
  readonly sources: readonly number[];
}

export interface Placed {
  readonly id: number;
  /** From 0, top to bottom. */
  readonly layer: number;
  /** The middle of its box, in columns from 0 at the left; fractions centre a short layer. */
  readonly column: number;
}

export interface GraphLayout {
  readonly places: ReadonlyMap<number, Placed>;
  readonly layers: number;
  readonly columns: number;
}

/** How often layers are put in order anew, downwards and upwards: more changes little. */
const SWEEPS = 6;

/**
 * Lays out a graph without cycles in layers, after Sugiyama: a node's layer is the longest way to it from a node without
 * sources, and within a layer nodes stand where their neighbours do on average, so that few lines cross. Sources that are
 * not among the nodes are passed over.
 */
export function layGraphOut(nodes: readonly GraphNode[]): GraphLayout {
  const known = new Map(nodes.map((node) => [node.id, node]));
  const layerOf = new Map<number, number>();
  const visit = (start: number) => {
    // Without recursion: a chain of four hundred operations is no reason to fall over.
    const stack = [start];
    const entered = new Set<number>();
    while (stack.length > 0) {
      const id = stack.at(-1) as number;
      const sources = (known.get(id)?.sources ?? []).filter((source) => known.has(source));
      const waiting = sources.filter((source) => !layerOf.has(source) && !entered.has(source));
      entered.add(id);
      if (waiting.length > 0) {
        stack.push(...waiting);
        continue;
      }
      stack.pop();
      layerOf.set(id, Math.max(-1, ...sources.map((source) => layerOf.get(source) ?? -1)) + 1);
    }
  };
  for (const { id } of nodes) if (!layerOf.has(id)) visit(id);

  // An input stands right above the first that uses it, rather than at the very top.
  const users = new Map<number, number[]>(nodes.map(({ id }) => [id, []]));
  for (const { id, sources } of nodes) for (const source of sources) users.get(source)?.push(id);
  for (const { id, sources } of nodes)
    if (sources.length === 0) {
      const first = Math.min(...(users.get(id) ?? []).map((user) => layerOf.get(user) ?? 0));
      if (Number.isFinite(first)) layerOf.set(id, Math.max(0, first - 1));
    }

  const layers: number[][] = [];
  for (const { id } of nodes) {
    const layer = layerOf.get(id) ?? 0;
    layers[layer] ??= [];
    layers[layer].push(id);
  }
  for (let i = 0; i < layers.length; i++) layers[i] ??= [];

  const columns = Math.max(1, ...layers.map((layer) => layer.length));
  const column = new Map<number, number>();
  const place = (layer: readonly number[]) => {
    layer.forEach((id, i) => {
      column.set(id, i + (columns - layer.length) / 2);
    });
  };
  for (const layer of layers) place(layer);
  const middle = (ids: readonly number[], otherwise: number) => {
    const at = ids.flatMap((id) => column.get(id) ?? []);
    return at.length === 0 ? otherwise : at.reduce((sum, x) => sum + x, 0) / at.length;
  };
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const down = sweep % 2 === 0;
    for (const layer of down ? layers : [...layers].reverse()) {
      const wish = new Map(
        layer.map((id) => [
          id,
          middle((down ? known.get(id)?.sources : users.get(id)) ?? [], column.get(id) ?? 0),
        ]),
      );
      layer.sort((a, b) => (wish.get(a) ?? 0) - (wish.get(b) ?? 0));
      place(layer);
    }
  }
  const places = new Map(
    nodes.map(({ id }) => [id, { id, layer: layerOf.get(id) ?? 0, column: column.get(id) ?? 0 }]),
  );
  return { places, layers: layers.length, columns };
}
