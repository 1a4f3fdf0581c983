import { h } from '../support/dom.ts';
import type { BroadcastState, BroadcastTools } from './exhibit.ts';
import { align, LONGEST, MOST_AXES, type Shape } from './shapes.ts';

type Name = 'a' | 'b';

/** The shapes of both arrays one below the other, aligned from the right: where they are read is where they are changed. */
export function boardView({ t, change }: BroadcastTools) {
  const element = h('div', { class: 'bc-board', role: 'group', 'aria-label': t('board') });
  let focus: string | null = null;

  const act = (key: string, label: string, sign: string, disabled: boolean, onclick: () => void) =>
    h(
      'button',
      {
        type: 'button',
        class: 'bc-act',
        'data-key': key,
        'aria-label': label,
        title: label,
        disabled,
        onclick,
      },
      sign,
    );

  function show(state: BroadcastState): void {
    const active = element.contains(document.activeElement)
      ? (document.activeElement as HTMLElement).dataset.key
      : undefined;
    focus = active ?? null;
    const axes = align(state.a, state.b);
    /** Axes of the board from the left: always three, so that nothing jumps. */
    const places = [3, 2, 1].map((fromEnd) => ({ fromEnd, axis: axes[axes.length - fromEnd] }));
    const axisName = (fromEnd: number) => t(`axis${fromEnd}` as 'axis1');
    const set = (name: Name, shape: Shape) => change({ [name]: [...shape] });

    const row = (name: Name) => {
      const shape = state[name];
      const resize = (place: number, by: number) =>
        set(
          name,
          shape.map((side, i) => (i === place ? side + by : side)),
        );
      return [
        h(
          'div',
          { class: `bc-name ${name}` },
          h('b', {}, name),
          act(`${name}-less`, t('fewerAxes', { name }), '−', shape.length === 0, () =>
            set(name, shape.slice(1)),
          ),
          act(`${name}-more`, t('moreAxes', { name }), '+', shape.length === MOST_AXES, () =>
            set(name, [shape.length === 0 ? 3 : 1, ...shape]),
          ),
        ),
        places.map(({ fromEnd, axis }) => {
          const place = shape.length - fromEnd;
          const side = shape[place];
          if (side === undefined)
            return h(
              'div',
              { class: 'bc-tile absent', title: axis ? t('absent', { name }) : null },
              axis ? h('span', { class: 'sr' }, t('absent', { name })) : null,
              axis ? h('span', { 'aria-hidden': 'true' }, '1') : null,
            );
          const words = { name, axis: axisName(fromEnd) };
          return h(
            'div',
            { class: `bc-tile ${name}${axis?.size === null ? ' wrong' : ''}` },
            act(`${name}${fromEnd}-`, t('shorter', words), '−', side === 1, () => resize(place, -1)),
            h('output', { 'aria-label': t('size', { ...words, size: side }) }, side),
            act(`${name}${fromEnd}+`, t('longer', words), '+', side === LONGEST, () => resize(place, 1)),
          );
        }),
      ];
    };

    const verdict = places.map(({ axis }) => {
      if (!axis) return h('div', { class: 'bc-verdict' });
      if (axis.size === null)
        return h(
          'div',
          { class: 'bc-verdict wrong' },
          `✗ ${t('differ', { a: axis.a ?? 1, b: axis.b ?? 1 })}`,
        );
      const [a, b] = [axis.a ?? 1, axis.b ?? 1];
      if (a === b) return h('div', { class: 'bc-verdict' }, `= ${t('same')}`);
      return h(
        'div',
        { class: 'bc-verdict stretch' },
        `↔ ${t('stretched', { name: a === 1 ? 'a' : 'b', size: axis.size })}`,
      );
    });
    const fits = axes.every(({ size }) => size !== null);
    element.replaceChildren(
      h('span', { class: 'bc-corner' }),
      ...places.map(({ fromEnd }) => h('span', { class: 'bc-axis' }, t('axis', { axis: fromEnd }))),
      ...row('a').flat(),
      ...row('b').flat(),
      h('span', { class: 'bc-corner hint' }, t('verdict')),
      ...verdict,
      h('div', { class: 'bc-name res' }, h('b', {}, fits ? 'c' : '')),
      ...places.map(({ axis }) =>
        axis && fits
          ? h('div', { class: 'bc-tile res' }, h('output', {}, String(axis.size)))
          : h('div', { class: 'bc-tile none' }),
      ),
    );
    if (focus !== null) {
      const again = element.querySelector<HTMLButtonElement>(`[data-key="${focus}"]`);
      // A button that has just become useless hands the focus to its twin.
      if (again?.disabled)
        (again.parentElement?.querySelector('button:not(:disabled)') as HTMLElement)?.focus();
      else again?.focus();
    }
  }
  return { element, show };
}
