import './style.css';
import { catalog } from '../../i18n/messages.ts';
import { formatFixed, formatPercent, formatSignificant } from '../../i18n/numbers.ts';
import { defineExhibit, type ExhibitContext, type MountedExhibit } from '../exhibit.ts';
import { markers } from '../support/colors.ts';
import { button, choice, slider, toggle } from '../support/controls.ts';
import { curve } from '../support/curve.ts';
import { h, s } from '../support/dom.ts';
import { gridOf, handle, pathOf, plane } from '../support/plane.ts';
import { pointPad } from '../support/pointPad.ts';
import type { Figures, Line } from './compute.ts';
import en from './messages.en.json';
import es from './messages.es.json';
import {
  apartOf,
  dataNames,
  initialState,
  type LineFitState,
  lineFitState,
  MOST_POINTS,
  type Place,
  pointsOf,
  RANGE,
  rates,
} from './state.ts';

type Compute = typeof import('./compute.ts');
const messages = catalog({ es, en });
/** Where the ends of the line are held. */
const ENDS = [1, 9] as const;

export const exhibit = defineExhibit<LineFitState>({
  title: { es: 'Una recta y sus errores', en: 'A line and its errors' },
  state: lineFitState,
  initial: initialState,
  mount: (element, state, context) => mount(element, state, context),
});

function mount(
  element: HTMLElement,
  initial: LineFitState,
  context: ExhibitContext<LineFitState>,
): MountedExhibit<LineFitState> {
  const { locale } = context;
  const t = messages(locale);
  const n = (value: number, decimals = 2) => formatFixed(locale, value, decimals);
  let state = initial;
  let points: readonly Place[] = [];
  let apart: boolean[] = [];
  let train: Figures | null = null;
  let test: Figures | null = null;
  let history: [number, number][] = [];
  let placing = false;
  let over = false;
  let turn = 0;

  const at = (x: number) => state.slope * x + state.height;
  const on = plane({ label: t('planeLabel'), x: RANGE, y: RANGE, className: 'lf-plane', draw });
  const pad = pointPad({
    on: () => on,
    label: t('helpPoints'),
    start: [5, 5],
    step: 0.25,
    onPlace: add,
  });
  const layers = {
    grid: s('g'),
    squares: s('g'),
    line: s('g'),
    points: s('g'),
    names: s('g'),
    pad: pad.element,
    handles: s('g'),
  };
  on.svg.append(...Object.values(layers));
  const handles = ENDS.map((x, end) =>
    handle(on, {
      label: t(end === 0 ? 'left' : 'right'),
      color: 'var(--ember)',
      step: 0.1,
      x: [x, x],
      y: [-4, 14],
      get: () => [x, at(x)],
      move: ([, y]) => {
        const other = ENDS[1 - end] as number;
        const slope = (at(other) - y) / (other - x);
        setLine({ slope, height: y - slope * x });
      },
      say: ([, y]) => t('handleAt', { y: n(y, 1) }),
    }),
  );
  layers.handles.append(...handles.map((each) => each.element));

  const equation = h('p', { class: 'lf-equation num' });
  const table = h('div', { class: 'lf-figures' });
  const status = h('p', { class: 'lf-status', 'aria-live': 'polite' });
  const errors = curve({
    label: t('curveLabel'),
    format: (value) => formatSignificant(locale, value, 2),
    height: 100,
    logarithmic: true,
  });
  const dataChoice = choice({
    label: t('data'),
    choices: dataNames.map((value) => ({ value, label: t(value) })),
    value: state.data,
    onChoose: (value) =>
      change(value === 'own' ? { data: value, own: points.map(([x, y]) => [x, y]) } : { data: value }),
  });
  const nearest = (rate: number) =>
    rates.reduce(
      (found, other, i) => (Math.abs(other - rate) < Math.abs((rates[found] as number) - rate) ? i : found),
      0,
    );
  const rate = slider({
    label: t('rate'),
    min: 0,
    max: rates.length - 1,
    step: 1,
    value: nearest(state.rate),
    format: (value) => formatSignificant(locale, rates[value] as number, 1),
    onInput: (value) => {
      state = { ...state, rate: rates[value] as number };
      context.changed(state);
    },
  });
  const squares = toggle({
    label: t('squares'),
    value: state.squares,
    onToggle: (value) => {
      state = { ...state, squares: value };
      context.changed(state);
      draw();
    },
  });
  const split = toggle({
    label: t('split'),
    value: state.split,
    onToggle: (value) => change({ split: value }),
  });
  const placingToggle = toggle({
    label: t('points'),
    value: placing,
    onToggle: (value) => {
      placing = value;
      draw();
    },
  });
  const help = h('p', { class: 'hint' });
  element.replaceChildren(
    h(
      'div',
      { class: 'ex-tools' },
      h(
        'div',
        { class: 'row' },
        button(t('step'), () => void descend(1), { kind: 'go' }),
        button(t('descend'), () => void descend(60)),
        button(t('best'), () => void toBest()),
        button(t('again'), () => setLine(initial), { kind: 'plain' }),
      ),
      dataChoice.element,
    ),
    h(
      'div',
      { class: 'lf' },
      h('div', { class: 'lf-picture' }, on.element, help),
      h(
        'div',
        { class: 'lf-side' },
        equation,
        table,
        errors.element,
        status,
        rate.element,
        h('div', { class: 'row' }, squares.element, split.element, placingToggle.element),
      ),
    ),
  );

  function draw(): void {
    if (on.width === 0) return;
    layers.grid.replaceChildren(...gridOf(on, RANGE, RANGE, 2));
    const [x0, y1] = [on.x(0), on.y(0)];
    const names =
      state.data === 'rent'
        ? (['rentX', 'rentY'] as const)
        : state.data === 'goals'
          ? (['goalsX', 'goalsY'] as const)
          : (['plainX', 'plainY'] as const);
    layers.names.replaceChildren(
      s('text', { x: on.width - 8, y: y1 - 8, 'text-anchor': 'end', class: 'halo' }, t(names[0])),
      s('text', { x: x0 + 8, y: 18, class: 'halo' }, t(names[1])),
    );
    layers.squares.replaceChildren(
      ...points.flatMap(([x, y], i) => {
        if (apart[i]) return [];
        const guess = at(x);
        const [left, top] = [on.x(x), Math.min(on.y(y), on.y(guess))];
        const side = Math.abs(on.y(y) - on.y(guess));
        // Towards the side where the line is, so that squares do not hide it more than they have to.
        const toLeft = guess > y === state.slope > 0;
        return state.squares
          ? [
              s('rect', {
                x: toLeft ? left - side : left,
                y: top,
                width: side,
                height: side,
                class: guess > y ? 'lf-square over' : 'lf-square',
              }),
            ]
          : [
              s('path', {
                d: pathOf(on, [
                  [x, y],
                  [x, guess],
                ]),
                class: 'lf-error',
              }),
            ];
      }),
    );
    layers.line.replaceChildren(
      s('path', {
        d: pathOf(on, [
          [RANGE[0], at(RANGE[0])],
          [RANGE[1], at(RANGE[1])],
        ]),
        class: 'lf-line',
      }),
    );
    layers.points.replaceChildren(
      ...points.map(([x, y], i) =>
        s('path', {
          d: markers[apart[i] ? 3 : 0],
          transform: `translate(${on.x(x).toFixed(1)} ${on.y(y).toFixed(1)})`,
          class: apart[i] ? 'lf-point apart' : 'lf-point',
        }),
      ),
    );
    pad.draw(placing);
    help.textContent = t(placing ? 'helpPoints' : 'help');
    for (const each of handles) each.place();
    drawFigures();
  }

  function sayLine(): string {
    return t('equation', {
      slope: n(state.slope),
      sign: state.height < 0 ? '−' : '+',
      height: n(Math.abs(state.height)),
    });
  }

  /** A number that opens its faces. */
  function opens(text: string, held: boolean, of: 'mse' | 'slope'): HTMLElement {
    return h('button', { type: 'button', class: 'live', onclick: () => void showFaces(held, of) }, text);
  }

  async function showFaces(held: boolean, of: 'mse' | 'slope'): Promise<void> {
    const found = await ask((module) => module.faces(part(held), state, of));
    if (found) context.showFaces(found);
  }

  function drawFigures(): void {
    const [before = '', after = ''] = sayLine().split(n(state.slope));
    equation.replaceChildren(before, opens(n(state.slope), false, 'slope'), after);
    const column = (name: string, figures: Figures | null, held: boolean) =>
      h(
        'div',
        { class: 'lf-column', role: 'group', 'aria-label': name },
        h('span', { class: 'lf-part', 'aria-hidden': 'true' }, name),
        h(
          'dl',
          {},
          h(
            'div',
            {},
            h('dt', {}, t('mse')),
            h('dd', {}, figures ? opens(n(figures.mse), held, 'mse') : '—'),
          ),
          h('div', {}, h('dt', {}, t('rmse')), h('dd', {}, figures ? n(figures.rmse) : '—')),
          h('div', {}, h('dt', {}, t('r2')), h('dd', {}, figures ? n(figures.r2) : '—')),
        ),
      );
    table.replaceChildren(
      column(t('training'), train, false),
      ...(state.split ? [column(t('test'), test, true)] : []),
    );
    errors.draw(
      [{ name: t('mse'), color: 'var(--ember)', points: history }],
      Math.max(10, history.at(-1)?.[0] ?? 0),
    );
  }

  async function ask<T>(
    question: (module: Awaited<ReturnType<typeof context.compute<Compute>>>) => Promise<T>,
  ): Promise<T | null> {
    const own = ++turn;
    try {
      const answer = await question(await context.compute<Compute>());
      return over || own !== turn ? null : answer;
    } catch (error) {
      if (!over && own === turn)
        status.textContent = t('failed', { message: error instanceof Error ? error.message : String(error) });
      return null;
    }
  }

  const part = (held: boolean) => points.filter((_, i) => (apart[i] ?? false) === held);

  /** Measures the line as it is now. */
  async function measure(): Promise<void> {
    const found = await ask(
      async (module) =>
        [
          await module.figures(part(false), state),
          state.split ? await module.figures(part(true), state) : null,
        ] as const,
    );
    if (!found) return;
    [train, test] = found;
    status.textContent = t('gradientSays', {
      slope: formatSignificant(locale, train.gradient[0], 3),
      height: formatSignificant(locale, train.gradient[1], 3),
    });
    drawFigures();
    context.changed(state);
  }

  function setLine({ slope, height }: Line, keepHistory = false): void {
    const bounded = (value: number) => Math.round(Math.max(-1000, Math.min(1000, value)) * 1e5) / 1e5;
    state = { ...state, slope: bounded(slope), height: bounded(height) };
    if (!keepHistory) history = [];
    draw();
    context.changed(state);
    void measure();
  }

  async function descend(steps: number): Promise<void> {
    const lines = await ask((module) => module.descend(part(false), state, { rate: state.rate, steps }));
    if (!lines) return;
    const own = turn;
    const begun = history.at(-1)?.[0] ?? 0;
    for (const [i, line] of lines.entries()) {
      if (over || own !== turn) return;
      history.push([begun + i + 1, line.mse]);
      state = { ...state, slope: line.slope, height: line.height };
      if (context.reducedMotion || steps === 1) continue;
      draw();
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
    if (over || own !== turn) return;
    const last = lines.at(-1);
    if (last) setLine(last, true);
    const first = history[0]?.[1] ?? 0;
    if (lines.length < steps || (last && last.mse > 10 * Math.max(first, 0.01))) {
      await measure();
      status.textContent = t('diverged');
    }
  }

  async function toBest(): Promise<void> {
    const line = await ask((module) => module.best(part(false)));
    if (line) setLine(line);
  }

  function change(changes: Partial<LineFitState>): void {
    state = { ...state, ...changes };
    begin();
  }

  function begin(): void {
    points = pointsOf(state);
    apart = apartOf(points, state);
    history = [];
    train = null;
    test = null;
    dataChoice.set(state.data);
    rate.set(nearest(state.rate));
    squares.set(state.squares);
    split.set(state.split);
    draw();
    context.changed(state);
    void measure();
  }

  function add([x, y]: Place): void {
    if (points.length >= MOST_POINTS) return;
    const rounded = (value: number) => Math.round(Math.max(0, Math.min(10, value)) * 100) / 100;
    change({
      data: 'own',
      own: [...points.map(([a, b]): [number, number] => [a, b]), [rounded(x), rounded(y)]],
    });
  }

  begin();
  return {
    update(next) {
      state = next;
      begin();
    },
    destroy() {
      over = true;
      turn++;
      on.destroy();
      element.replaceChildren();
    },
    words() {
      const held = apart.filter(Boolean).length;
      const steep = train && Math.hypot(...train.gradient) > 0.05 ? 'yes' : 'no';
      return [
        t('wordsData', { count: points.length, data: t(state.data), apart: held }),
        t('wordsLine', { equation: sayLine() }),
        ...(train
          ? [
              t('wordsError', { rmse: n(train.rmse), r2: formatPercent(locale, train.r2) }),
              ...(train.r2 < 0 ? [t('wordsWorse')] : []),
              ...(test ? [t('wordsTest', { rmse: n(test.rmse) })] : []),
              t('wordsGradient', { steep, slope: n(train.gradient[0]), height: n(train.gradient[1]) }),
            ]
          : []),
      ];
    },
    table: () => ({
      caption: t('tableCaption'),
      columns: [t('tableX'), t('tableY'), t('tableGuess'), t('tableError'), t('tableSquare'), t('tablePart')],
      rows: points.map(([x, y], i) => [
        n(x),
        n(y),
        n(at(x)),
        n(at(x) - y),
        n((at(x) - y) ** 2),
        t(apart[i] ? 'test' : 'training'),
      ]),
    }),
  };
}
