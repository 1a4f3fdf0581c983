import { h, s } from '../support/dom.ts';
import type { PathState, PathTools } from './exhibit.ts';
import { pathOf, type Stage, verbs } from './pipeline.ts';

const PITCH = 12;
const HEAD = 40;

/** All rows as threads from table to table; the one that is followed is alight. */
export function overviewView({ t, change }: PathTools) {
  const svg = s('svg', { class: 'tp-threads', role: 'img', 'aria-label': t('overview') });
  const element = h('div', { class: 'tp-overview' }, svg);
  let shown: { state: PathState; stages: readonly Stage[] } | null = null;
  const observer = new ResizeObserver(() => draw());
  observer.observe(element);

  function draw(): void {
    const width = element.clientWidth;
    if (!shown || width === 0) return;
    const { state, stages } = shown;
    const most = Math.max(...stages.map(({ rows }) => rows.length));
    const height = HEAD + most * PITCH + 8;
    const apart = width / stages.length;
    const tick = Math.min(46, apart * 0.36);
    const x = (stage: number) => apart * (stage + 0.5) - tick / 2;
    const y = (stage: number, row: number) =>
      HEAD + (row + 0.5 + (most - (stages[stage]?.rows.length ?? 0)) / 2) * PITCH;
    const path = state.row === null ? [] : pathOf(stages, state.row);
    const place = verbs.indexOf(state.verb) + 1;
    /** A row of the first table that comes by here. */
    const origin = (stage: number, row: number): number => {
      let at = row;
      for (let i = stage; i > 0; i--) at = stages[i]?.from[at]?.[0] ?? 0;
      return at;
    };
    const curve = (a: number, b: number, c: number, d: number) => {
      const middle = (a + c) / 2;
      return `M${a} ${b}C${middle} ${b} ${middle} ${d} ${c} ${d}`;
    };
    svg.setAttribute('viewBox', `0 0 ${width} ${height}`);
    svg.style.height = `${height}px`;
    svg.replaceChildren(
      // The step in view.
      s('rect', {
        class: 'here',
        ...{ x: x(place - 1) - 8, y: 2, width: apart + tick + 16, height: height - 4, rx: 6 },
      }),
      ...stages.flatMap(({ verb, rows }, i) => [
        s(
          'g',
          { class: i === place || i === place - 1 ? 'head on' : 'head' },
          s('text', { x: x(i) + tick / 2, y: 15 }, t(verb)),
          s('text', { class: 'count', x: x(i) + tick / 2, y: 29 }, String(rows.length)),
        ),
      ]),
      ...stages.slice(1).flatMap((stage, i) => [
        ...stage.from.flatMap((sources, row) =>
          sources.map((source) =>
            s('path', {
              class: path[i] === source && path[i + 1] === row ? 'thread lit' : 'thread',
              d: curve(x(i) + tick, y(i, source), x(i + 1), y(i + 1, row)),
            }),
          ),
        ),
        // Threads that end here.
        ...(stages[i]?.rows ?? []).flatMap((_, source) =>
          stage.from.some((sources) => sources.includes(source))
            ? []
            : [
                s('path', {
                  class: path[i] === source ? 'cut lit' : 'cut',
                  d: `M${x(i) + tick + 3} ${y(i, source)}h12`,
                }),
                s('path', {
                  class: path[i] === source ? 'cross lit' : 'cross',
                  d: `M${x(i) + tick + 15} ${y(i, source) - 3}l6 6m0 -6l-6 6`,
                }),
              ],
        ),
      ]),
      ...stages.flatMap(({ rows }, i) =>
        rows.map((_, row) =>
          s('rect', {
            class: path[i] === row ? 'tick lit' : 'tick',
            ...{ x: x(i), y: y(i, row) - 3.5, width: tick, height: 7, rx: 2 },
            onclick: () => change({ row: origin(i, row) }),
          }),
        ),
      ),
    );
    const end = path.findLastIndex((row) => row !== null);
    if (end >= 0 && path.at(-1) !== null)
      svg.append(s('circle', { class: 'tip', cx: x(end) + tick, cy: y(end, path[end] as number), r: 5.5 }));
    for (const lit of svg.querySelectorAll('.lit')) lit.parentNode?.append(lit);
  }

  return {
    element,
    show(state: PathState, stages: readonly Stage[]) {
      shown = { state, stages };
      draw();
    },
    destroy: () => observer.disconnect(),
  };
}
