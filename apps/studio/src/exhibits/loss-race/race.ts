import { formatFixed, formatInteger, formatSignificant } from '../../i18n/numbers.ts';
import type { ExhibitContext, MountedExhibit } from '../exhibit.ts';
import { category, markers } from '../support/colors.ts';
import { button, choice, slider } from '../support/controls.ts';
import { curve } from '../support/curve.ts';
import { h, s } from '../support/dom.ts';
import { numbers } from '../support/expression.ts';
import { handle, type Point, pathOf } from '../support/plane.ts';
import type { Race } from './compute.ts';
import { MOST_STEPS, type RaceState, type RaceTranslate } from './exhibit.ts';
import { type Place, type RacerName, racerNames, ranking, verdictOf } from './racers.ts';
import {
  type Bump,
  evaluate,
  formulaOf,
  type Relief,
  reliefOf,
  surfaceNames,
  TALL,
  WIDE,
} from './surfaces.ts';
import { terrain } from './terrain.ts';

/** Steps a second while the balls roll. */
const SPEED = 24;
const dashes = ['', '7 4', '2 4', '10 3 2 3'];

const gridOf = (state: RaceState): Relief => reliefOf(formulaOf(state.surface, state.bumps));
/** What the engine has to know: when it changes, the race begins anew. */
const raceOf = ({ surface, bumps, start, lr, momentum, noise, seed }: RaceState): Race => ({
  surface,
  bumps,
  start,
  lr: 10 ** lr,
  momentum,
  noise,
  seed,
});

/** Four optimizers of the engine go down a surface; the page asks for their steps and draws them. */
export function mountRace(
  t: RaceTranslate,
  element: HTMLElement,
  first: RaceState,
  context: ExhibitContext<RaceState>,
): MountedExhibit<RaceState> {
  const { locale } = context;
  const n = (value: number, decimals = 2) =>
    Math.abs(value) >= 1e4 ? formatSignificant(locale, value, 2) : formatFixed(locale, value, decimals);
  let now = first;
  let relief = gridOf(now);
  let brush: Point = [0, 0];
  let brushKind: 'hill' | 'hole' = 'hole';
  let paths: Record<RacerName, Place[]> = { sgd: [], momentum: [], rmsprop: [], adam: [] };
  let running = false;
  let over = false;
  const engine = context.compute<typeof import('./compute.ts')>();

  const map = terrain(t('map'), () => draw());
  const heightAt = ([x, y]: Point) => evaluate(formulaOf(now.surface, now.bumps), x, y, numbers);
  const say = ([x, y]: Point) => t('at', { x: n(x), y: n(y), loss: n(heightAt([x, y])) });
  const common = { step: 0.1, x: [-WIDE, WIDE], y: [-TALL, TALL], say } as const;
  const start = handle(map.plane, {
    ...common,
    label: t('start'),
    color: 'var(--ink)',
    get: () => now.start,
    move: ([x, y]) => change({ start: [x, y] }),
  });
  const brushHandle = handle(map.plane, {
    ...common,
    label: t('brush'),
    color: 'var(--info)',
    radius: 6,
    get: () => brush,
    move: (to) => {
      brush = to;
      brushHandle.place();
    },
  });
  map.plane.svg.append(start.element, brushHandle.element);
  map.plane.svg.addEventListener('click', (event) => {
    if (now.surface !== 'own' || (event.target as Element).closest('.ex-handle')) return;
    const [x, y] = map.plane.at(event);
    brush = [Number(x.toFixed(1)), Number(y.toFixed(1))];
    put(brushKind);
  });
  function put(kind: 'hill' | 'hole'): void {
    const bump: Bump = [brush[0], brush[1], kind === 'hill' ? 0.9 : -0.9];
    change({ bumps: [...now.bumps, bump].slice(-16) as RaceState['bumps'] });
  }

  const surface = choice({
    label: t('surface'),
    choices: surfaceNames.map((value) => ({ value, label: t(value) })),
    value: now.surface,
    onChoose: (value) =>
      // On the saddle it is worth beginning almost on the ridge.
      change({ surface: value, ...(value === 'saddle' ? { start: [-2.2, 0.1] as [number, number] } : {}) }),
  });
  const kind = choice({
    label: t('brushKind'),
    choices: (['hill', 'hole'] as const).map((value) => ({ value, label: t(value) })),
    value: brushKind,
    onChoose: (value) => {
      brushKind = value;
    },
  });
  const ownTools = h(
    'div',
    { class: 'lr-own' },
    h(
      'div',
      { class: 'row' },
      kind.element,
      button(t('put'), () => put(brushKind)),
      button(t('undo'), () => change({ bumps: now.bumps.slice(0, -1) })),
    ),
    h('p', { class: 'hint' }, t('ownHelp')),
  );
  const rate = slider({
    label: t('lr'),
    min: -3,
    max: 0.5,
    step: 0.05,
    value: now.lr,
    format: (value) => formatSignificant(locale, 10 ** value, 2),
    onInput: (lr) => change({ lr }),
  });
  const momentum = slider({
    label: t('momentum'),
    min: 0,
    max: 0.99,
    step: 0.01,
    value: now.momentum,
    format: (value) => n(value),
    onInput: (value) => change({ momentum: value }),
  });
  const noise = slider({
    label: t('noise'),
    min: 0,
    max: 3,
    step: 0.1,
    value: now.noise,
    format: (value) => n(value, 1),
    onInput: (value) => change({ noise: value }),
  });
  const runButton = button(t('run'), () => (running ? halt() : void run()), { kind: 'go' });
  const counter = h('output', { class: 'lr-counter', role: 'status' });
  const lanes = new Map(racerNames.map((name, i) => [name, lane(name, i)]));
  const list = h('ol', { class: 'lr-lanes', 'aria-label': t('racers') });
  const losses = curve({
    label: t('losses'),
    height: 120,
    format: (value) => formatSignificant(locale, value, 2),
    logarithmic: true,
  });
  element.append(
    h('div', { class: 'ex-tools' }, surface.element),
    h(
      'div',
      { class: 'lr' },
      h('div', { class: 'lr-picture' }, map.plane.element, h('p', { class: 'hint' }, t('keys')), ownTools),
      h(
        'div',
        { class: 'lr-side' },
        h(
          'div',
          { class: 'row' },
          runButton,
          button(t('step'), () => void goTo(now.step + 1)),
          button(t('again'), () => change({ step: 0 }, true), { kind: 'plain' }),
          counter,
        ),
        rate.element,
        h('div', { class: 'lr-two' }, momentum.element, noise.element),
        list,
        h('div', {}, h('h4', {}, t('losses')), losses.element),
        button(t('seed'), () => change({ seed: 1 + (now.seed % 1000) }), { kind: 'plain' }),
      ),
    ),
  );

  function nameOf(name: RacerName): string {
    return t(name === 'momentum' ? 'momentumName' : name);
  }
  function lane(name: RacerName, i: number) {
    const verdict = h('span', { class: 'lr-verdict' });
    const loss = h('button', {
      type: 'button',
      class: 'live lr-loss',
      hidden: true,
      onclick: () => void openFaces(name),
    });
    const check = h('input', {
      type: 'checkbox',
      class: 'lr-check',
      'aria-label': t('hide', { name: nameOf(name) }),
      onchange: () =>
        change({
          shown: racerNames.filter((each) => (each === name ? check.checked : now.shown.includes(each))),
        }),
    });
    const mark = s(
      'svg',
      { viewBox: '-8 -8 16 16', width: 18, height: 18, 'aria-hidden': 'true' },
      s('path', { d: markers[i], style: { fill: category(i) } }),
    );
    return {
      element: h(
        'li',
        { class: 'lr-lane', style: { '--c': category(i) } },
        check,
        mark,
        h('span', { class: 'lr-name' }, nameOf(name)),
        loss,
        verdict,
      ),
      check,
      verdict,
      loss,
    };
  }

  async function openFaces(name: RacerName): Promise<void> {
    const last = sofar(name).at(-1);
    if (!last) return;
    const found = await (await engine).faces(raceOf(now), [last.x, last.y]);
    if (!over) context.showFaces(found);
  }

  let opened = '';
  let opening: Promise<void> = Promise.resolve();
  /** Puts the balls at the start when anything that matters has changed. */
  function open(): Promise<void> {
    const race = raceOf(now);
    const key = JSON.stringify(race);
    if (key === opened) return opening;
    opened = key;
    opening = engine.then(async (module) => {
      const place = await module.open(race);
      if (over || opened !== key) return;
      paths = { sgd: [place], momentum: [place], rmsprop: [place], adam: [place] };
      draw();
    });
    return opening;
  }

  /** Lets the engine make the steps that are missing, and shows that one. */
  async function goTo(step: number): Promise<void> {
    const goal = Math.min(MOST_STEPS, step);
    const race = JSON.stringify(raceOf(now));
    await open();
    const missing = goal - (paths.sgd.length - 1);
    if (missing > 0) {
      const more = await (await engine).advance(missing);
      if (over || opened !== race || JSON.stringify(raceOf(now)) !== race) return;
      for (const name of racerNames) paths[name].push(...more[name]);
    }
    now = { ...now, step: goal };
    show();
    context.changed(now);
  }

  async function run(): Promise<void> {
    if (now.step >= MOST_STEPS) change({ step: 0 }, true);
    if (context.reducedMotion) return goTo(Math.min(MOST_STEPS, now.step + 100));
    running = true;
    runButton.textContent = t('pause');
    runButton.classList.remove('go');
    let time = performance.now();
    while (running && !over && now.step < MOST_STEPS && !allDone()) {
      const steps = Math.max(1, Math.min(8, Math.round(((performance.now() - time) / 1000) * SPEED)));
      time = performance.now();
      await goTo(now.step + steps);
      await new Promise((resolve) => setTimeout(resolve, 1000 / SPEED));
    }
    if (!over) halt();
  }
  const lowest = () =>
    Math.min(
      relief.lowest,
      ...racerNames.flatMap((name) => paths[name].map(({ loss }) => (loss > -1e3 ? loss : 0))),
    );
  const sofar = (name: RacerName) => paths[name].slice(0, now.step + 1);
  /** Nobody is underway any more, and that for a while. */
  const allDone = () =>
    now.noise === 0 &&
    now.step > 40 &&
    racerNames.every((name) => {
      const verdict = verdictOf(sofar(name), relief.lowest);
      return (
        verdict.kind === 'stuck' ||
        verdict.kind === 'diverged' ||
        (verdict.kind === 'arrived' && now.step - verdict.step > 30)
      );
    });
  function halt(): void {
    running = false;
    runButton.textContent = t('run');
    runButton.classList.add('go');
  }

  function change(part: Partial<RaceState>, stay = false): void {
    const before = JSON.stringify(raceOf(now));
    now = { ...now, ...part };
    const other = JSON.stringify(raceOf(now)) !== before;
    if (other) now = { ...now, step: 0 };
    if (other || stay) halt();
    if (part.surface || part.bumps) {
      relief = gridOf(now);
      map.show(relief);
    }
    if (other) {
      const place = { x: now.start[0], y: now.start[1], loss: heightAt(now.start) };
      paths = { sgd: [place], momentum: [place], rmsprop: [place], adam: [place] };
      void open();
    }
    show();
    context.changed(now);
  }

  function draw(): void {
    const on = map.plane;
    if (on.width === 0) return;
    const marks: SVGElement[] = [];
    racerNames.forEach((name, i) => {
      if (!now.shown.includes(name)) return;
      const path = sofar(name).filter(({ x, y }) => Number.isFinite(x + y) && Math.hypot(x, y) < 40);
      const last = path.at(-1);
      if (!last || now.step === 0) return;
      const points = path.map(({ x, y }): Point => [x, y]);
      marks.push(
        s('path', { d: pathOf(on, points), class: 'lr-under' }),
        s('path', {
          d: pathOf(on, points),
          class: 'lr-path',
          style: { stroke: category(i) },
          'stroke-dasharray': dashes[i],
        }),
        ...points
          .slice(1, -1)
          .slice(-40)
          .map(([x, y]) => s('circle', { cx: on.x(x), cy: on.y(y), r: 1.8, style: { fill: category(i) } })),
        s('circle', { cx: on.x(last.x), cy: on.y(last.y), r: 15, class: 'lr-glow' }),
        s('path', {
          d: markers[i],
          transform: `translate(${on.x(last.x)} ${on.y(last.y)}) scale(1.55)`,
          class: 'lr-ball',
          style: { fill: category(i) },
        }),
      );
    });
    map.marks.replaceChildren(...marks);
    start.place();
    brushHandle.element.style.display = now.surface === 'own' ? '' : 'none';
    brushHandle.place();
  }

  function verdictText(name: RacerName): string {
    const verdict = verdictOf(sofar(name), relief.lowest);
    return 'step' in verdict ? t(verdict.kind, { step: verdict.step }) : t(verdict.kind);
  }

  function show(): void {
    surface.set(now.surface);
    ownTools.hidden = now.surface !== 'own';
    rate.set(now.lr);
    momentum.set(now.momentum);
    noise.set(now.noise);
    counter.textContent = t('steps', { step: formatInteger(locale, now.step) });
    const shown = Object.fromEntries(racerNames.map((name) => [name, sofar(name)])) as typeof paths;
    const order = now.step === 0 ? racerNames : ranking(shown, relief.lowest);
    for (const [place, name] of order.entries()) {
      const each = lanes.get(name);
      if (!each) continue;
      each.check.checked = now.shown.includes(name);
      const last = shown[name].at(-1);
      const kind = verdictOf(shown[name], relief.lowest).kind;
      each.loss.textContent = last ? n(last.loss, 3) : '';
      each.loss.hidden = !last;
      each.verdict.textContent = now.step === 0 ? '' : verdictText(name);
      each.verdict.className = `lr-verdict ${kind}`;
      if (list.children[place] !== each.element)
        list.insertBefore(each.element, list.children[place] ?? null);
    }
    const floor = lowest();
    losses.draw(
      racerNames
        .filter((name) => now.shown.includes(name))
        .map((name) => ({
          name: nameOf(name),
          color: category(racerNames.indexOf(name)),
          dash: dashes[racerNames.indexOf(name)] || undefined,
          points: shown[name].map(({ loss }, i) => [i, Math.min(1e3, Math.max(1e-4, loss - floor))] as const),
        })) as Parameters<typeof losses.draw>[0],
      Math.max(20, now.step),
    );
    draw();
  }

  map.show(relief);
  show();
  if (now.step > 0) void goTo(now.step);
  else void open();

  return {
    update(next) {
      halt();
      now = { ...next, step: 0 };
      relief = gridOf(now);
      map.show(relief);
      paths = { sgd: [], momentum: [], rmsprop: [], adam: [] };
      opened = '';
      show();
      void goTo(next.step);
    },
    destroy() {
      over = true;
      running = false;
      map.destroy();
    },
    words() {
      return [
        t('wordsTerrain', {
          name: t(now.surface),
          x: n(now.start[0], 1),
          y: n(now.start[1], 1),
          loss: n(heightAt(now.start)),
          lowest: n(relief.lowest),
        }),
        t('wordsSettings', { lr: formatSignificant(locale, 10 ** now.lr, 2), step: now.step }),
        ...(now.step === 0
          ? []
          : racerNames.map((name) =>
              t('wordsRacer', {
                name: nameOf(name),
                verdict: verdictText(name),
                loss: n(sofar(name).at(-1)?.loss ?? Number.NaN, 3),
              }),
            )),
      ];
    },
    table() {
      return {
        caption: t('table', { step: now.step }),
        columns: [t('name'), 'x', 'y', t('lossName'), t('verdict')],
        rows: racerNames.map((name) => {
          const last = sofar(name).at(-1);
          return [
            nameOf(name),
            n(last?.x ?? now.start[0], 3),
            n(last?.y ?? now.start[1], 3),
            n(last?.loss ?? heightAt(now.start), 4),
            now.step === 0 ? '—' : verdictText(name),
          ];
        }),
      };
    },
  };
}
