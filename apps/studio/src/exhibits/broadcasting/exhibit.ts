import './style.css';
import { z } from 'zod';
import type { Locale } from '../../i18n/locale.ts';
import { catalog } from '../../i18n/messages.ts';
import { defineExhibit, type ExhibitContext } from '../exhibit.ts';
import { button, choice } from '../support/controls.ts';
import { h } from '../support/dom.ts';
import { boardView } from './board.ts';
import { clashView } from './clash.ts';
import type { Combined } from './compute.ts';
import en from './messages.en.json';
import es from './messages.es.json';
import { LONGEST, MOST_AXES, resultShape, sizeOf } from './shapes.ts';
import { stageView } from './stage.ts';
import { operations, signs } from './values.ts';
import { tableOf, wordsOf } from './words.ts';

const messages = catalog({ es, en });
export type BroadcastTranslate = ReturnType<typeof messages>;

const shape = z.array(z.number().int().min(1).max(LONGEST)).max(MOST_AXES);
const state = z.strictObject({
  a: shape,
  b: shape,
  operation: z.enum(operations),
  /** 0: as they are; 1: copies unfolded; from there on, one element of the result more each; null: all of it. */
  step: z.number().int().min(0).max(200).nullable(),
  /** The element of the result that is looked at. */
  chosen: z.number().int().min(0).max(124).nullable(),
});
export type BroadcastState = z.infer<typeof state>;

const presets = {
  'column-row': { a: [4, 1], b: [3] },
  'table-row': { a: [3, 4], b: [4] },
  'table-number': { a: [3, 4], b: [] },
  slices: { a: [2, 3, 4], b: [3, 1] },
  clash: { a: [3, 4], b: [3] },
} as const;

/** A result is filled in about this time, however many elements it has. */
const FILLING = 4000;
const SLOWEST = 420;

/** What is at hand for the parts of the picture. */
export interface BroadcastTools {
  readonly t: BroadcastTranslate;
  readonly locale: Locale;
  readonly reducedMotion: boolean;
  change(part: Partial<BroadcastState>): void;
  open(index: number): void;
}

/** The last step of a state: everything is filled. */
export const lastStep = ({ a, b }: Pick<BroadcastState, 'a' | 'b'>): number =>
  sizeOf(resultShape(a, b) ?? []) + 1;

type Compute = typeof import('./compute.ts');

export const exhibit = defineExhibit<BroadcastState>({
  title: { es: 'Arreglos que se estiran para encajar', en: 'Arrays that stretch to fit' },
  state,
  initial: { a: [4, 1], b: [3], operation: 'add', step: null, chosen: null },
  mount(element, first, context: ExhibitContext<BroadcastState>) {
    const t = messages(context.locale);
    let now = first;
    let combined: Combined | null = null;
    let over = false;
    let timer = 0;

    const change = (part: Partial<BroadcastState>) => {
      const before = now;
      now = { ...now, ...part };
      const computesAnew = now.a !== before.a || now.b !== before.b || now.operation !== before.operation;
      if (now.a !== before.a || now.b !== before.b) now = { ...now, step: part.step ?? null, chosen: null };
      if (computesAnew) {
        pause();
        context.showFaces(null);
        ask().catch(complain);
      }
      show(before);
      context.changed(now);
    };

    /** What the engine cannot do is told where its numbers would stand. */
    function complain(error: unknown): void {
      if (!over)
        problem.textContent = t('failed', {
          message: error instanceof Error ? error.message : String(error),
        });
    }

    /** Has the engine compute what is to be shown. */
    async function ask(): Promise<void> {
      const asked = now;
      combined = null;
      const module = await context.compute<Compute>();
      const answer = await module.combine(asked.a, asked.b, asked.operation);
      if (over || asked.a !== now.a || asked.b !== now.b || asked.operation !== now.operation) return;
      combined = answer;
      problem.textContent = '';
      show(now);
      context.changed(now);
    }

    async function open(index: number): Promise<void> {
      const { a, b, operation } = now;
      const module = await context.compute<Compute>();
      context.showFaces(await module.faces(a, b, operation, index));
    }

    const tools: BroadcastTools = {
      t,
      locale: context.locale,
      reducedMotion: context.reducedMotion,
      change,
      open: (index) => {
        open(index).catch(complain);
      },
    };

    // Stepping ---------------------------------------------------------------------------------------------------------
    const step = () => Math.min(now.step ?? lastStep(now), lastStep(now));
    const goTo = (next: number) => {
      const last = lastStep(now);
      const to = Math.max(0, Math.min(last, next));
      change({ step: to === last ? null : to, chosen: to >= 2 ? to - 2 : null });
    };
    function pause(): void {
      clearTimeout(timer);
      timer = 0;
      play.textContent = t('play');
    }
    function advance(): void {
      goTo(step() + 1);
      if (now.step === null) {
        pause();
        return;
      }
      const pace = now.step < 2 ? 900 : Math.min(SLOWEST, FILLING / lastStep(now));
      timer = window.setTimeout(advance, pace);
    }
    const play = button(
      t('play'),
      () => {
        if (timer !== 0) return pause();
        if (context.reducedMotion) return goTo(lastStep(now));
        if (now.step === null) change({ step: 0, chosen: null });
        play.textContent = t('stop');
        timer = window.setTimeout(advance, 500);
      },
      { kind: 'go' },
    );
    const byHand = (label: string, act: () => void) =>
      button(label, () => {
        pause();
        act();
      });
    const start = byHand(t('first'), () => goTo(0));
    const back = byHand(t('back'), () => goTo(step() - 1));
    const next = byHand(t('next'), () => goTo(step() + 1));

    const operation = choice({
      label: t('operation'),
      choices: operations.map((value) => ({ value, label: `${signs[value]} ${t(value)}` })),
      value: now.operation,
      onChoose: (value) => change({ operation: value }),
    });
    const examples = h(
      'div',
      { class: 'bc-presets', role: 'group', 'aria-label': t('presets') },
      Object.entries(presets).map(([name, { a, b }]) =>
        button(t(name as keyof typeof presets), () => change({ a: [...a], b: [...b] }), { kind: 'plain' }),
      ),
    );
    const board = boardView(tools);
    const stage = stageView(tools);
    const clash = clashView(tools);
    const stepping = h('div', { class: 'row' }, play, start, back, next);
    const problem = h('p', { class: 'errtext', role: 'alert' });
    element.append(
      h('div', { class: 'ex-tools' }, operation.element, stepping),
      h('div', { class: 'bc' }, examples, board.element, stage.element, problem, clash.element),
    );

    function show(before: BroadcastState): void {
      const fits = resultShape(now.a, now.b) !== null;
      operation.set(now.operation);
      board.show(now);
      stage.show(now, combined, before);
      clash.show(now, combined);
      clash.element.hidden = fits;
      const at = step();
      for (const each of [play, start, back, next]) each.disabled = !fits;
      start.disabled ||= at === 0;
      back.disabled ||= at === 0;
      next.disabled ||= at === lastStep(now);
    }
    show(now);
    ask().catch(complain);

    return {
      update(state) {
        pause();
        const before = now;
        now = state;
        ask().catch(complain);
        show(before);
      },
      destroy() {
        over = true;
        pause();
        stage.destroy();
      },
      words: () => wordsOf(t, context.locale, now, combined),
      table: () => tableOf(t, context.locale, now, combined),
    };
  },
});
