import './style.css';
import { proxy } from 'comlink';
import { z } from 'zod';
import { catalog } from '../../i18n/messages.ts';
import { formatFixed, formatInteger, formatPercent } from '../../i18n/numbers.ts';
import { defineExhibit } from '../exhibit.ts';
import { onThemeChange } from '../support/colors.ts';
import { button, choice, slider, toggle } from '../support/controls.ts';
import { curve } from '../support/curve.ts';
import { randomNumbers } from '../support/digits.ts';
import { h } from '../support/dom.ts';
import { readPalette } from '../support/pixels.ts';
import type { GanSettings, GanView } from './compute.ts';
import { type Coverage, coverage, drawReal, kinds, MODES, modesOf, type Point } from './distributions.ts';
import { guessing } from './guess.ts';
import en from './messages.en.json';
import es from './messages.es.json';
import { collapseMeter } from './meter.ts';
import { stage } from './stage.ts';
import { timeline } from './timeline.ts';

const messages = catalog({ es, en });
export type GanTranslate = ReturnType<typeof messages>;

const coordinate = z.number().min(-1.5).max(1.5);
const state = z.strictObject({
  seed: z.number().int().min(1).max(1e6),
  kind: z.enum(kinds),
  drawn: z.array(z.tuple([coordinate, coordinate])).max(300),
  loss: z.enum(['non-saturating', 'wasserstein']),
  hurry: z.number().min(0.5).max(8),
  turns: z.number().int().min(1).max(5),
  r1: z.number().min(0).max(1),
  surface: z.boolean(),
  arrows: z.boolean(),
  grid: z.boolean(),
});
export type GanState = z.infer<typeof state>;

/** As far as the players go by themselves. */
const LAST_STEP = 6000;
const BRAKES = [0, 0.05, 0.1, 0.3, 1];

export const exhibit = defineExhibit<GanState>({
  title: { es: 'Una GAN sobre puntos', en: 'A GAN on points' },
  state,
  initial: {
    seed: 1,
    kind: 'gaussians',
    drawn: [],
    loss: 'non-saturating',
    hurry: 1,
    turns: 1,
    r1: 0,
    surface: true,
    arrows: true,
    grid: false,
  },
  mount(element, first, context) {
    const t = messages(context.locale);
    const { locale } = context;
    let now = first;
    let view: GanView | null = null;
    let cover: Coverage | null = null;
    let modes = modesOf(now.kind, now.drawn);
    let losses: { discriminator: [number, number][]; generator: [number, number][] } = {
      discriminator: [],
      generator: [],
    };
    let playing = false;
    let over = false;
    let deals = 0;
    const engine = context.compute<typeof import('./compute.ts')>();
    /** What is asked of the engine, one after another: players that are being replaced take no step. */
    let queue: Promise<unknown> = engine;
    const ask = <T>(work: (module: Awaited<typeof engine>) => Promise<T>): Promise<T> => {
      const result = queue.then(async () => work(await engine));
      queue = result.catch(() => undefined);
      return result;
    };

    const plane = stage(t, (point) => addPoint(point));
    const meter = collapseMeter(t, locale);
    const lossCurve = curve({
      label: t('losses'),
      format: (value) => formatFixed(locale, value),
      height: 84,
    });
    const live = (player: 'discriminator' | 'generator') =>
      h('button', { type: 'button', class: 'live', onclick: () => void openFaces(player) });
    const figures = { discriminator: live('discriminator'), generator: live('generator') };
    const lossFigures = h(
      'p',
      { class: 'gan-losses', hidden: true },
      h('span', {}, t('lossDiscriminator'), ' ', figures.discriminator),
      h('span', {}, t('lossGenerator'), ' ', figures.generator),
    );
    async function openFaces(player: 'discriminator' | 'generator'): Promise<void> {
      const found = await ask((module) => module.faces(player));
      if (!over) context.showFaces(found);
    }
    const strip = timeline(t, locale, show);
    const game = guessing(t, { deal: () => void deal(), next: show, leave: leaveGame });

    const play = button(t('train'), () => (playing ? void pause() : void train()), { kind: 'go' });
    const turnButtons = [
      button(t('discriminatorTurn'), () => void turn('discriminator')),
      button(t('generatorTurn'), () => void turn('generator')),
    ];
    const guessButton = button(t('guess'), () => void deal());
    const restart = button(t('restart'), () => void begin(), { kind: 'plain' });
    const erase = button(t('erase'), () => change({ drawn: [] }, 'begin'), { kind: 'plain' });
    const drawHelp = h('p', { class: 'hint' }, t('drawHelp'));
    const status = h('p', { class: 'gan-status', role: 'status' });
    const kindChoice = choice({
      label: t('kind'),
      choices: kinds.map((value) => ({ value, label: t(value) })),
      value: now.kind,
      onChoose: (kind) => change({ kind }, 'begin'),
    });
    const lossChoice = choice({
      label: t('loss'),
      choices: [
        { value: 'non-saturating' as const, label: t('nonSaturating') },
        { value: 'wasserstein' as const, label: t('wasserstein') },
      ],
      value: now.loss,
      onChoose: (loss) => change({ loss }, 'adjust'),
    });
    const hurry = slider({
      label: t('hurry'),
      min: 0.5,
      max: 8,
      step: 0.5,
      value: now.hurry,
      format: (value) => t('hurryValue', { value: formatFixed(locale, value, value % 1 ? 1 : 0) }),
      onInput: (value) => change({ hurry: value }, 'adjust'),
    });
    const turns = slider({
      label: t('turns'),
      min: 1,
      max: 5,
      step: 1,
      value: now.turns,
      format: (value) => formatInteger(locale, value),
      onInput: (value) => change({ turns: value }, 'adjust'),
    });
    const brake = slider({
      label: t('r1'),
      min: 0,
      max: BRAKES.length - 1,
      step: 1,
      value: Math.max(0, BRAKES.indexOf(now.r1)),
      format: (value) => (value === 0 ? t('off') : formatFixed(locale, BRAKES[value] ?? 0)),
      onInput: (value) => change({ r1: BRAKES[value] ?? 0 }, 'adjust'),
    });
    const shows = (['surface', 'arrows', 'grid'] as const).map((name) =>
      toggle({ label: t(name), value: now[name], onToggle: (value) => change({ [name]: value }) }),
    );

    element.append(
      h(
        'div',
        { class: 'ex-tools' },
        h('div', { class: 'row' }, play, turnButtons, guessButton, restart),
        status,
      ),
      h(
        'div',
        { class: 'gan-grid-layout' },
        h(
          'div',
          { class: 'gan-left' },
          h('div', { class: 'gan-kind' }, kindChoice.element, erase),
          drawHelp,
          plane.element,
          h(
            'ul',
            { class: 'gan-legend' },
            h('li', { class: 'real' }, t('legendReal')),
            h('li', { class: 'made' }, t('legendMade')),
            h('li', { class: 'believes' }, t('legendBelieves')),
            h('li', { class: 'doubts' }, t('legendDoubts')),
          ),
          game.element,
        ),
        h(
          'div',
          { class: 'gan-right' },
          meter.element,
          h(
            'div',
            {},
            h(
              'div',
              { class: 'chart-h' },
              h('h4', {}, t('losses')),
              h(
                'ul',
                { class: 'keys2' },
                h('li', { class: 'va' }, t('lossDiscriminator')),
                h('li', {}, t('lossGenerator')),
              ),
            ),
            lossCurve.element,
            lossFigures,
          ),
          h('div', { class: 'gan-rules' }, lossChoice.element, hurry.element, turns.element, brake.element),
          h(
            'div',
            { class: 'row gan-shows', role: 'group', 'aria-label': t('shows') },
            shows.map((each) => each.element),
          ),
        ),
      ),
      strip.element,
    );

    const settings = (): GanSettings => ({
      seed: now.seed,
      kind: now.kind,
      // Without points of the learner's there is one, in the middle.
      drawn: now.drawn,
      loss: now.loss,
      r1: now.r1,
      turns: now.turns,
      hurry: now.hurry,
    });

    function change(part: Partial<GanState>, then?: 'begin' | 'adjust'): void {
      now = { ...now, ...part };
      context.changed(now);
      if (then === 'begin') void begin();
      else if (then === 'adjust') void ask((module) => module.adjust(settings()));
      show();
    }

    function addPoint([x, y]: Point): void {
      if (now.drawn.length >= 300) return;
      const round = (value: number) => Math.round(value * 100) / 100;
      change({ drawn: [...now.drawn, [round(x), round(y)]] });
      window.clearTimeout(settling);
      settling = window.setTimeout(() => void begin(), 350);
    }
    let settling = 0;

    /** Both players anew. */
    async function begin(): Promise<void> {
      leaveGame();
      modes = modesOf(now.kind, now.drawn);
      losses = { discriminator: [], generator: [] };
      strip.clear();
      const first = ask(async (module) => {
        await module.pause();
        return module.open(settings());
      });
      take(await first);
    }

    function take(next: GanView): void {
      if (over) return;
      view = next;
      cover = coverage(next.made, next.real, modes);
      if (Number.isFinite(next.losses.discriminator))
        losses.discriminator.push([next.step, next.losses.discriminator]);
      if (Number.isFinite(next.losses.generator)) losses.generator.push([next.step, next.losses.generator]);
      strip.take(next);
      show();
      context.changed(now);
    }

    async function train(): Promise<void> {
      leaveGame();
      strip.follow();
      playing = true;
      show();
      const goal = Math.max(LAST_STEP, (view?.step ?? 0) + 1000);
      // Not in the queue: rules may change while they play.
      const module = await engine;
      await queue;
      await module.train(goal, [...strip.marks], proxy(take));
      playing = false;
      if (!over) show();
    }
    async function pause(): Promise<void> {
      (await engine).pause();
    }
    async function turn(player: 'discriminator' | 'generator'): Promise<void> {
      await pause();
      strip.follow();
      take(await ask((module) => module.turn(player)));
    }
    async function deal(): Promise<void> {
      await pause();
      deals++;
      const round = await ask((module) => module.deal(now.seed + 100 * deals));
      game.start(round);
      show();
    }
    function leaveGame(): void {
      game.stop();
      show();
    }

    function show(): void {
      play.textContent = t(playing ? 'pause' : 'train');
      play.classList.toggle('go', !playing);
      erase.hidden = now.kind !== 'drawn';
      drawHelp.hidden = now.kind !== 'drawn';
      for (const each of turnButtons) each.disabled = playing;
      if (!view || !cover) {
        // As the engine will draw them: by the same rules, from the same seed.
        plane.prepare(drawReal(now.kind, 240, randomNumbers(now.seed + 1), now.drawn));
        return;
      }
      const chosen = strip.chosen();
      plane.show(view, chosen?.made ?? view.made, now, readPalette(element), game.current());
      meter.show(chosen ? coverage(chosen.made, view.real, modes) : cover);
      lossCurve.draw(
        [
          {
            name: t('lossDiscriminator'),
            color: 'var(--cat-2)',
            dash: '5 3',
            points: thinned(losses.discriminator),
          },
          { name: t('lossGenerator'), color: 'var(--ember)', points: thinned(losses.generator) },
        ],
        view.step,
      );
      lossFigures.hidden = false;
      for (const player of ['discriminator', 'generator'] as const)
        figures[player].textContent = formatFixed(locale, view.shown[player], 3);
      status.textContent = `${t('steps', { step: formatInteger(locale, view.step) })} · ${t('right', {
        percent: formatPercent(locale, view.right),
      })}`;
    }

    void begin();
    const unwatch = onThemeChange(show);

    return {
      update(next) {
        const rules =
          next.loss !== now.loss ||
          next.hurry !== now.hurry ||
          next.turns !== now.turns ||
          next.r1 !== now.r1;
        const anew = next.seed !== now.seed || next.kind !== now.kind || next.drawn !== now.drawn;
        now = next;
        kindChoice.set(now.kind);
        lossChoice.set(now.loss);
        hurry.set(now.hurry);
        turns.set(now.turns);
        brake.set(Math.max(0, BRAKES.indexOf(now.r1)));
        shows.forEach((each, i) => {
          each.set(now[(['surface', 'arrows', 'grid'] as const)[i] as 'surface']);
        });
        if (anew || rules) void begin();
        show();
      },
      destroy() {
        over = true;
        window.clearTimeout(settling);
        unwatch();
      },
      words() {
        if (!view || !cover) return [t('wordsStart')];
        const rules = t(now.hurry === 1 ? 'wordsEven' : 'wordsRules', {
          hurry: formatFixed(locale, now.hurry, now.hurry % 1 ? 1 : 0),
          turns: now.turns,
        });
        if (view.step === 0) return [t('wordsStart'), rules];
        const sentences = [
          t('wordsStep', {
            step: formatInteger(locale, view.step),
            covered: cover.covered,
            modes: MODES,
            percent: formatPercent(locale, cover.good),
          }),
          t('wordsRight', { percent: formatPercent(locale, view.right) }),
        ];
        if (cover.covered <= 3 && cover.crowd > 0.75) sentences.push(t('wordsCollapse'));
        return [...sentences, rules];
      },
      table() {
        return {
          columns: [t('zone'), t('where'), t('share'), t('fair'), t('state')],
          rows: modes.map(([x, y], i) => {
            const share = cover?.shares[i] ?? 0;
            return [
              i + 1,
              `(${[x, y].map((value) => formatFixed(locale, Number(value.toFixed(1)) || 0, 1)).join('; ')})`,
              formatPercent(locale, share),
              formatPercent(locale, 1 / MODES, 1),
              t(share * MODES >= 0.25 ? 'isCovered' : 'isMissed'),
            ];
          }),
          caption: t('table'),
        };
      },
    };
  },
});

/** At most some hundred points of a line: enough for so small a picture. */
function thinned(points: readonly [number, number][]): [number, number][] {
  const every = Math.max(1, Math.ceil(points.length / 240));
  return points.filter((_, i) => i % every === 0 || i === points.length - 1);
}
