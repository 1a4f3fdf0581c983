import './style.css';
import { proxy } from 'comlink';
import { formatFixed, formatInteger, formatPercent } from '../../i18n/numbers.ts';
import type { ExhibitContext, MountedExhibit } from '../exhibit.ts';
import { onThemeChange } from '../support/colors.ts';
import { button, choice } from '../support/controls.ts';
import { curve } from '../support/curve.ts';
import { h } from '../support/dom.ts';
import { readPalette } from '../support/pixels.ts';
import { createBoard } from './board.ts';
import { createDataPanel } from './dataPanel.ts';
import { heldOut, pointsOf } from './datasets.ts';
import { createDetector } from './detector.ts';
import { paintColumn, paintSurface } from './look.ts';
import { playgroundMessages } from './messages.ts';
import { createNetworkView } from './networkView.ts';
import { createSettingsPanel } from './settingsPanel.ts';
import { type Checkpoint, GRID, type Snapshot } from './snapshot.ts';
import {
  classesOf,
  type DataPoint,
  MOST_POINTS,
  type PlaygroundState,
  sameNetwork,
  taskOf,
} from './state.ts';
import { tableOf, wordsOf } from './words.ts';

type Compute = typeof import('./compute.ts');

export interface PlaygroundOptions {
  /** The laboratory has the whole width of the page. */
  readonly wide?: boolean;
  /** A training to go on with. */
  readonly checkpoint?: Checkpoint;
  /** Hears when it begins and stops to train, and of every snapshot. */
  onTraining?(training: boolean): void;
  onSnapshot?(snapshot: Snapshot): void;
}

export interface MountedPlayground extends MountedExhibit<PlaygroundState> {
  /** All that is needed to go on later. */
  checkpoint(): Promise<{ checkpoint: Checkpoint; state: PlaygroundState }>;
  pause(): Promise<void>;
}

/** With reduced motion, pictures change at most so often while it trains, in milliseconds. */
const CALM = 1500;

/** The playground: of the exhibit in lessons, and of the laboratory of points. */
export function mountPlayground(
  element: HTMLElement,
  initial: PlaygroundState,
  context: Pick<ExhibitContext<PlaygroundState>, 'locale' | 'reducedMotion' | 'compute' | 'changed'> & {
    readonly showFaces?: ExhibitContext<PlaygroundState>['showFaces'];
  },
  options: PlaygroundOptions = {},
): MountedPlayground {
  const { locale } = context;
  const t = playgroundMessages(locale);
  let state = initial;
  let points: readonly DataPoint[] = pointsOf(state);
  let snapshot: Snapshot | null = null;
  let chosen: readonly [number, number] | null = null;
  let training = false;
  let over = false;
  let checkpoint = options.checkpoint;
  /** Counted up by whatever makes answers that are still on their way worthless. */
  let turn = 0;

  // What is drawn ---------------------------------------------------------------------
  const board = createBoard(locale, t, {
    place(x, y) {
      const brush = data.brush();
      if (brush === null || points.length >= MOST_POINTS) return;
      edit([...points, [x, y, brush]]);
    },
    move(index, x, y, done) {
      const label = points[index]?.[2] ?? 0;
      const moved = points.map((point, i): DataPoint => (i === index ? [x, y, label] : point));
      if (done) edit(moved);
      else {
        points = moved;
        drawBoard();
      }
    },
    remove(index) {
      if (points.length > 2) edit(points.filter((_, i) => i !== index));
    },
    brush: (number) => data.choose(number),
    erases: () => data.brush() === null,
    named: () => {
      const brush = data.brush() ?? 0;
      return taskOf(state) === 'classes'
        ? t('classNumber', { number: brush + 1 })
        : t('valueNumber', { value: formatFixed(locale, brush, 1) });
    },
  });
  const network = createNetworkView(t, {
    layers: (layers) => change({ layers: [...layers] }),
    features: (features) => change({ features: [...features] }),
    choose,
  });
  const detector = createDetector(locale, t, {
    choose,
    revive: (layer, neuron) => void ask((compute) => compute.revive(layer, neuron)),
    faces: context.showFaces ? (layer, neuron) => void openFaces(layer, neuron) : null,
  });
  const data = createDataPanel(state, locale, t, { change }, options.wide === true);
  const settings = createSettingsPanel(state, locale, t, { change });
  const losses = curve({
    label: t('curveLabel'),
    format: (value) => formatFixed(locale, value, 2),
    height: 104,
  });
  const boardTitle = h('p', { class: 'pg-board-title' });
  const whole = button('×', () => choose(-1, -1), { kind: 'plain' });
  whole.setAttribute('aria-label', t('boardWhole'));
  const trouble = h('p', { class: 'call err pg-trouble', role: 'alert' });
  trouble.hidden = true;

  const go = button(t('train'), () => void (training ? pause() : train()), { kind: 'go' });
  const speed = choice({
    label: t('speed'),
    choices: (['slow', 'normal', 'fast'] as const).map((value) => ({ value, label: t(value) })),
    value: state.speed,
    onChoose: (value) => change({ speed: value }),
  });
  const figure = (label: string) => {
    const output = h('span', { class: 'num' }, '—');
    const name = h('span', {}, label);
    return { element: h('div', {}, name, output), name, set: (text: string) => (output.textContent = text) };
  };
  const figures = {
    step: figure(t('stepLabel')),
    epoch: figure(t('epochLabel')),
    train: figure(t('trainLoss')),
    held: figure(t('heldLoss')),
    score: figure(t('accuracy')),
  };
  const tools = h(
    'div',
    { class: 'ex-tools pg-tools' },
    h(
      'div',
      { class: 'row' },
      go,
      button(t('step'), () => void stepBy(1)),
      button(t('hundred'), () => void stepBy(100)),
      button(t('restart'), () => void begin(), { kind: 'plain' }),
      speed.element,
    ),
    h(
      'div',
      { class: 'pg-figures' },
      Object.values(figures).map((one) => one.element),
    ),
  );
  const dataPlace = h('div', { class: 'pg-data-place' });
  const settingsPlace = h('div', { class: 'pg-settings-place' });
  const boardPlace = h(
    'div',
    { class: 'pg-board-place' },
    h('div', { class: 'pg-board-head' }, boardTitle, whole),
    data.brushes,
    board.element,
    losses.element,
    h(
      'p',
      { class: 'pg-keys' },
      h('span', { class: 'tr' }, t('training')),
      h('span', { class: 'va' }, t('validation')),
    ),
    h('p', { class: 'hint pg-help' }, t('boardHelp')),
  );
  const networkPlace = h('div', { class: 'pg-network-place' }, network.element, detector.element);
  const root = h(
    'div',
    { class: `pg${options.wide ? ' wide' : ''}` },
    tools,
    trouble,
    dataPlace,
    h('div', { class: 'pg-body' }, networkPlace, boardPlace),
    settingsPlace,
  );
  element.replaceChildren(root);
  drawPanels();

  let palette = readPalette(root);
  const stopTheme = onThemeChange(() => {
    palette = readPalette(root);
    network.repaint();
    draw();
  });

  /** The panels that the state asks for; in lessons, the dials are folded away. */
  function drawPanels(): void {
    const has = (panel: PlaygroundState['panels'][number]) => state.panels.includes(panel);
    dataPlace.replaceChildren(...(has('data') ? [data.element] : []));
    networkPlace.hidden = !has('network');
    settingsPlace.replaceChildren(
      ...(!has('settings')
        ? []
        : options.wide
          ? [settings.element]
          : [h('details', { class: 'pg-fold' }, h('summary', {}, t('settings')), settings.element)]),
    );
  }

  function drawBoard(): void {
    const held = heldOut(points, state);
    board.draw(
      points.map((point, i) => ({ point, held: held[i] ?? false })),
      classesOf(points, taskOf(state)),
      state.showHeld,
    );
  }

  function drawSurface(): void {
    const classes = classesOf(points, taskOf(state));
    const total = state.layers.reduce((sum, width) => sum + width, 0);
    const neuron = chosen !== null && snapshot?.neurons.length === GRID * GRID * total ? chosen : null;
    boardTitle.textContent = neuron
      ? t('boardNeuron', { neuron: neuron[1] + 1, layer: neuron[0] + 1 })
      : t('boardWhole');
    whole.hidden = !neuron;
    if (!snapshot) return;
    if (neuron) {
      const before = state.layers.slice(0, neuron[0]).reduce((sum, width) => sum + width, 0);
      paintColumn(board.canvas, snapshot.neurons, total, before + neuron[1], palette);
    } else if (snapshot.surface.length === GRID * GRID * classes)
      paintSurface(board.canvas, snapshot.surface, classes, palette);
  }

  function draw(): void {
    drawBoard();
    drawSurface();
    network.draw(state, classesOf(points, taskOf(state)), snapshot, chosen, palette);
    detector.draw(state, snapshot, chosen);
    figures.score.name.textContent = t(taskOf(state) === 'classes' ? 'accuracy' : 'r2');
    if (!snapshot) return;
    const fixed = (value: number) => formatFixed(locale, value, 3);
    figures.step.set(formatInteger(locale, snapshot.step));
    figures.epoch.set(formatFixed(locale, snapshot.epoch, 1));
    figures.train.set(fixed(snapshot.trainLoss));
    figures.held.set(fixed(snapshot.heldLoss));
    figures.score.set(
      taskOf(state) === 'classes' ? formatPercent(locale, snapshot.heldScore) : fixed(snapshot.heldScore),
    );
    const { history } = snapshot;
    losses.draw(
      [
        {
          name: t('validation'),
          color: 'var(--cat-2)',
          dash: '5 3',
          points: history.map(([step, , held]) => [step, held]),
        },
        { name: t('training'), color: 'var(--ember)', points: history.map(([step, train]) => [step, train]) },
      ],
      history.at(-1)?.[0] ?? 0,
    );
    say(Number.isFinite(snapshot.trainLoss) ? null : t('diverged'));
  }

  function say(message: string | null): void {
    if (message !== null && trouble.textContent !== message) trouble.textContent = message;
    trouble.hidden = message === null;
  }

  function choose(layer: number, neuron: number): void {
    const same = chosen?.[0] === layer && chosen[1] === neuron;
    chosen = same || layer < 0 ? null : [layer, neuron];
    draw();
  }

  // What is computed ------------------------------------------------------------------
  const compute = () => context.compute<Compute>();

  function show(next: Snapshot): void {
    snapshot = next;
    draw();
    options.onSnapshot?.(next);
    context.changed(state);
  }

  async function openFaces(layer: number, neuron: number): Promise<void> {
    try {
      const found = await (await compute()).faces(layer, neuron);
      if (!over) context.showFaces?.(found);
    } catch (error) {
      if (!over) say(t('failed', { message: String(error) }));
    }
  }

  function setTraining(next: boolean): void {
    if (training === next) return;
    training = next;
    go.textContent = t(training ? 'pause' : 'train');
    options.onTraining?.(training);
  }

  /** Asks the worker for a snapshot, and shows it unless something else was asked for meanwhile. */
  async function ask(
    question: (module: Awaited<ReturnType<typeof compute>>) => Promise<Snapshot | null>,
  ): Promise<Snapshot | null> {
    const own = ++turn;
    try {
      const answer = await question(await compute());
      if (over || own !== turn) return null;
      if (answer) show(answer);
      return answer;
    } catch (error) {
      if (!over && own === turn) say(t('failed', { message: String(error) }));
      return null;
    }
  }

  /** Begins anew from the seed; goes on training where it did. */
  async function begin(): Promise<void> {
    const goOn = training;
    setTraining(false);
    const from = checkpoint;
    checkpoint = undefined;
    const begun = await ask((module) => module.begin(state, points, from));
    if (begun && goOn) void train();
  }

  async function train(): Promise<void> {
    const own = ++turn;
    setTraining(true);
    say(null);
    try {
      const module = await compute();
      if (over || own !== turn) return;
      const onSnapshot = (next: Snapshot) => {
        if (over || own !== turn) return;
        show(next);
        if (!Number.isFinite(next.trainLoss)) void pause();
      };
      await module.train(proxy(onSnapshot), { pace: context.reducedMotion ? CALM : 80 });
    } catch (error) {
      if (!over && own === turn) say(t('failed', { message: String(error) }));
    }
    if (!over && own === turn) setTraining(false);
  }

  async function pause(): Promise<void> {
    setTraining(false);
    await ask((module) => module.pause());
  }

  async function stepBy(count: number): Promise<void> {
    setTraining(false);
    await ask((module) => module.step(count));
  }

  /** Other points: what was learnt stays, unless they have other classes. */
  async function edit(next: readonly DataPoint[]): Promise<void> {
    state = { ...state, data: 'own', task: taskOf(state), own: [...next] };
    points = next;
    data.draw(state);
    drawBoard();
    context.changed(state);
    const goOn = training;
    if (goOn) {
      // It takes them up as it goes.
      const fits = await (await compute()).setPoints(state, points);
      if (fits === null) await begin();
      return;
    }
    let fits = true;
    await ask(async (module) => {
      const answer = await module.setPoints(state, points);
      fits = answer !== null;
      return answer;
    });
    if (!fits) await begin();
  }

  function change(changes: Partial<PlaygroundState>): void {
    const before = state;
    state = { ...state, ...changes };
    const sameData = ['data', 'own', 'noise', 'count', 'held', 'seed', 'task'].every(
      (key) => before[key as keyof PlaygroundState] === state[key as keyof PlaygroundState],
    );
    if (!sameData) points = pointsOf(state);
    if (!sameNetwork(before, state)) chosen = null;
    data.draw(state);
    settings.draw(state);
    speed.set(state.speed);
    draw();
    context.changed(state);
    if (sameData && sameNetwork(before, state)) void compute().then((module) => module.setRates(state));
    else void begin();
  }

  draw();
  void begin();
  return {
    update(next) {
      const panels = JSON.stringify(next.panels) !== JSON.stringify(state.panels);
      state = next;
      points = pointsOf(state);
      snapshot = null;
      chosen = null;
      data.draw(state);
      settings.draw(state);
      speed.set(state.speed);
      if (panels) drawPanels();
      draw();
      setTraining(false);
      void begin();
    },
    destroy() {
      over = true;
      turn++;
      stopTheme();
      network.destroy();
      element.replaceChildren();
    },
    words: () => wordsOf(state, points, snapshot, locale, t),
    table: () => tableOf(state, snapshot, locale, t),
    checkpoint: async () => (await compute()).checkpoint(),
    pause,
  };
}
