import './style.css';
import { proxy } from 'comlink';
import { z } from 'zod';
import { catalog } from '../../i18n/messages.ts';
import { formatFixed, formatInteger, formatPercent } from '../../i18n/numbers.ts';
import { defineExhibit } from '../exhibit.ts';
import { onThemeChange } from '../support/colors.ts';
import { button } from '../support/controls.ts';
import { centreDrawing, drawDigit, randomNumbers } from '../support/digits.ts';
import { h } from '../support/dom.ts';
import { readPalette } from '../support/pixels.ts';
import type { Look, Progress } from './compute.ts';
import { dab, readDrawing, windowAt, writeDrawing } from './drawing.ts';
import en from './messages.en.json';
import es from './messages.es.json';
import { microscope } from './microscope.ts';
import { drawingPad } from './pad.ts';
import { FIRST, SIDE } from './size.ts';
import { layersView } from './views.ts';

const messages = catalog({ es, en });
export type CnnTranslate = ReturnType<typeof messages>;

const state = z.strictObject({
  seed: z.number().int().min(1).max(1e6),
  /** Drawn by rules; or by the learner, as `writeDrawing` writes it. */
  digit: z.number().int().min(0).max(9),
  drawing: z.string().max(1200).nullable(),
  kernel: z
    .number()
    .int()
    .min(0)
    .max(FIRST - 1),
  row: z
    .number()
    .int()
    .min(0)
    .max(SIDE - 1),
  column: z
    .number()
    .int()
    .min(0)
    .max(SIDE - 1),
  /** Filters that the learner wrote; null where the network's is. */
  fixed: z.array(z.array(z.number().min(-9).max(9)).length(9).nullable()).length(FIRST),
});
export type CnnState = z.infer<typeof state>;

/** Steps of one press of «train». */
const STEPS = 400;

export const exhibit = defineExhibit<CnnState>({
  title: {
    es: 'Los filtros de una red que lee tu dígito',
    en: 'The filters of a network that reads your digit',
  },
  state,
  initial: {
    seed: 7,
    digit: 3,
    drawing: null,
    kernel: 0,
    row: 6,
    column: 9,
    fixed: new Array(FIRST).fill(null),
  },
  mount(element, first, context) {
    const t = messages(context.locale);
    let now = first;
    let pixels = pixelsOf(now);
    let look: Look | null = null;
    let progress: Progress | null = null;
    let training = false;
    let over = false;
    const engine = context.compute<typeof import('./compute.ts')>();

    const pad = drawingPad(t, (x, y, amount) => {
      dab(pixels, x, y, amount);
      keepDrawing();
    });
    const layers = layersView(t, context.locale, (kernel) => change({ kernel }));
    const micro = microscope(t, context, {
      place: (row, column) => place(row, column),
      fix: (values) =>
        change({ fixed: now.fixed.map((kernel, i) => (i === now.kernel ? values : kernel)) }, true),
      faces: async () => {
        const module = await engine;
        context.showFaces(await module.faces(input(), now.kernel, now.row, now.column));
      },
    });

    const trainButton = button(t('train'), () => (training ? void stop() : void train()), { kind: 'go' });
    const status = h('p', { class: 'ck-status', role: 'status' }, t('notTrained'));
    const wick = h('div', { class: 'wick off ck-wick', 'aria-hidden': 'true' });
    const digits = h(
      'div',
      { class: 'ck-digits', role: 'group', 'aria-label': t('examples') },
      Array.from({ length: 10 }, (_, digit) =>
        h(
          'button',
          {
            type: 'button',
            class: 'btn plain sm',
            'aria-label': t('example', { digit }),
            onclick: () => example(digit),
          },
          digit,
        ),
      ),
    );
    element.append(
      h('div', { class: 'ex-tools' }, h('div', { class: 'row' }, trainButton, status), wick),
      h(
        'div',
        { class: 'ck-top' },
        h(
          'div',
          { class: 'ck-left' },
          h('h4', {}, t('pad')),
          pad.element,
          h('div', { class: 'ck-padtools' }, digits, button(t('clear'), clear)),
          h('p', { class: 'hint' }, t('padHelp')),
        ),
        layers.element,
      ),
      micro.element,
    );

    /** What the network is shown: the drawing where it learnt to look. */
    const input = (): Float32Array => centreDrawing(pixels, SIDE) ?? new Float32Array(SIDE * SIDE);

    function example(digit: number): void {
      change({ digit, drawing: null, seed: now.seed });
      examples++;
      pixels = drawDigit(digit, randomNumbers(now.seed + 17 * examples + digit), { size: SIDE });
      keepDrawing();
    }
    let examples = 0;
    function clear(): void {
      pixels = new Float32Array(SIDE * SIDE);
      keepDrawing();
    }
    function keepDrawing(): void {
      change({ drawing: writeDrawing(pixels) }, true);
    }
    function place(row: number, column: number): void {
      const inside = (value: number) => Math.max(0, Math.min(SIDE - 1, value));
      change({ row: inside(row), column: inside(column) });
    }
    function change(part: Partial<CnnState>, computes = false): void {
      now = { ...now, ...part };
      show();
      context.changed(now);
      if (computes) void ask();
    }

    let asking = false;
    let again = false;
    /** Asks what the network makes of the drawing; of several changes at once, the last one counts. */
    async function ask(): Promise<void> {
      again = true;
      if (asking) return;
      asking = true;
      try {
        const module = await engine;
        while (again && !over) {
          again = false;
          await module.fix(now.fixed);
          look = await module.look(input());
        }
      } finally {
        asking = false;
      }
      if (over) return;
      show();
      context.changed(now);
    }

    async function train(): Promise<void> {
      training = true;
      trainButton.textContent = t('pause');
      trainButton.classList.remove('go');
      if (!progress) status.textContent = t('preparing');
      wick.classList.remove('off');
      wick.classList.toggle('on', !context.reducedMotion);
      const module = await engine;
      const goal = Math.ceil(((progress?.step ?? 0) + 1) / STEPS) * STEPS;
      await module.train(
        goal,
        proxy((told: Progress) => {
          if (over) return;
          progress = told;
          wick.style.setProperty('--p', `${(100 * (told.step - goal + STEPS)) / STEPS}%`);
          void ask();
        }),
      );
      if (!over) rest();
    }
    async function stop(): Promise<void> {
      (await engine).pause();
    }
    function rest(): void {
      training = false;
      trainButton.textContent = progress ? t('more') : t('train');
      trainButton.classList.add('go');
      wick.classList.remove('on');
      void ask();
    }

    function show(): void {
      const palette = readPalette(element);
      const seen = input();
      pad.show(pixels, palette);
      layers.show(
        look,
        now,
        palette,
        pixels.some((ink) => ink > 0),
      );
      micro.show(look, seen, now, palette);
      if (progress)
        status.textContent = `${t('step', { step: formatInteger(context.locale, progress.step) })} · ${t(
          'accuracy',
          {
            percent: formatPercent(context.locale, progress.accuracy, 1),
          },
        )}`;
    }

    function pixelsOf({ drawing, digit, seed }: CnnState): Float32Array {
      return (
        (drawing === null ? null : readDrawing(drawing)) ??
        drawDigit(digit, randomNumbers(seed + digit), { size: SIDE, variety: 0.6 })
      );
    }

    show();
    void engine.then(async (module) => {
      await module.open(now.seed);
      await ask();
    });
    const unwatch = onThemeChange(show);

    return {
      update(next) {
        const other = next.seed !== now.seed;
        now = next;
        pixels = pixelsOf(now);
        if (other)
          void engine.then(async (module) => {
            progress = null;
            status.textContent = t('notTrained');
            await module.open(now.seed);
            await ask();
          });
        else void ask();
        show();
      },
      destroy() {
        over = true;
        micro.destroy();
        unwatch();
      },
      words() {
        const sentences = [
          progress
            ? t('wordsTrained', {
                step: formatInteger(context.locale, progress.step),
                percent: formatPercent(context.locale, progress.accuracy, 1),
              })
            : t('wordsNew'),
        ];
        if (look && pixels.some((ink) => ink > 0)) {
          const order = look.probabilities.map((p, digit) => ({ p, digit })).sort((a, b) => b.p - a.p);
          const [best, next] = order;
          if (best && next)
            sentences.push(
              t('wordsVerdict', {
                digit: best.digit,
                percent: formatPercent(context.locale, best.p, 1),
                second: next.digit,
                other: formatPercent(context.locale, next.p, 1),
              }),
            );
        }
        if (look) {
          const value = look.first[now.kernel]?.[now.row * SIDE + now.column] ?? 0;
          sentences.push(
            t('wordsWindow', {
              row: now.row + 1,
              column: now.column + 1,
              number: now.kernel + 1,
              value: formatFixed(context.locale, value),
              relu: formatFixed(context.locale, Math.max(0, value)),
            }),
          );
        }
        const count = now.fixed.filter(Boolean).length;
        if (count > 0) sentences.push(t('wordsFixed', { count }));
        return sentences;
      },
      table() {
        const kernel = look?.kernels[now.kernel] ?? [];
        const inks = windowAt(input(), now.row, now.column);
        const rows = inks.map((ink, i): (string | number)[] => [
          t('placeName', { row: Math.floor(i / 3) + 1, column: (i % 3) + 1 }),
          ink,
          kernel[i] ?? 0,
          ink * (kernel[i] ?? 0),
        ]);
        rows.push([t('total'), '', '', look?.first[now.kernel]?.[now.row * SIDE + now.column] ?? 0]);
        return {
          columns: [t('place'), t('ink'), t('weight'), t('product')],
          rows,
          caption: t('table', { number: now.kernel + 1 }),
        };
      },
    };
  },
});
