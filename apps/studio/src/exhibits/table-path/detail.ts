import { h, s } from '../support/dom.ts';
import type { Table } from './data.ts';
import type { PathState, PathTools } from './exhibit.ts';
import { lookupOf, pathOf, type Stage, verbs } from './pipeline.ts';
import { valueText } from './words.ts';

/** The table before a step and the one after it, with a line from each row to what becomes of it. */
export function detailView({ t, locale, change }: PathTools) {
  const left = h('div', { class: 'tp-side' });
  const right = h('div', { class: 'tp-side' });
  const lines = s('svg', { class: 'tp-lines', 'aria-hidden': 'true' });
  const element = h('div', { class: 'tp-detail' }, left, right, lines);
  let draw: () => void = () => {};
  const observer = new ResizeObserver(() => draw());
  observer.observe(element);

  function tableOf(
    table: Table,
    caption: string,
    options: {
      lit: number | null;
      dropped?(row: number): boolean;
      fresh?: readonly string[];
      choose?(row: number): void;
    },
  ): { element: HTMLElement; rows: HTMLElement[] } {
    const { lit, dropped = () => false, fresh = [], choose } = options;
    const numeric = (column: number) => table.rows.some((row) => typeof row[column] === 'number');
    const rows = table.rows.map((row, i) =>
      h(
        'tr',
        {
          class: [lit === i ? 'lit' : '', dropped(i) ? 'dropped' : '', choose ? 'open' : '']
            .filter(Boolean)
            .join(' '),
          onclick: choose && (() => choose(i)),
        },
        row.map((value, column) =>
          h(
            'td',
            {
              class: [
                typeof value === 'number' ? 'num' : '',
                value === null ? 'hole' : '',
                fresh.includes(table.columns[column] as string) ? 'fresh' : '',
              ]
                .filter(Boolean)
                .join(' '),
            },
            column === 0 && dropped(i) ? h('span', { class: 'sr' }, `${t('dropped')}: `) : null,
            value === null ? t('missing') : valueText(locale, value),
          ),
        ),
      ),
    );
    return {
      rows,
      element: h(
        'table',
        { class: 'tp-table' },
        h('caption', {}, caption),
        h(
          'thead',
          {},
          h(
            'tr',
            {},
            table.columns.map((name, column) =>
              h('th', { scope: 'col', class: numeric(column) ? 'num' : null }, name),
            ),
          ),
        ),
        h('tbody', {}, rows),
      ),
    };
  }

  function show(state: PathState, stages: readonly Stage[]): void {
    const place = verbs.indexOf(state.verb);
    const [before, after] = [stages[place] as Stage, stages[place + 1] as Stage];
    const path = state.row === null ? [] : pathOf(stages, state.row);
    const origin = (stage: number, row: number): number => {
      let at = row;
      for (let i = stage; i > 0; i--) at = stages[i]?.from[at]?.[0] ?? 0;
      return at;
    };
    const goesOn = (row: number) => after.from.some((sources) => sources.includes(row));
    const first = tableOf(before, t('before', { name: t(before.verb) }), {
      lit: path[place] ?? null,
      dropped: (row) => !goesOn(row),
      choose: (row) => change({ row: origin(place, row) }),
    });
    const second = tableOf(after, t('after', { verb: t(after.verb) }), {
      lit: path[place + 1] ?? null,
      fresh: after.columns.filter((name) => !before.columns.includes(name)),
      choose: (row) => change({ row: origin(place + 1, row) }),
    });
    const litAfter = path[place + 1] ?? null;
    const partner = litAfter === null ? null : (after.partner[litAfter] ?? null);
    const other = state.verb === 'join' ? tableOf(lookupOf(state), t('other'), { lit: partner }) : null;
    left.replaceChildren(first.element, ...(other ? [other.element] : []));
    right.replaceChildren(second.element);
    draw = () => {
      lines.replaceChildren();
      const frame = element.getBoundingClientRect();
      const [from, to] = [left.getBoundingClientRect(), right.getBoundingClientRect()];
      // One below the other, lines would cross what they connect: the lit rows tell.
      if (frame.width === 0 || to.left < from.right) return;
      lines.setAttribute('viewBox', `0 0 ${frame.width} ${frame.height}`);
      const tie = (source: HTMLElement | undefined, target: HTMLElement | undefined, kind: string) => {
        if (!source || !target) return;
        const [a, b] = [source.getBoundingClientRect(), target.getBoundingClientRect()];
        const [x, y] = [a.right - frame.left + 3, a.top + a.height / 2 - frame.top];
        const [u, v] = [b.left - frame.left - 3, b.top + b.height / 2 - frame.top];
        const middle = (x + u) / 2;
        const line = s('path', { class: kind, d: `M${x} ${y}C${middle} ${y} ${middle} ${v} ${u} ${v}` });
        if (kind.includes('lit')) lines.append(line);
        else lines.prepend(line);
      };
      after.from.forEach((sources, row) => {
        const partnerRow = after.partner[row];
        for (const source of sources) {
          const lit = path[place] === source && path[place + 1] === row;
          tie(first.rows[source], second.rows[row], lit ? 'lit' : '');
          if (other && partnerRow !== null && partnerRow !== undefined)
            tie(other.rows[partnerRow], second.rows[row], lit ? 'other lit' : 'other');
        }
      });
    };
    draw();
  }
  return { element, show, destroy: () => observer.disconnect() };
}
