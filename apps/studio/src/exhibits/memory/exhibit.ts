import './style.css';
import { z } from 'zod';
import { createCellRunner } from '../../cell/host.ts';
import { catalog } from '../../i18n/messages.ts';
import { defineExhibit } from '../exhibit.ts';
import { button, choice, slider } from '../support/controls.ts';
import { h } from '../support/dom.ts';
import { codeView } from './code.ts';
import { NotRecordable } from './instrument.ts';
import en from './messages.en.json';
import es from './messages.es.json';
import { pictureOf } from './picture.ts';
import { type ProgramName, programNames, programs } from './programs.ts';
import { recordProgram } from './record.ts';
import recorded from './recorded.json';
import { type Trace, trace as traceSchema } from './trace.ts';
import { aboutStep, tableOf, wordsOf } from './words.ts';

const messages = catalog({ es, en });
export type MemoryTranslate = ReturnType<typeof messages>;

const state = z.strictObject({
  program: z.enum(programNames),
  step: z.number().int().min(0).max(400),
});
export type MemoryState = z.infer<typeof state>;

/** How long a step stays, in milliseconds, when the film plays. */
const PACE = 1100;
/** A program of a learner may take so long, in seconds. */
const SECONDS = 5;

export const exhibit = defineExhibit<MemoryState>({
  title: { es: 'La memoria, paso a paso', en: 'Memory, step by step' },
  state,
  initial: { program: 'labels', step: 0 },
  mount(element, first, context) {
    const t = messages(context.locale);
    let now = first;
    let source = '';
    let film: Trace = { steps: [], output: [], error: null, cut: false };
    let timer = 0;
    let runner: ReturnType<typeof createCellRunner> | null = null;
    let over = false;

    const load = (name: ProgramName) => {
      source = programs[name];
      film = traceSchema.parse(recorded[name]);
    };
    const last = () => film.steps.length - 1;
    const at = () => Math.min(now.step, last());
    const goTo = (step: number) => {
      now = { ...now, step: Math.max(0, Math.min(last(), step)) };
      show();
      context.changed(now);
    };

    const pause = () => {
      clearTimeout(timer);
      timer = 0;
      play.textContent = t('play');
    };
    const advance = () => {
      goTo(at() + 1);
      if (at() === last()) pause();
      else timer = window.setTimeout(advance, PACE);
    };
    const play = button(t('play'), () => {
      if (timer !== 0) {
        pause();
        return;
      }
      if (context.reducedMotion) {
        goTo(last());
        return;
      }
      if (at() === last()) goTo(0);
      play.textContent = t('stop');
      timer = window.setTimeout(advance, PACE / 2);
    });
    const byHand = (label: string, to: () => number, kind: '' | 'go' = '') =>
      button(
        label,
        () => {
          pause();
          goTo(to());
        },
        { kind },
      );
    const start = byHand(t('first'), () => 0);
    const back = byHand(t('back'), () => at() - 1);
    const next = byHand(t('next'), () => at() + 1, 'go');

    const program = choice({
      label: t('program'),
      choices: programNames.map((value) => ({ value, label: t(value) })),
      value: now.program,
      onChoose(value) {
        pause();
        load(value);
        now = { program: value, step: 0 };
        restart();
        context.changed(now);
      },
    });

    /** Runs the learner's version in the sandbox, and films it. */
    async function record(edited: string): Promise<void> {
      pause();
      runner ??= createCellRunner();
      const running = runner;
      try {
        const made = await recordProgram(edited, async (instrumented, onText) => {
          const result = await running.run(instrumented, {
            seconds: SECONDS,
            onOutput: (output) => output.kind === 'text' && onText(output.text),
          });
          return { failure: result.status === 'failed' ? result.failure.message : null };
        });
        if (over) return;
        source = edited;
        film = made;
        now = { ...now, step: 0 };
        restart();
        context.changed(now);
      } catch (error) {
        if (over) return;
        code.complain(
          error instanceof NotRecordable
            ? t('noImport')
            : t('failed', { message: error instanceof Error ? error.message : String(error) }),
        );
      }
    }

    const code = codeView(t, {
      record,
      original() {
        load(now.program);
        now = { ...now, step: 0 };
        restart();
        context.changed(now);
      },
    });
    const picture = pictureOf(t);
    const says = h('p', { class: 'me-says', role: 'status' });
    const output = h('pre', { class: 'me-output' });
    const printed = h('div', { class: 'me-printed' }, h('h4', {}, t('output')), output);
    const place = h('div', { class: 'me-place' });
    let position: ReturnType<typeof slider> | null = null;

    element.append(
      h('div', { class: 'ex-tools' }, program.element, h('div', { class: 'row' }, next, back, play, start)),
      h(
        'div',
        { class: 'me' },
        h('div', { class: 'me-left' }, code.element, says, place, printed),
        picture.element,
      ),
    );

    /** Another film: its own slider, and its code. */
    function restart(): void {
      position = slider({
        label: t('step'),
        min: 1,
        max: Math.max(2, film.steps.length),
        step: 1,
        value: at() + 1,
        format: (value) => t('stepOf', { step: value, count: film.steps.length }),
        onInput(value) {
          pause();
          goTo(value - 1);
        },
      });
      place.replaceChildren(position.element, h('p', { class: 'hint' }, t('keys')));
      code.load(source, source !== programs[now.program]);
      show();
    }

    function show(): void {
      const index = at();
      const step = film.steps[index];
      if (!step) return;
      program.set(now.program);
      position?.set(index + 1);
      code.mark(step.line);
      says.textContent = aboutStep(t, film, index, source);
      says.classList.toggle('failed', index === last() && (film.error !== null || film.cut));
      picture.show(step, film.steps[index - 1]);
      output.textContent = film.output.slice(0, step.printed).join('\n');
      printed.hidden = step.printed === 0;
      start.disabled = index === 0;
      back.disabled = index === 0;
      next.disabled = index === last();
    }
    load(now.program);
    restart();

    return {
      update(state) {
        pause();
        now = state;
        load(now.program);
        restart();
      },
      destroy() {
        over = true;
        pause();
        picture.destroy();
        runner?.dispose();
      },
      words: () => wordsOf(t, film, at(), source),
      table: () => tableOf(t, film, at()),
    };
  },
});
