import './style.css';
import { proxy } from 'comlink';
import { z } from 'zod';
import { catalog } from '../../i18n/messages.ts';
import { formatFixed, formatInteger, formatSignificant } from '../../i18n/numbers.ts';
import { flamePath } from '../../ui/flame.ts';
import { defineExhibit } from '../exhibit.ts';
import { category, markers, onThemeChange } from '../support/colors.ts';
import { button, choice, slider, toggle } from '../support/controls.ts';
import { h, s } from '../support/dom.ts';
import { paintPixels, readPalette } from '../support/pixels.ts';
import type { LatentView, Which } from './compute.ts';
import { half, mosaic } from './half.ts';
import en from './messages.en.json';
import es from './messages.es.json';
import { AGAIN, digitSets, SIDE } from './size.ts';

const messages = catalog({ es, en });
export type LatentTranslate = ReturnType<typeof messages>;

const place = z.tuple([z.number().min(-1).max(1), z.number().min(-1).max(1)]);
const state = z.strictObject({
  seed: z.number().int().min(1).max(1e6),
  digits: z.enum(['few', 'all']),
  beta: z.number().min(0).max(64),
  /** The chosen codes, as parts of the maps' reach. */
  ae: place,
  vae: place,
  map: z.boolean(),
  points: z.boolean(),
});
export type LatentState = z.infer<typeof state>;

const BETAS = [0, 0.25, 0.5, 1, 2, 4, 8, 16, 32];
/** Steps of one press of «train». */
const STEPS = 2000;
/** Below so many nats a picture, codes say nothing. */
const NOTHING = 0.05;

export const exhibit = defineExhibit<LatentState>({
  title: { es: 'Dos mapas: un autocodificador y una VAE', en: 'Two maps: an autoencoder and a VAE' },
  state,
  initial: { seed: 1, digits: 'few', beta: 1, ae: [0.3, 0.3], vae: [0.3, 0.3], map: true, points: true },
  mount(element, first, context) {
    const t = messages(context.locale);
    const { locale } = context;
    let now = first;
    let view: LatentView | null = null;
    let training = false;
    let over = false;
    const pictures: Record<Which, Float32Array | null> = { ae: null, vae: null };
    const engine = context.compute<typeof import('./compute.ts')>();

    const halves = {
      ae: half(
        'ae',
        t,
        locale,
        (x, y) => move('ae', x, y),
        (of) => void openFaces('ae', of),
      ),
      vae: half(
        'vae',
        t,
        locale,
        (x, y) => move('vae', x, y),
        (of) => void openFaces('vae', of),
      ),
    };
    async function openFaces(which: Which, of: 'reconstruction' | 'kl'): Promise<void> {
      const found = await (await engine).faces(which, of);
      if (!over) context.showFaces(found);
    }
    const trainButton = button(t('train'), () => (training ? void pause() : void train()), { kind: 'go' });
    const status = h('p', { class: 'av-status', role: 'status' });
    const digits = choice({
      label: t('digits'),
      choices: [
        { value: 'few' as const, label: t('few') },
        { value: 'all' as const, label: t('all') },
      ],
      value: now.digits,
      onChoose(value) {
        change({ digits: value });
        void begin();
      },
    });
    const beta = slider({
      label: t('beta'),
      min: 0,
      max: BETAS.length - 1,
      step: 1,
      value: nearestBeta(now.beta),
      format: (index) => formatSignificant(locale, BETAS[index] ?? 1, 2).replace(/[.,]0+$/, ''),
      onInput(index) {
        change({ beta: BETAS[index] ?? 1 });
        void engine.then((module) => module.weigh(now.beta));
      },
    });
    const mapToggle = toggle({ label: t('map'), value: now.map, onToggle: (map) => change({ map }) });
    const pointToggle = toggle({
      label: t('points'),
      value: now.points,
      onToggle: (points) => change({ points }),
    });
    const legend = h('ul', { class: 'av-legend' });
    const again = (['original', 'ae', 'vae'] as const).map((name) => {
      const canvas = h('canvas', { 'aria-hidden': 'true' });
      return {
        name,
        canvas,
        row: h('div', { class: 'av-again' }, h('span', { class: 'av-cap' }, t(name)), canvas),
      };
    });
    const flames = [0, 1].map((i) =>
      s('path', { transform: `translate(${10 + 44 * i} 60)`, class: 'av-flame' }),
    );
    const klNumbers = [0, 1].map((i) => s('text', { x: 26 + 44 * i, y: 76, 'text-anchor': 'middle' }));
    const collapsed = h('p', { class: 'tag warn av-collapsed', hidden: true }, t('collapsed'));
    element.append(
      h(
        'div',
        { class: 'ex-tools' },
        h(
          'div',
          { class: 'row' },
          trainButton,
          button(t('restart'), () => void begin(), { kind: 'plain' }),
          digits.element,
          mapToggle.element,
          pointToggle.element,
        ),
        status,
      ),
      h('div', { class: 'av-halves' }, halves.ae.element, halves.vae.element),
      h('div', { class: 'av-foot' }, legend, h('p', { class: 'hint' }, t('dragHelp'))),
      h(
        'div',
        { class: 'av-more' },
        h(
          'div',
          {},
          h('h4', {}, t('again')),
          again.map(({ row }) => row),
        ),
        h(
          'div',
          { class: 'av-beta' },
          beta.element,
          h(
            'div',
            { class: 'av-kl' },
            h('span', { class: 'av-cap' }, t('flames')),
            s(
              'svg',
              { viewBox: '0 0 96 80', 'aria-hidden': 'true' },
              flames,
              s('path', { d: 'M2 60H94', class: 'av-floor' }),
              klNumbers,
            ),
          ),
          collapsed,
        ),
      ),
    );

    function nearestBeta(value: number): number {
      return BETAS.reduce(
        (best, each, i) => (Math.abs(each - value) < Math.abs((BETAS[best] ?? 0) - value) ? i : best),
        0,
      );
    }
    function change(part: Partial<LatentState>): void {
      now = { ...now, ...part };
      show();
      context.changed(now);
    }
    function move(which: Which, x: number, y: number): void {
      const round = (value: number) => Math.round(value * 1000) / 1000;
      change({ [which]: [round(x), round(y)] });
      void decode();
    }

    let decoding = false;
    let anew = false;
    /** The pictures of the chosen codes; of several moves at once, the last one counts. */
    async function decode(): Promise<void> {
      anew = true;
      if (decoding) return;
      decoding = true;
      try {
        const module = await engine;
        while (anew && !over && view) {
          anew = false;
          for (const which of ['ae', 'vae'] as const) {
            const { reach } = view[which];
            pictures[which] = await module.decode(which, now[which][0] * reach, now[which][1] * reach);
          }
        }
      } finally {
        decoding = false;
      }
      if (!over) show();
    }

    function take(next: LatentView): void {
      if (over) return;
      view = next;
      show();
      context.changed(now);
      void decode();
    }
    async function begin(): Promise<void> {
      const module = await engine;
      await module.pause();
      take(await module.open(now.seed, now.digits, now.beta));
    }
    async function train(): Promise<void> {
      training = true;
      show();
      const module = await engine;
      await opened;
      await module.train(STEPS, proxy(take));
      training = false;
      if (!over) show();
    }
    async function pause(): Promise<void> {
      (await engine).pause();
    }

    function show(): void {
      trainButton.textContent = t(training ? 'pause' : view && view.step > 0 ? 'more' : 'train');
      trainButton.classList.toggle('go', !training);
      if (!view) return;
      const palette = readPalette(element);
      halves.ae.show(view, now, pictures.ae, palette);
      halves.vae.show(view, now, pictures.vae, palette);
      status.textContent = t('step', { step: formatInteger(locale, view.step) });
      const rows = { original: view.originals, ae: view.ae.again, vae: view.vae.again };
      for (const { name, canvas } of again)
        paintPixels(canvas, mosaic(rows[name], AGAIN), AGAIN * SIDE, palette.sequential);
      view.kl.forEach((kl, i) => {
        flames[i]?.setAttribute('d', flamePath(32, 1.5 + 48 * Math.min(1, kl / 4)));
        const number = klNumbers[i];
        if (number) number.textContent = formatFixed(locale, kl);
      });
      collapsed.hidden = !isCollapsed(view);
      legend.replaceChildren(
        ...digitSets[now.digits].map((digit) =>
          h(
            'li',
            {},
            s(
              'svg',
              { viewBox: '-7 -7 14 14', 'aria-hidden': 'true' },
              s('path', {
                d: markers[digit % 8],
                class: digit < 8 ? 'av-code' : 'av-code hollow',
                style: { '--c': category(digit) },
              }),
            ),
            digit,
          ),
        ),
      );
    }

    const opened = begin();
    const unwatch = onThemeChange(show);
    return {
      update(next) {
        const other = next.seed !== now.seed || next.digits !== now.digits;
        now = next;
        digits.set(now.digits);
        beta.set(nearestBeta(now.beta));
        mapToggle.set(now.map);
        pointToggle.set(now.points);
        if (other) void begin();
        else void engine.then((module) => module.weigh(now.beta)).then(decode);
        show();
      },
      destroy() {
        over = true;
        unwatch();
      },
      words() {
        if (!view || view.step === 0) return [t('wordsNew')];
        const write = (value: number, decimals = 1) => formatFixed(locale, value, decimals);
        const sentences = [
          t('wordsStep', { step: formatInteger(locale, view.step), reach: write(view.ae.reach) }),
          t('wordsInk', {
            ae: write(view.ae.reconstruction),
            vae: write(view.vae.reconstruction),
            kl: write(view.kl[0] + view.kl[1]),
          }),
          t('wordsSamples', { ae: write(view.ae.strangeness, 3), vae: write(view.vae.strangeness, 3) }),
        ];
        if (isCollapsed(view))
          sentences.push(t('wordsCollapsed', { beta: formatSignificant(locale, now.beta, 2) }));
        return sentences;
      },
      table() {
        const rows = Array.from({ length: view ? 24 : 0 }, (_, i) => [
          view?.labels[i] ?? 0,
          ...[view?.ae, view?.vae].flatMap((each) => [each?.codes[2 * i] ?? 0, each?.codes[2 * i + 1] ?? 0]),
        ]);
        return { columns: [t('digit'), t('aeX'), t('aeY'), t('vaeX'), t('vaeY')], rows, caption: t('table') };
      },
    };
  },
});

/** Both numbers say nothing any more, once something has been learnt. */
const isCollapsed = ({ step, kl }: LatentView): boolean => step > 100 && kl.every((each) => each < NOTHING);
