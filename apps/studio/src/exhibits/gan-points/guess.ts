import { button } from '../support/controls.ts';
import { h } from '../support/dom.ts';
import type { Round } from './compute.ts';
import type { GanTranslate } from './exhibit.ts';

/** «Be the discriminator»: ten points, one after another; at the end, how many were told right, by the learner and by the network. */
export function guessing(
  t: GanTranslate,
  does: { deal(): void; next(): void; leave(): void },
): {
  element: HTMLElement;
  start(round: Round): void;
  /** The point that is asked about; null when the round is over. */
  current(): Round['points'][number] | null;
  stop(): void;
} {
  let round: Round | null = null;
  let answers: boolean[] = [];
  const asked = h('p', { class: 'gan-question' });
  const verdict = h('p', { role: 'status' });
  const realButton = button(t('saysReal'), () => answer(true));
  const madeButton = button(t('saysMade'), () => answer(false));
  const again = button(t('again'), () => does.deal(), { kind: 'go' });
  const leave = button(t('leave'), () => does.leave(), { kind: 'plain' });
  const tally = h('ol', { class: 'gan-tally', 'aria-label': t('tally') });
  const element = h(
    'div',
    { class: 'gan-guess', hidden: true },
    asked,
    h('div', { class: 'row' }, realButton, madeButton, again, leave),
    tally,
    verdict,
  );
  element.addEventListener('keydown', (event) => {
    if (!round || answers.length >= round.points.length || event.ctrlKey || event.metaKey) return;
    if (event.key.toLowerCase() === 'r') answer(true);
    else if (event.key.toLowerCase() === 'f') answer(false);
  });

  function answer(real: boolean): void {
    if (!round) return;
    const point = round.points[answers.length];
    if (!point) return;
    answers.push(real);
    const right = point.real === real;
    verdict.textContent = t(right ? 'rightAnswer' : 'wrongAnswer', {
      truth: t(point.real ? 'saysReal' : 'saysMade'),
    });
    show();
    does.next();
  }

  function show(): void {
    if (!round) return;
    const over = answers.length >= round.points.length;
    asked.textContent = over ? result(round, answers) : t('question', { number: answers.length + 1 });
    realButton.hidden = over;
    madeButton.hidden = over;
    again.hidden = !over;
    tally.replaceChildren(
      ...round.points.map((point, i) => {
        const given = answers[i];
        const mark = given === undefined ? '·' : given === point.real ? '✓' : '✗';
        return h('li', { class: given === undefined ? '' : given === point.real ? 'ok' : 'bad' }, mark);
      }),
    );
  }

  function result(finished: Round, given: readonly boolean[]): string {
    const yours = finished.points.filter((point, i) => point.real === given[i]).length;
    const network = finished.points.filter((point) => point.real === point.opinion >= 0.5).length;
    return t('result', { yours, network, total: finished.points.length });
  }

  return {
    element,
    start(next) {
      round = next;
      answers = [];
      verdict.textContent = '';
      element.hidden = false;
      show();
      realButton.focus();
    },
    current: () => round?.points[answers.length] ?? null,
    stop() {
      round = null;
      element.hidden = true;
    },
  };
}
