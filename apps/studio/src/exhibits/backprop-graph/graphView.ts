import { h, s } from '../support/dom.ts';
import { type GraphNode, layoutOf } from './graph.ts';

const CARD = { width: 108, height: 70 };

/** How a node is shown now. */
export interface CardFace {
  readonly value: string;
  /** Null where it is still to be said. */
  readonly gradient: string | null;
  readonly state: 'quiet' | 'asked' | 'known' | 'right' | 'wrong';
  readonly label: string;
  press(): void;
}

/** The graph as cards and the lines between them; lines are alight where the gradient has passed. */
export function graphView(label: string) {
  const edges = s('svg', { class: 'bp-edges', 'aria-hidden': 'true' });
  const cards = h('div', { class: 'bp-cards', role: 'group', 'aria-label': label });
  const element = h('div', { class: 'bp-graph' }, edges, cards);
  let nodes: readonly GraphNode[] = [];
  let faces: readonly CardFace[] = [];
  let drawnFor = 0;

  function draw(): void {
    const width = element.clientWidth;
    if (width === 0 || nodes.length === 0) return;
    drawnFor = width;
    const { places, layers } = layoutOf(nodes);
    const most = Math.max(
      ...Array.from({ length: layers }, (_, i) => places.filter(({ layer }) => layer === i).length),
    );
    // On a phone the graph hangs from what is given down to the result.
    const upright = width < 620 || width / layers < CARD.width + 26;
    const small = upright && width / most < CARD.width + 10 ? Math.max(70, width / most - 8) : CARD.width;
    const height = upright ? layers * (CARD.height + 38) : Math.max(300, most * (CARD.height + 26));
    element.style.height = `${height}px`;
    edges.setAttribute('viewBox', `0 0 ${width} ${height}`);
    const centre = places.map(({ layer, across }) => {
      const along = (layer + 0.5) / layers;
      const [x, y] = upright ? [across * width, along * height] : [along * width, across * height];
      return [Math.max(small / 2 + 2, Math.min(width - small / 2 - 2, x)), y] as const;
    });
    const lines: SVGElement[] = [];
    nodes.forEach(({ sources }, id) => {
      for (const source of sources) {
        const [from, to] = [centre[source], centre[id]];
        if (!from || !to) continue;
        const lit = faces[source]?.gradient !== null && nodes[source]?.kind !== 'constant';
        const [x1, y1, x2, y2] = upright
          ? [from[0], from[1] + CARD.height / 2, to[0], to[1] - CARD.height / 2]
          : [from[0] + small / 2, from[1], to[0] - small / 2, to[1]];
        const bend = upright
          ? `M${x1} ${y1}C${x1} ${(y1 + y2) / 2} ${x2} ${(y1 + y2) / 2} ${x2} ${y2}`
          : `M${x1} ${y1}C${(x1 + x2) / 2} ${y1} ${(x1 + x2) / 2} ${y2} ${x2} ${y2}`;
        lines.push(s('path', { d: bend, class: lit ? 'bp-edge lit' : 'bp-edge' }));
        if (lit) lines.push(s('circle', { cx: x1, cy: y1, r: 4.5, class: 'bp-spark' }));
      }
    });
    edges.replaceChildren(...lines);
    const focused = [...cards.children].indexOf(document.activeElement as Element);
    cards.replaceChildren(
      ...nodes.map((node, id) => {
        const face = faces[id];
        const [x, y] = centre[id] as readonly [number, number];
        return h(
          'button',
          {
            type: 'button',
            class: `bp-card ${node.kind} ${face?.state ?? 'quiet'}`,
            style: {
              left: `${x - small / 2}px`,
              top: `${y - CARD.height / 2}px`,
              width: `${small}px`,
              height: `${CARD.height}px`,
            },
            onclick: () => face?.press(),
          },
          h('span', { class: 'sr' }, face?.label ?? node.text),
          ...[
            h('span', { class: 'bp-label', 'aria-hidden': 'true' }, node.label),
            h('span', { class: 'bp-value', 'aria-hidden': 'true' }, face?.value ?? ''),
            node.kind === 'constant'
              ? ''
              : h('span', { class: 'bp-gradient', 'aria-hidden': 'true' }, face?.gradient ?? '?'),
          ],
        );
      }),
    );
    if (focused >= 0) (cards.children[focused] as HTMLElement | undefined)?.focus();
  }

  const observer = new ResizeObserver(() => {
    if (element.clientWidth !== drawnFor) draw();
  });
  observer.observe(element);
  return {
    element,
    show(next: readonly GraphNode[], shown: readonly CardFace[]) {
      [nodes, faces] = [next, shown];
      draw();
    },
    destroy: () => observer.disconnect(),
  };
}
