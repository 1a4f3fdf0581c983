import './style.css';
import { catalog } from '../../i18n/messages.ts';
import { formatFixed, formatInteger, formatPercent } from '../../i18n/numbers.ts';
import { flamePath } from '../../ui/flame.ts';
import { defineExhibit, type ExhibitContext, type MountedExhibit } from '../exhibit.ts';
import { category, markers } from '../support/colors.ts';
import { button, choice, slider, toggle } from '../support/controls.ts';
import { curve } from '../support/curve.ts';
import { h, s } from '../support/dom.ts';
import { type Handle, handle, pathOf, plane } from '../support/plane.ts';
import { pointPad } from '../support/pointPad.ts';
import en from './messages.en.json';
import es from './messages.es.json';
import {
  dataNames,
  initialState,
  type KMeansState,
  kMeansState,
  MOST_CLUSTERS,
  MOST_POINTS,
  type Place,
  pointsOf,
  regionOf,
  startNames,
  startOf,
} from './state.ts';

type Compute = typeof import('./compute.ts');
const messages = catalog({ es, en });
const EDGE = 1.08;
/** How long a centroid is on its way, in milliseconds. */
const WAY = 380;

export const exhibit = defineExhibit<KMeansState>({
  title: { es: 'k-means, a mano', en: 'k-means, by hand' },
  state: kMeansState,
  initial: initialState,
  mount: (element, state, context) => mount(element, state, context),
});

function mount(
  element: HTMLElement,
  initial: KMeansState,
  context: ExhibitContext<KMeansState>,
): MountedExhibit<KMeansState> {
  const { locale } = context;
  const t = messages(locale);
  const n = (value: number, decimals = 2) => formatFixed(locale, value, decimals);
  let state = initial;
  let points: readonly Place[] = [];
  let centroids: Place[] = [];
  /** Of each point, its centroid; -1 before it has one. */
  let labels: number[] = [];
  let inertia: number | null = null;
  let history: [number, number][] = [];
  let trails: Place[][] = [];
  let chances: readonly number[] | null = null;
  let settled = false;
  let bestFound: { centroids: Place[]; inertia: number } | null = null;
  let principal: Awaited<ReturnType<Compute['axis']>> | null = null;
  let placing = false;
  let over = false;
  let turn = 0;
  let frame = 0;

  const choosing = () => state.start === 'plusplus' && centroids.length < state.k;

  // What is drawn ---------------------------------------------------------------------
  const on = plane({
    label: t('planeLabel'),
    x: [-EDGE, EDGE],
    y: [-EDGE, EDGE],
    className: 'km-plane',
    draw,
  });
  const pad = pointPad({
    on: () => on,
    label: t('helpPoints'),
    start: [0, 0],
    step: 0.05,
    onPlace: add,
  });
  const layers = {
    regions: s('g'),
    axis: s('g'),
    spokes: s('g'),
    points: s('g'),
    flames: s('g'),
    trails: s('g'),
    pad: pad.element,
    handles: s('g'),
  };
  on.svg.append(...Object.values(layers));
  let handles: Handle[] = [];

  const status = h('p', { class: 'km-status', 'aria-live': 'polite' });
  const inertiaShown = h(
    'button',
    { type: 'button', class: 'live num', disabled: true, onclick: () => void showFaces() },
    '—',
  );
  const stepsShown = h('span', { class: 'num' }, '0');
  const inertiaCurve = curve({ label: t('curveLabel'), format: (value) => n(value), height: 110 });
  const step = button('', () => void next(), { kind: 'go' });
  const showBest = button(t('best'), () => bestFound && place(bestFound.centroids));
  const clear = button(
    t('clear'),
    () => change({ data: 'own', own: points.slice(0, 2).map(([x, y]) => [x, y]) }),
    { kind: 'plain' },
  );
  const dataChoice = choice({
    label: t('data'),
    choices: dataNames.map((value) => ({ value, label: t(value) })),
    value: state.data,
    onChoose: (value) =>
      change(value === 'own' ? { data: value, own: points.map(([x, y]) => [x, y]) } : { data: value }),
  });
  const startChoice = choice({
    label: t('start'),
    choices: startNames.map((value) => ({ value, label: t(value) })),
    value: state.start,
    onChoose: (value) => change({ start: value }),
  });
  const clusters = slider({
    label: t('clusters'),
    min: 1,
    max: MOST_CLUSTERS,
    step: 1,
    value: state.k,
    format: (value) => formatInteger(locale, value),
    onInput: (value) => change({ k: value }),
  });
  const regions = toggle({
    label: t('regions'),
    value: state.regions,
    onToggle: (value) => show({ regions: value }),
  });
  const axisToggle = toggle({
    label: t('axis'),
    value: state.axis,
    onToggle: (value) => show({ axis: value }),
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
        step,
        button(t('untilEnd'), () => void untilEnd()),
        button(t('again'), () => change({}), { kind: 'plain' }),
      ),
      startChoice.element,
    ),
    h(
      'div',
      { class: 'km' },
      h('div', { class: 'km-picture' }, on.element, help),
      h(
        'div',
        { class: 'km-side' },
        h(
          'div',
          { class: 'km-figures' },
          h('div', {}, h('span', {}, t('inertia')), inertiaShown),
          h('div', {}, h('span', {}, t('stepCount')), stepsShown),
        ),
        inertiaCurve.element,
        status,
        showBest,
        h(
          'div',
          { class: 'field' },
          h('span', { class: 'lab', 'aria-hidden': 'true' }, t('data')),
          dataChoice.element,
        ),
        clusters.element,
        h('div', { class: 'row' }, regions.element, axisToggle.element, placingToggle.element),
        h(
          'div',
          { class: 'row' },
          button(t('seed'), () => change({ seed: (state.seed * 7 + 13) % 1000 })),
          clear,
        ),
      ),
    ),
  );

  function color(label: number): string {
    return label < 0 ? 'var(--edge)' : category(label);
  }

  function draw(): void {
    if (on.width === 0) return;
    const at = ([x, y]: Place) => `translate(${on.x(x).toFixed(1)} ${on.y(y).toFixed(1)})`;
    layers.regions.replaceChildren(
      ...(state.regions && !choosing()
        ? centroids.map((_, i) =>
            s('path', {
              d: pathOf(on, regionOf(i, centroids), true),
              class: 'km-region',
              style: { fill: category(i) },
            }),
          )
        : []),
    );
    layers.spokes.replaceChildren(
      ...points.flatMap((point, i) => {
        const centroid = centroids[labels[i] ?? -1];
        return centroid
          ? [
              s('path', {
                d: pathOf(on, [point, centroid]),
                class: 'km-spoke',
                style: { stroke: color(labels[i] ?? -1) },
              }),
            ]
          : [];
      }),
    );
    layers.points.replaceChildren(
      ...points.map((point, i) => {
        const label = labels[i] ?? -1;
        return s('path', {
          d: markers[label < 0 ? 0 : label % markers.length],
          transform: `${at(point)} scale(.95)`,
          class: 'km-point',
          style: { fill: color(label) },
        });
      }),
    );
    const most = Math.max(1e-9, ...(chances ?? []));
    layers.flames.replaceChildren(
      ...(chances && choosing() && centroids.length > 0
        ? points.map((point, i) => {
            const height = (44 * (chances?.[i] ?? 0)) / most;
            return s('path', {
              d: flamePath(9, height),
              transform: `translate(${(on.x(point[0]) - 4.5).toFixed(1)} ${on.y(point[1]).toFixed(1)})`,
              class: 'km-flame',
            });
          })
        : []),
    );
    layers.trails.replaceChildren(
      ...trails.flatMap((trail, i) =>
        trail.length > 1
          ? [s('path', { d: pathOf(on, trail), class: 'km-trail', style: { stroke: category(i) } })]
          : [],
      ),
    );
    layers.axis.replaceChildren(...(state.axis && principal ? drawAxis(principal) : []));
    pad.draw(placing);
    help.textContent = t(placing ? 'helpPoints' : 'help');
    drawHandles();
    drawFigures();
  }

  function drawAxis({ mean, direction, deviation }: NonNullable<typeof principal>): SVGElement[] {
    const along = (amount: number): Place => [
      mean[0] + direction[0] * amount,
      mean[1] + direction[1] * amount,
    ];
    const feet = points.map((point) => {
      const amount = (point[0] - mean[0]) * direction[0] + (point[1] - mean[1]) * direction[1];
      return pathOf(on, [point, along(amount)]);
    });
    return [
      s('path', { d: feet.join(''), class: 'km-feet' }),
      s('path', { d: pathOf(on, [along(-3), along(3)]), class: 'km-axis' }),
      s('path', { d: pathOf(on, [along(-deviation), along(deviation)]), class: 'km-deviation' }),
    ];
  }

  function drawHandles(): void {
    if (handles.length !== centroids.length) {
      handles = centroids.map((_, i) =>
        handle(on, {
          label: t('centroid', { number: i + 1 }),
          color: category(i),
          step: 0.02,
          x: [-1, 1],
          y: [-1, 1],
          get: () => centroids[i] ?? [0, 0],
          move: (to) => place(centroids.map((own, j) => (j === i ? to : own))),
          say: ([x, y]) =>
            t('centroidAt', { x: n(x), y: n(y), count: labels.filter((label) => label === i).length }),
          radius: 11,
        }),
      );
      handles.forEach(({ element: knob }, i) => {
        knob.append(s('text', { class: 'km-number', 'text-anchor': 'middle', y: 5 }, String(i + 1)));
      });
      layers.handles.replaceChildren(...handles.map(({ element: knob }) => knob));
    }
    for (const each of handles) each.place();
  }

  function drawFigures(): void {
    inertiaShown.textContent = inertia === null ? '—' : n(inertia);
    inertiaShown.disabled = inertia === null;
    stepsShown.textContent = formatInteger(locale, history.length);
    inertiaCurve.draw(
      [{ name: t('inertia'), color: 'var(--ember)', points: history }],
      Math.max(6, history.length),
    );
    step.textContent = t(choosing() ? 'choose' : state.phase);
    showBest.hidden = !(settled && bestFound && inertia !== null && inertia > bestFound.inertia * 1.005);
    status.textContent = [
      choosing() && chances && centroids.length > 0 ? t('chances') : '',
      settled ? t('moved') : '',
      settled && bestFound && inertia !== null
        ? inertia > bestFound.inertia * 1.005
          ? t('isLocal', { best: n(bestFound.inertia) })
          : t('isBest')
        : '',
      state.axis && principal ? t('axisSays', { share: formatPercent(locale, principal.share) }) : '',
    ]
      .filter(Boolean)
      .join(' ');
    clear.hidden = state.data !== 'own';
  }

  // What is done ----------------------------------------------------------------------
  function keep(): void {
    const rounded = (value: number) => Math.round(Math.max(-1, Math.min(1, value)) * 10_000) / 10_000;
    state = { ...state, centroids: centroids.map(([x, y]) => [rounded(x), rounded(y)]) };
    context.changed(state);
  }

  function say(error: unknown): void {
    if (!over)
      status.textContent = t('failed', { message: error instanceof Error ? error.message : String(error) });
  }

  async function showFaces(): Promise<void> {
    const found = await ask((module) => module.faces(points, labels, centroids));
    if (found) context.showFaces(found);
  }

  /** The module, unless something else has begun meanwhile. */
  async function ask<T>(
    question: (module: Awaited<ReturnType<typeof context.compute<Compute>>>) => Promise<T>,
  ): Promise<T | null> {
    const own = ++turn;
    try {
      const answer = await question(await context.compute<Compute>());
      return over || own !== turn ? null : answer;
    } catch (error) {
      if (own === turn) say(error);
      return null;
    }
  }

  /** Moves centroids by hand: whatever was assigned is assigned no more. */
  function place(to: readonly Place[]): void {
    turn++;
    cancelAnimationFrame(frame);
    centroids = to.map(([x, y]) => [x, y]);
    trails = centroids.map((own) => [own]);
    labels = points.map(() => -1);
    settled = false;
    inertia = null;
    state = { ...state, phase: 'assign' };
    keep();
    draw();
  }

  /** Begins anew with other settings. */
  function change(changes: Partial<KMeansState>): void {
    state = { ...state, ...changes, centroids: [], phase: 'assign' };
    begin();
  }

  function show(changes: Partial<KMeansState>): void {
    state = { ...state, ...changes };
    context.changed(state);
    draw();
  }

  function begin(): void {
    turn++;
    cancelAnimationFrame(frame);
    points = pointsOf(state);
    if (state.k > points.length) state = { ...state, k: Math.max(1, points.length) };
    centroids = state.centroids.length > 0 ? state.centroids.map(([x, y]): Place => [x, y]) : startOf(state);
    trails = centroids.map((own) => [own]);
    labels = points.map(() => -1);
    inertia = null;
    history = [];
    chances = null;
    settled = false;
    bestFound = null;
    principal = null;
    dataChoice.set(state.data);
    startChoice.set(state.start);
    clusters.set(state.k);
    regions.set(state.regions);
    axisToggle.set(state.axis);
    keep();
    draw();
    void prepare();
  }

  /** What is compared with, and, of a state that was left between two half-steps, to whom each point belongs. */
  async function prepare(): Promise<void> {
    const { phase } = state;
    const found = await ask(async (module) => ({
      principal: await module.axis(points),
      assigned: phase === 'move' && !choosing() ? await module.assign(points, centroids) : null,
      next: choosing() ? await module.nextCentroid(points, centroids, state.seed) : null,
    }));
    if (!found) return;
    principal = found.principal;
    if (found.assigned) {
      labels = [...found.assigned.labels];
      note(found.assigned.inertia);
    }
    chances = found.next?.chances ?? null;
    context.changed(state);
    draw();
  }

  /** What twenty other starts reach: asked for when this one has come to its end. */
  async function compare(): Promise<void> {
    if (bestFound) return;
    const found = await ask((module) => module.best(points, state.k, state.seed));
    if (!found) return;
    bestFound = found;
    draw();
  }

  function note(value: number): void {
    inertia = value;
    history.push([history.length + 1, value]);
  }

  /** The next half-step, or the next centroid of k-means++. */
  async function next(animated = true): Promise<void> {
    if (choosing()) {
      const found = await ask(async (module) => {
        const { chosen } = await module.nextCentroid(points, centroids, state.seed);
        const more: Place[] = [...centroids, points[chosen] as Place];
        return {
          more,
          after: more.length < state.k ? await module.nextCentroid(points, more, state.seed) : null,
        };
      });
      if (!found) return;
      centroids = found.more;
      trails = centroids.map((own) => [own]);
      chances = found.after?.chances ?? null;
      keep();
      draw();
    } else if (state.phase === 'assign') {
      const found = await ask((module) => module.assign(points, centroids));
      if (!found) return;
      settled = labels.length > 0 && labels.every((label, i) => label === found.labels[i]);
      labels = [...found.labels];
      note(found.inertia);
      state = { ...state, phase: 'move' };
      keep();
      draw();
    } else {
      const before = centroids;
      const found = await ask((module) => module.move(points, labels, centroids));
      if (!found) return;
      settled = found.centroids.every(
        ([x, y], i) => Math.hypot(x - (before[i]?.[0] ?? 0), y - (before[i]?.[1] ?? 0)) < 1e-5,
      );
      note(found.inertia);
      state = { ...state, phase: 'assign' };
      for (const [i, to] of found.centroids.entries()) trails[i]?.push(to);
      if (animated && !context.reducedMotion && !settled) await glide(before, found.centroids);
      centroids = found.centroids;
      keep();
      draw();
    }
    if (settled) await compare();
  }

  /** Shows centroids on their way. */
  function glide(from: readonly Place[], to: readonly Place[]): Promise<void> {
    const own = turn;
    const start = performance.now();
    return new Promise((resolve) => {
      const tick = (now: number) => {
        if (over || own !== turn) return resolve();
        const share = Math.min(1, (now - start) / WAY);
        const eased = 1 - (1 - share) ** 3;
        centroids = to.map(([x, y], i): Place => {
          const [x0, y0] = from[i] as Place;
          return [x0 + (x - x0) * eased, y0 + (y - y0) * eased];
        });
        draw();
        if (share < 1) frame = requestAnimationFrame(tick);
        else resolve();
      };
      frame = requestAnimationFrame(tick);
    });
  }

  async function untilEnd(): Promise<void> {
    for (let i = 0; i < 100 && !over; i++) {
      const before = turn;
      await next(false);
      // Somebody has done something else.
      if (turn > before + 1 || (settled && state.phase === 'assign')) return;
      if (!context.reducedMotion) await new Promise((resolve) => setTimeout(resolve, 120));
      if (turn > before + 1) return;
    }
  }

  // Own points ------------------------------------------------------------------------
  function add([x, y]: Place): void {
    if (points.length >= MOST_POINTS) return;
    const rounded = (value: number) => Math.round(Math.max(-1, Math.min(1, value)) * 1000) / 1000;
    const kept = state.centroids;
    state = {
      ...state,
      data: 'own',
      own: [...points.map(([a, b]): [number, number] => [a, b]), [rounded(x), rounded(y)]],
      centroids: kept,
      phase: 'assign',
    };
    begin();
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
      cancelAnimationFrame(frame);
      on.destroy();
      element.replaceChildren();
    },
    words() {
      const empty = centroids.filter(
        (_, i) => labels.some((label) => label >= 0) && !labels.includes(i),
      ).length;
      return [
        t('wordsData', { points: points.length, data: t(state.data), k: centroids.length }),
        choosing()
          ? t('wordsChoosing', { chosen: centroids.length, k: state.k })
          : t(state.phase === 'assign' ? 'wordsAssign' : 'wordsMove'),
        ...(inertia === null
          ? []
          : [
              t('wordsInertia', {
                inertia: n(inertia),
                first: history.length > 1 ? n(history[0]?.[1] ?? 0) : 'none',
              }),
            ]),
        ...(empty > 0 ? [t('wordsEmpty', { empty })] : []),
        ...(settled ? [t('moved')] : []),
        ...(state.axis && principal
          ? [t('axisSays', { share: formatPercent(locale, principal.share) })]
          : []),
      ];
    },
    table: () => ({
      caption: t('tableCaption'),
      columns: [t('tableCentroid'), 'x', 'y', t('tableCount'), t('tableInertia')],
      rows: centroids.map(([x, y], i) => [
        String(i + 1),
        n(x, 3),
        n(y, 3),
        labels.filter((label) => label === i).length,
        n(
          points.reduce(
            (sum, [px, py], j) => (labels[j] === i ? sum + (px - x) ** 2 + (py - y) ** 2 : sum),
            0,
          ),
          3,
        ),
      ]),
    }),
  };
}
