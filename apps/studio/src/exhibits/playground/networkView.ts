import { h, s } from '../support/dom.ts';
import type { Palette } from '../support/pixels.ts';
import { diagnose, isSick } from './diagnosis.ts';
import { paintClass, paintColumn } from './look.ts';
import type { Say } from './messages.ts';
import { featuresGrid } from './places.ts';
import { GRID, type Snapshot } from './snapshot.ts';
import { type FeatureName, featureNames, MOST_LAYERS, MOST_NEURONS, type PlaygroundState } from './state.ts';
import { featureSigns } from './words.ts';

export interface NetworkEdits {
  layers(layers: readonly number[]): void;
  features(features: readonly FeatureName[]): void;
  choose(layer: number, neuron: number): void;
}

interface NodeView {
  readonly element: HTMLElement;
  readonly canvas: HTMLCanvasElement;
}

/** A small round button with a sign on it, `+` or `−`. */
const round = (sign: string, label: string, onPress: () => void, off: boolean) =>
  h(
    'button',
    { type: 'button', class: 'pg-round', 'aria-label': label, title: label, disabled: off, onclick: onPress },
    sign,
  );

/** The network as it is built: a column a layer, a little picture a neuron, a line a weight. */
export function createNetworkView(t: Say, edits: NetworkEdits) {
  const lines = s('svg', { class: 'pg-lines', 'aria-hidden': 'true' });
  const columns = h('div', { class: 'pg-columns' });
  const head = h('div', { class: 'pg-depth row' });
  const element = h(
    'div',
    { class: 'pg-net', role: 'group', 'aria-label': t('networkLabel') },
    head,
    h('div', { class: 'pg-wires' }, lines, columns),
  );

  let shape = '';
  let inputs: NodeView[] = [];
  let hidden: NodeView[][] = [];
  let outputs: NodeView[] = [];
  let paths: {
    path: SVGPathElement;
    from: NodeView;
    to: NodeView;
    layer: number;
    row: number;
    column: number;
  }[] = [];

  const node = (tag: 'button' | 'div', attributes: Record<string, unknown>, label: string): NodeView => {
    const canvas = h('canvas', { 'aria-hidden': 'true' });
    return {
      canvas,
      element: h(
        tag,
        { ...attributes, class: `pg-node ${attributes.class ?? ''}` },
        canvas,
        label && h('span', {}, label),
      ),
    };
  };

  /** Builds the columns anew where the network is another one. */
  function build(state: PlaygroundState, classes: number, palette: Palette): void {
    const now = JSON.stringify([state.features, state.layers, classes]);
    if (now === shape) return;
    const focused = document.activeElement?.getAttribute('data-key');
    shape = now;
    const { layers, features } = state;
    head.replaceChildren(
      round('−', t('lessLayers'), () => edits.layers(layers.slice(0, -1)), layers.length === 0),
      h('strong', {}, t('layersCount', { count: layers.length })),
      round(
        '+',
        t('moreLayers'),
        () => edits.layers([...layers, layers.at(-1) ?? 4]),
        layers.length >= MOST_LAYERS,
      ),
    );
    inputs = featureNames.map((name) => {
      const on = features.includes(name);
      const next = on
        ? features.filter((other) => other !== name)
        : featureNames.filter((other) => other === name || features.includes(other));
      const view = node(
        'button',
        {
          type: 'button',
          class: 'pg-feature',
          'aria-pressed': String(on),
          'aria-label': t(on ? 'featureOn' : 'featureOff', { name: featureSigns[name] }),
          'data-key': `f${name}`,
          onclick: () => next.length > 0 && edits.features(next),
        },
        featureSigns[name],
      );
      paintColumn(view.canvas, featuresGrid(name), 1, 0, palette);
      return view;
    });
    hidden = layers.map((width, layer) =>
      Array.from({ length: width }, (_, neuron) =>
        node(
          'button',
          {
            type: 'button',
            class: 'pg-neuron',
            'data-key': `n${layer}-${neuron}`,
            onclick: () => edits.choose(layer, neuron),
          },
          '',
        ),
      ),
    );
    outputs = Array.from({ length: classes }, (_, label) =>
      node(
        'div',
        {
          class: 'pg-output',
          role: 'img',
          'aria-label': t('outputName', {
            name: classes === 1 ? t('value') : t('classNumber', { number: label + 1 }),
          }),
        },
        '',
      ),
    );
    const column = (title: string, nodes: readonly NodeView[], tools: readonly (Node | null)[] = []) =>
      h(
        'div',
        { class: 'pg-column' },
        h('div', { class: 'pg-top' }, h('span', {}, title), h('span', { class: 'pg-sizes' }, tools)),
        h(
          'div',
          { class: 'pg-nodes' },
          nodes.map((view) => view.element),
        ),
      );
    columns.replaceChildren(
      column(t('features'), inputs),
      ...hidden.map((nodes, layer) => {
        const width = layers[layer] as number;
        const resize = (size: number) => edits.layers(layers.map((other, i) => (i === layer ? size : other)));
        return column(t('layer', { number: layer + 1 }), nodes, [
          round('−', t('lessNeurons', { number: layer + 1 }), () => resize(width - 1), width <= 1),
          round('+', t('moreNeurons', { number: layer + 1 }), () => resize(width + 1), width >= MOST_NEURONS),
        ]);
      }),
      column(t('outputs'), outputs),
    );
    if (focused) element.querySelector<HTMLElement>(`[data-key="${focused}"]`)?.focus();

    const used = inputs.filter((_, i) => features.includes(featureNames[i] as FeatureName));
    const stages = [used, ...hidden, outputs];
    paths = stages.slice(1).flatMap((to, layer) =>
      to.flatMap((target, row) =>
        (stages[layer] as NodeView[]).map((from, index) => ({
          path: s('path'),
          from,
          to: target,
          layer,
          row,
          column: index,
        })),
      ),
    );
    lines.replaceChildren(...paths.map(({ path }) => path));
    place();
  }

  /** Lays the lines between the nodes, wherever the page has put those. */
  function place(): void {
    const box = lines.getBoundingClientRect();
    if (box.width === 0) return;
    lines.setAttribute('viewBox', `0 0 ${box.width} ${box.height}`);
    for (const { path, from, to } of paths) {
      const [a, b] = [from.canvas.getBoundingClientRect(), to.canvas.getBoundingClientRect()];
      const [x0, y0] = [a.right - box.left, a.top + a.height / 2 - box.top];
      const [x1, y1] = [b.left - box.left, b.top + b.height / 2 - box.top];
      const bend = (x1 - x0) / 2;
      path.setAttribute('d', `M${x0} ${y0}C${x0 + bend} ${y0} ${x1 - bend} ${y1} ${x1} ${y1}`);
    }
  }
  const observer = new ResizeObserver(place);
  observer.observe(columns);

  return {
    element,
    /** Draws the network: as it is built, and, when there is a snapshot of it, as it is trained. */
    draw(
      state: PlaygroundState,
      classes: number,
      snapshot: Snapshot | null,
      chosen: readonly [number, number] | null,
      palette: Palette,
    ) {
      build(state, classes, palette);
      const total = state.layers.reduce((sum, width) => sum + width, 0);
      const fits = snapshot && snapshot.neurons.length === GRID * GRID * Math.max(1, total);
      const conditions = snapshot && fits ? diagnose(snapshot.layers, state.activation) : [];
      let place = 0;
      hidden.forEach((nodes, layer) => {
        nodes.forEach(({ element: button, canvas }, neuron) => {
          if (snapshot && fits) paintColumn(canvas, snapshot.neurons, total, place, palette);
          place++;
          const condition = conditions[layer]?.[neuron] ?? 'alive';
          const on = chosen?.[0] === layer && chosen[1] === neuron;
          button.setAttribute('aria-pressed', String(on));
          button.classList.toggle('sick', isSick(condition));
          button.setAttribute(
            'aria-label',
            `${t('neuronName', { neuron: neuron + 1, layer: layer + 1 })}: ${t(condition)}`,
          );
        });
      });
      if (snapshot && snapshot.surface.length === GRID * GRID * classes)
        for (const [label, { canvas }] of outputs.entries())
          paintClass(canvas, snapshot.surface, classes, label, palette);
      for (const { path, layer, row, column } of paths) {
        const weights =
          snapshot?.layers[layer]?.[row]?.weights ??
          (layer === hidden.length ? snapshot?.output[row]?.weights : undefined);
        const weight = weights?.[column] ?? 0;
        path.setAttribute('class', weight < 0 ? 'neg' : 'pos');
        path.setAttribute('stroke-width', String(Math.min(7, 0.4 + 2.4 * Math.abs(weight))));
        path.setAttribute('stroke-opacity', String(Math.min(0.95, 0.18 + 0.5 * Math.abs(weight))));
      }
    },
    /** Paints the inputs anew too: the theme is another one. */
    repaint() {
      shape = '';
    },
    destroy: () => observer.disconnect(),
  };
}
