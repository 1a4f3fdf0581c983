import { h, s } from '../support/dom.ts';
import type { Combined } from './compute.ts';
import { type BroadcastState, type BroadcastTools, lastStep } from './exhibit.ts';
import { flatOf, isCopy, positionOf, resultShape, type Shape, sizeOf, sourceOf, written } from './shapes.ts';
import { signs, valuesOf } from './values.ts';
import { originOf, shortNumber } from './words.ts';

type Cell = HTMLElement;

/** Cells of an array: the last two axes as rows and columns, the one before them as pages. */
function pagesOf(
  shape: Shape,
  cell: (flat: number) => Cell,
  pageName: (index: number) => string,
): HTMLElement {
  const [pages, rows, columns] = [shape.at(-3) ?? 1, shape.at(-2) ?? 1, shape.at(-1) ?? 1];
  return h(
    'div',
    { class: 'bc-pages' },
    Array.from({ length: pages }, (_, page) =>
      h(
        'div',
        { class: 'bc-page' },
        shape.length > 2 ? h('span', { class: 'bc-pagename' }, pageName(page)) : null,
        h(
          'div',
          { class: 'bc-grid', style: { '--columns': columns } },
          Array.from({ length: rows * columns }, (_, i) => cell(page * rows * columns + i)),
        ),
      ),
    ),
  );
}

/** The three arrays: both, with their copies, and the result as far as it is filled. */
export function stageView({ t, locale, reducedMotion, change, open }: BroadcastTools) {
  const arrays = h('div', { class: 'bc-arrays' });
  const lines = s('svg', { class: 'bc-lines', 'aria-hidden': 'true' });
  const readout = h('p', { class: 'bc-readout', role: 'status' });
  const says = h('p', { class: 'hint bc-says' });
  const element = h(
    'div',
    { class: 'bc-stage' },
    says,
    h('div', { class: 'bc-frame' }, arrays, lines),
    readout,
  );
  let cells: { a: Cell[]; b: Cell[]; c: HTMLButtonElement[] } = { a: [], b: [], c: [] };
  let drawn = '';
  let shown: BroadcastState | null = null;
  const observer = new ResizeObserver(() => shown && drawLines(shown));
  observer.observe(arrays);

  const figure = (name: string, shape: Shape, caption: readonly string[], body: HTMLElement) =>
    h(
      'figure',
      {
        class: `bc-array ${name === 'c' ? 'res' : name}`,
        'aria-label': t('array', { name, shape: written(shape) }),
      },
      h(
        'figcaption',
        {},
        h('b', {}, name),
        ' ',
        h('span', { class: 'num' }, written(shape)),
        caption.map((text) => h('small', {}, text)),
      ),
      body,
    );

  function operand(name: 'a' | 'b', state: BroadcastState, apart: boolean): HTMLElement {
    const shape = state[name];
    const into = apart ? shape : (resultShape(state.a, state.b) as Shape);
    const values = valuesOf(name, shape);
    const made: Cell[] = [];
    const body = pagesOf(
      into,
      (flat) => {
        const position = positionOf(flat, into);
        const copy = isCopy(position, shape);
        const source = flatOf(sourceOf(position, shape), shape);
        const cell = h(
          'span',
          { class: `bc-cell ${name}${copy ? ' copy' : ''}`, 'data-source': source },
          String(values[source]),
        );
        made.push(cell);
        return cell;
      },
      (index) => t('page', { index }),
    );
    cells[name] = made;
    const copies = sizeOf(into) - sizeOf(shape);
    const caption = [
      t('own', { count: sizeOf(shape) }),
      ...(copies > 0 ? [t('copies', { count: copies })] : []),
    ];
    return figure(name, shape, caption, body);
  }

  function result(shape: Shape): HTMLElement {
    const made: HTMLButtonElement[] = [];
    const body = pagesOf(
      shape,
      (flat) => {
        const cell = h('button', { type: 'button', class: 'bc-cell res', tabindex: -1 });
        cell.addEventListener('focus', () => choose(flat, false));
        // Only a mouse that really moves: a layout that shifts below it chooses nothing.
        cell.addEventListener('pointermove', ({ pointerType, movementX, movementY }) => {
          if (pointerType === 'mouse' && (movementX !== 0 || movementY !== 0)) choose(flat, false);
        });
        cell.addEventListener('click', () => {
          choose(flat, false);
          open(flat);
        });
        made.push(cell);
        return cell;
      },
      (index) => t('page', { index }),
    );
    body.setAttribute('role', 'group');
    body.setAttribute('aria-label', t('result', { shape: written(shape) }));
    body.addEventListener('keydown', (event) => {
      const from = shown?.chosen ?? 0;
      const [rows, columns] = [shape.at(-2) ?? 1, shape.at(-1) ?? 1];
      const by = {
        ArrowLeft: -1,
        ArrowRight: 1,
        ArrowUp: -columns,
        ArrowDown: columns,
        PageUp: -rows * columns,
        PageDown: rows * columns,
      }[event.key];
      if (by === undefined) return;
      event.preventDefault();
      const to = from + by;
      if (to >= 0 && to < sizeOf(shape)) choose(to, true);
    });
    cells.c = made;
    return figure('c', shape, [t('own', { count: sizeOf(shape) })], body);
  }

  function choose(index: number, focus: boolean): void {
    if (shown && shown.chosen !== index) change({ chosen: index });
    if (focus) cells.c[index]?.focus();
  }

  function show(state: BroadcastState, combined: Combined | null, before: BroadcastState): void {
    shown = state;
    const into = resultShape(state.a, state.b);
    const apart = into === null || state.step === 0;
    const key = JSON.stringify([state.a, state.b, apart]);
    if (key !== drawn) {
      drawn = key;
      cells = { a: [], b: [], c: [] };
      arrays.replaceChildren(
        operand('a', state, apart),
        h('span', { class: 'bc-sign', 'aria-hidden': 'true' }, signs[state.operation]),
        operand('b', state, apart),
        ...(into ? [h('span', { class: 'bc-sign', 'aria-hidden': 'true' }, '='), result(into)] : []),
      );
      if (!apart && before.step === 0 && !reducedMotion) unfold();
    }
    const sign = arrays.querySelector('.bc-sign');
    if (sign) sign.textContent = signs[state.operation];
    if (into) fill(state, combined, into);
    else {
      says.textContent = t('stage0');
      readout.textContent = '';
    }
    drawLines(state);
  }

  function fill(state: BroadcastState, combined: Combined | null, into: Shape): void {
    const size = sizeOf(into);
    const filled = state.step === null ? size : Math.min(size, Math.max(0, state.step - 1));
    const values = combined && 'values' in combined ? combined.values : [];
    cells.c.forEach((cell, i) => {
      const value = i < filled ? values[i] : undefined;
      const from = originOf(state, i);
      cell.textContent = value === undefined ? '' : shortNumber(locale, value);
      cell.classList.toggle('filled', value !== undefined);
      cell.classList.toggle('on', i === state.chosen);
      cell.tabIndex = i === (state.chosen ?? 0) ? 0 : -1;
      cell.setAttribute(
        'aria-label',
        value === undefined
          ? t('empty', { place: from.place, a: from.a, b: from.b })
          : t('element', { place: from.place, a: from.a, b: from.b, value: shortNumber(locale, value) }),
      );
    });
    for (const name of ['a', 'b'] as const) {
      const used = usedCell(state, name);
      for (const [i, cell] of cells[name].entries()) cell.classList.toggle('on', i === used);
    }
    says.textContent =
      state.step === 0
        ? t('stage0')
        : state.step === 1
          ? t('stage1')
          : state.step === null || state.step >= lastStep(state)
            ? t('stageAll', { size })
            : t('stageFilling', { filled, size });
    readout.replaceChildren(...equation(state, values, filled));
  }

  /** Which cell of an array, as it is drawn, the chosen element uses. */
  function usedCell(state: BroadcastState, name: 'a' | 'b'): number | null {
    const into = resultShape(state.a, state.b);
    if (state.chosen === null || !into) return null;
    if (state.step !== 0) return state.chosen;
    return flatOf(sourceOf(positionOf(state.chosen, into), state[name]), state[name]);
  }

  function equation(state: BroadcastState, values: readonly number[], filled: number): (Node | string)[] {
    if (state.chosen === null) return [h('span', { class: 'hint' }, t('choose'))];
    const from = originOf(state, state.chosen);
    const sign = ` ${signs[state.operation]} `;
    const value = state.chosen < filled ? values[state.chosen] : undefined;
    return [
      h('b', {}, from.place),
      ' = ',
      h('span', { class: 'a' }, from.a),
      sign,
      h('span', { class: 'b' }, from.b),
      ' = ',
      h('span', { class: 'a' }, String(from.valueA)),
      sign,
      h('span', { class: 'b' }, String(from.valueB)),
      ' = ',
      h('b', { class: 'value' }, value === undefined ? '?' : shortNumber(locale, value)),
    ];
  }

  /** Copies come out of what they are copies of. */
  function unfold(): void {
    for (const name of ['a', 'b'] as const) {
      const originals = new Map<string, DOMRect>();
      for (const cell of cells[name])
        if (!cell.classList.contains('copy'))
          originals.set(cell.dataset.source ?? '', cell.getBoundingClientRect());
      for (const cell of cells[name]) {
        const from = originals.get(cell.dataset.source ?? '');
        if (!cell.classList.contains('copy') || !from) continue;
        const to = cell.getBoundingClientRect();
        const [x, y] = [from.left - to.left, from.top - to.top];
        cell.animate(
          [
            { transform: `translate(${x}px, ${y}px)`, opacity: 0.2 },
            { transform: 'none', opacity: 1 },
          ],
          { duration: 650, easing: 'cubic-bezier(.2, .7, .2, 1)', fill: 'backwards' },
        );
      }
    }
  }

  /** From what is used to what comes of it: along the gaps between cells, so that no number is crossed out. */
  function drawLines(state: BroadcastState): void {
    lines.replaceChildren();
    const frame = lines.getBoundingClientRect();
    const target = state.chosen === null ? undefined : cells.c[state.chosen]?.getBoundingClientRect();
    const grids = Array.from(arrays.querySelectorAll('.bc-pages'), (grid) => grid.getBoundingClientRect());
    const top = grids[0]?.top ?? 0;
    // Arrays that stand below each other are told by their rings alone.
    if (!target || frame.width === 0 || grids.some((grid) => Math.abs(grid.top - top) > 4)) return;
    lines.setAttribute('viewBox', `0 0 ${frame.width} ${frame.height}`);
    const ends = { x: target.left - 1.5 - frame.left, y: target.top + target.height / 2 - frame.top };
    (['a', 'b'] as const).forEach((name, i) => {
      const used = usedCell(state, name);
      const from = used === null ? undefined : cells[name][used]?.getBoundingClientRect();
      if (!from) return;
      const [x, y] = [from.right + 1.5 - frame.left, from.top + from.height / 2 - frame.top];
      const lane = top - frame.top - (i === 0 ? 26 : 13);
      lines.append(
        s('path', { class: name, d: `M${x} ${y}V${lane + 6}q0 -6 6 -6H${ends.x - 6}q6 0 6 6V${ends.y}` }),
        s('circle', { class: name, cx: x, cy: y, r: 3.5 }),
      );
    });
    lines.append(s('circle', { class: 'tip', cx: ends.x, cy: ends.y, r: 5 }));
  }

  return { element, show, destroy: () => observer.disconnect() };
}
