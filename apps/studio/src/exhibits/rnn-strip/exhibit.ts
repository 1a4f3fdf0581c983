import './style.css';
import { proxy } from 'comlink';
import { z } from 'zod';
import { catalog } from '../../i18n/messages.ts';
import { formatInteger, formatPercent, formatSignificant } from '../../i18n/numbers.ts';
import { defineExhibit } from '../exhibit.ts';
import { onThemeChange } from '../support/colors.ts';
import { button, choice, slider } from '../support/controls.ts';
import { curve } from '../support/curve.ts';
import { h, uniqueId } from '../support/dom.ts';
import { readPalette } from '../support/pixels.ts';
import type { Reading, StripSettings, Told } from './compute.ts';
import { fateOf, relative } from './fate.ts';
import { type CellKind, cells, LETTERS, MOST_SYMBOLS, readable } from './letters.ts';
import en from './messages.en.json';
import es from './messages.es.json';
import { answerFlames, filmStrip } from './strip.ts';

const messages = catalog({ es, en });
export type StripTranslate = ReturnType<typeof messages>;

const state = z.strictObject({
  seed: z.number().int().min(1).max(1e6),
  cell: z.enum(cells),
  gain: z.number().min(0.25).max(4),
  length: z.number().int().min(6).max(MOST_SYMBOLS),
  text: z.string().max(80),
  /** The frame that is looked at; -1 is the last one. */
  chosen: z.number().int().min(-1).max(MOST_SYMBOLS),
});
export type StripState = z.infer<typeof state>;

const STEPS = 800;
const lines: Readonly<Record<CellKind, { color: string; dash?: string }>> = {
  rnn: { color: 'var(--cat-2)', dash: '5 3' },
  gru: { color: 'var(--cat-3)', dash: '1 4' },
  lstm: { color: 'var(--ember)' },
};

export const exhibit = defineExhibit<StripState>({
  title: { es: 'La película de una red recurrente', en: 'The film strip of a recurrent network' },
  state,
  initial: { seed: 1, cell: 'rnn', gain: 1, length: 18, text: 'rosa sin ola ni sal', chosen: -1 },
  mount(element, first, context) {
    const t = messages(context.locale);
    const { locale } = context;
    let now = first;
    let reading: Reading | null = null;
    let told: Told | null = null;
    let training = false;
    let over = false;
    let timer: number | null = null;
    /** The last gradients of each kind of network on this text. */
    const seen = new Map<CellKind, readonly number[]>();
    const engine = context.compute<typeof import('./compute.ts')>();
    let queue: Promise<unknown> = engine;
    const ask = <T>(work: (module: Awaited<typeof engine>) => Promise<T>): Promise<T> => {
      const result = queue.then(async () => work(await engine));
      queue = result.catch(() => undefined);
      return result;
    };

    const film = filmStrip(t, (chosen) => {
      halt();
      change({ chosen });
    });
    const answers = answerFlames(t, locale, (letter) => void openFaces(letter));
    const comparison = curve({
      label: t('compare'),
      logarithmic: true,
      height: 110,
      format: (value) => formatSignificant(locale, value, 1),
    });
    const keys = h('ul', { class: 'rs-keys' });
    const fate = h('p', { class: 'rs-fate', role: 'status' });
    const trainButton = button(t('train'), () => (training ? void pause() : void train()), { kind: 'go' });
    const readButton = button(t('read'), play);
    const status = h('p', { class: 'rs-status' }, t('new'));
    const cellChoice = choice({
      label: t('cell'),
      choices: cells.map((value) => ({ value, label: t(value) })),
      value: now.cell,
      onChoose: (cell) => change({ cell }, true),
    });
    const gain = slider({
      label: t('gain'),
      min: -4,
      max: 4,
      step: 1,
      value: Math.round(2 * Math.log2(now.gain)),
      format: (power) => t('gainValue', { value: formatSignificant(locale, 2 ** (power / 2), 2) }),
      onInput(power) {
        change({ gain: 2 ** (power / 2) });
        window.clearTimeout(settling);
        settling = window.setTimeout(() => change({}, true), 250);
      },
    });
    let settling = 0;
    const length = slider({
      label: t('length'),
      min: 6,
      max: MOST_SYMBOLS,
      step: 2,
      value: now.length,
      format: (value) => t('letters', { count: formatInteger(locale, value) }),
      onInput(value) {
        change({ length: value });
        window.clearTimeout(settling);
        settling = window.setTimeout(() => change({}, true), 250);
      },
    });
    const id = uniqueId('rs-text');
    const input = h('input', {
      id,
      class: 'inp',
      value: now.text,
      maxlength: 80,
      spellcheck: 'false',
      autocomplete: 'off',
    });
    input.addEventListener('input', () => {
      seen.clear();
      change({ text: input.value, chosen: -1 });
      void look();
    });
    element.append(
      h(
        'div',
        { class: 'ex-tools' },
        h(
          'div',
          { class: 'row' },
          trainButton,
          readButton,
          cellChoice.element,
          button(t('restart'), () => change({}, true), { kind: 'plain' }),
        ),
        status,
      ),
      h(
        'div',
        { class: 'field rs-text' },
        h('label', { for: id }, t('text')),
        input,
        h('span', { class: 'hint' }, t('textHelp')),
      ),
      film.element,
      fate,
      h(
        'div',
        { class: 'rs-more' },
        answers.element,
        h('div', {}, h('h4', {}, t('compare')), comparison.element, keys),
        h('div', { class: 'rs-dials' }, gain.element, length.element),
      ),
    );

    /** What it reads: something, even while the line is empty. */
    const text = (): string => readable(now.text) || 'a';
    const chosen = (): number =>
      now.chosen < 0 ? text().length - 1 : Math.min(now.chosen, text().length - 1);
    const settings = (): StripSettings => ({
      seed: now.seed,
      cell: now.cell,
      gain: now.gain,
      length: now.length,
    });

    function change(part: Partial<StripState>, begins = false): void {
      now = { ...now, ...part };
      context.changed(now);
      if (begins) void begin();
      show();
    }
    async function begin(): Promise<void> {
      told = null;
      const opened = ask(async (module) => {
        await module.pause();
        await module.open(settings());
      });
      await opened;
      await look();
    }
    async function openFaces(letter: string): Promise<void> {
      const [line, symbols] = [text(), chosen() + 1];
      const found = await ask((module) => module.faces(line, symbols, letter));
      if (!over) context.showFaces(found);
    }
    let looking = false;
    let again = false;
    /** Reads the text; of several changes at once, the last one counts. */
    async function look(): Promise<void> {
      again = true;
      if (looking) return;
      looking = true;
      try {
        while (again && !over) {
          again = false;
          const [cell, line] = [now.cell, text()];
          const next = await ask((module) => module.read(line));
          if (cell !== now.cell || line !== text()) again = true;
          else {
            reading = next;
            seen.set(cell, relative(next.slopes));
          }
        }
      } finally {
        looking = false;
      }
      if (over) return;
      show();
      context.changed(now);
    }
    async function train(): Promise<void> {
      training = true;
      show();
      const module = await engine;
      await queue;
      await module.train(
        STEPS,
        proxy((next: Told) => {
          if (over) return;
          told = next;
          void look();
        }),
      );
      training = false;
      if (!over) show();
    }
    async function pause(): Promise<void> {
      (await engine).pause();
    }
    /** The film from its beginning, a frame after another; without movement, one frame a press. */
    function play(): void {
      if (context.reducedMotion) {
        change({ chosen: (chosen() + 1) % text().length });
        return;
      }
      halt();
      change({ chosen: 0 });
      timer = window.setInterval(() => {
        if (chosen() >= text().length - 1) halt();
        else change({ chosen: chosen() + 1 });
      }, 260);
    }
    function halt(): void {
      if (timer !== null) window.clearInterval(timer);
      timer = null;
    }
    function statusText(): string {
      return told
        ? t('status', {
            step: formatInteger(locale, told.step),
            percent: formatPercent(locale, told.accuracy),
          })
        : t('new');
    }

    function show(): void {
      trainButton.textContent = t(training ? 'pause' : told ? 'more' : 'train');
      trainButton.classList.toggle('go', !training);
      status.textContent = statusText();
      const line = text();
      const fits = reading?.states.length === line.length ? reading : null;
      film.show(line, fits, chosen(), readPalette(element));
      answers.show(line, fits, chosen());
      if (!fits) return;
      const kind = fateOf(fits.slopes);
      fate.className = `rs-fate call ${kind === 'keeps' ? 'ok' : kind === 'vanishing' ? 'info' : 'warn'}`;
      fate.textContent = `${t('arrives', { value: formatSignificant(locale, relative(fits.slopes)[0] ?? 0, 2) })} ${t(kind)}`;
      comparison.draw(
        cells.flatMap((cell) => {
          const slopes = seen.get(cell);
          if (!slopes || slopes.length !== line.length) return [];
          const points = slopes.map((share, i) => [i, Math.max(share, 1e-7)] as const);
          // The tip is where the gradient arrives: at the first letter.
          return [{ name: t(cell), ...lines[cell], points: points.toReversed() }];
        }),
        line.length - 1,
      );
      keys.replaceChildren(
        ...cells
          .filter((cell) => seen.has(cell))
          .map((cell) => h('li', { class: cell, style: { '--c': lines[cell].color } }, t(cell))),
      );
    }

    void begin();
    const unwatch = onThemeChange(show);
    return {
      update(next) {
        const anew =
          next.seed !== now.seed ||
          next.cell !== now.cell ||
          next.gain !== now.gain ||
          next.length !== now.length;
        now = next;
        cellChoice.set(now.cell);
        gain.set(Math.round(2 * Math.log2(now.gain)));
        length.set(now.length);
        input.value = now.text;
        seen.clear();
        if (anew) void begin();
        else void look();
        show();
      },
      destroy() {
        over = true;
        halt();
        window.clearTimeout(settling);
        unwatch();
      },
      words() {
        const sentences = [
          t('wordsTask', { text: text() }),
          t('wordsState', { cell: t(now.cell), status: statusText() }),
        ];
        const said = best();
        if (reading && said) {
          sentences.push(
            t('wordsAnswer', {
              number: chosen() + 1,
              letter: said.letter,
              percent: formatPercent(locale, said.p),
            }),
            `${t('arrives', { value: formatSignificant(locale, relative(reading.slopes)[0] ?? 0, 2) })} ${t(fateOf(reading.slopes))}`,
          );
        }
        return sentences;
      },
      table() {
        const shares = relative(reading?.slopes ?? []);
        const rows = [...text()].map((letter, i): (string | number)[] => {
          const said = best(i);
          return [
            i + 1,
            letter === ' ' ? t('space') : letter,
            said?.letter ?? '',
            said ? formatPercent(locale, said.p) : '',
            formatSignificant(locale, shares[i] ?? 0, 2),
          ];
        });
        return {
          columns: [t('number'), t('letter'), t('says'), t('probability'), t('slope')],
          rows,
          caption: t('table'),
        };
      },
    };

    function best(index = chosen()): { letter: string; p: number } | null {
      const probabilities = reading?.answers[index];
      if (!probabilities) return null;
      const p = Math.max(...probabilities);
      return { letter: LETTERS[probabilities.indexOf(p)] ?? '', p };
    }
  },
});
