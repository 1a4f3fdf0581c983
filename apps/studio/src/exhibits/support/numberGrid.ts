import { h } from './dom.ts';

export interface NumberCell {
  /** As it is written in the cell. */
  readonly text: string;
  readonly fill: string;
  readonly color?: string;
  /** What a screen reader says: `fila 2, columna 3: 0,49`. */
  readonly label: string;
  /** Hatched: not part of it. */
  readonly off?: boolean;
  readonly className?: string;
}

/** A matrix of numbers that is walked with the arrow keys. One cell is chosen; `onChoose` hears of every other choice. */
export function numberGrid(options: {
  label: string;
  rows: number;
  columns: number;
  rowNames?: readonly string[];
  columnNames?: readonly string[];
  chosen: readonly [number, number] | null;
  cell(row: number, column: number): NumberCell;
  onChoose?(row: number, column: number): void;
}): { element: HTMLElement; redraw(): void; choose(row: number, column: number): void } {
  const { rows, columns } = options;
  let chosen = options.chosen;
  const template = `${options.rowNames ? 'minmax(3.5rem, auto) ' : ''}repeat(${columns}, minmax(0, 1fr))`;
  const element = h('div', { class: 'mx', role: 'grid', 'aria-label': options.label });
  const buttons: HTMLButtonElement[][] = [];
  if (options.columnNames) {
    element.append(
      h(
        'div',
        { class: 'r', role: 'row', style: { 'grid-template-columns': template } },
        options.rowNames && h('span', { role: 'columnheader' }, h('span', { class: 'sr' }, options.label)),
        options.columnNames.map((name) => h('span', { class: 'ch', role: 'columnheader' }, name)),
      ),
    );
  }
  for (let row = 0; row < rows; row++) {
    const line: HTMLButtonElement[] = [];
    for (let column = 0; column < columns; column++) {
      const cell = h('button', { type: 'button', class: 'c', role: 'gridcell', tabindex: -1 });
      cell.addEventListener('click', () => choose(row, column, true));
      cell.addEventListener('focus', () => choose(row, column, false));
      line.push(cell);
    }
    buttons.push(line);
    element.append(
      h(
        'div',
        { class: 'r', role: 'row', style: { 'grid-template-columns': template } },
        options.rowNames && h('span', { class: 'rh', role: 'rowheader' }, options.rowNames[row]),
        line,
      ),
    );
  }

  const redraw = () => {
    for (let row = 0; row < rows; row++)
      for (let column = 0; column < columns; column++) {
        const button = buttons[row]?.[column] as HTMLButtonElement;
        const cell = options.cell(row, column);
        const on = chosen?.[0] === row && chosen[1] === column;
        button.textContent = cell.text;
        button.style.background = cell.off ? '' : cell.fill;
        button.style.color = cell.color ?? '';
        button.className = ['c', on ? 'on' : '', cell.off ? 'off' : '', cell.className ?? '']
          .filter(Boolean)
          .join(' ');
        button.setAttribute('aria-label', cell.label);
        button.setAttribute('aria-selected', String(on));
        button.tabIndex = on || (chosen === null && row === 0 && column === 0) ? 0 : -1;
      }
  };

  function choose(row: number, column: number, focus: boolean): void {
    const changed = chosen?.[0] !== row || chosen[1] !== column;
    chosen = [row, column];
    if (changed) {
      redraw();
      options.onChoose?.(row, column);
    }
    if (focus) buttons[row]?.[column]?.focus();
  }

  const steps: Record<string, readonly [number, number]> = {
    ArrowLeft: [0, -1],
    ArrowRight: [0, 1],
    ArrowUp: [-1, 0],
    ArrowDown: [1, 0],
  };
  element.addEventListener('keydown', (event) => {
    const [row, column] = chosen ?? [0, 0];
    const step = steps[event.key];
    const target = step
      ? ([row + step[0], column + step[1]] as const)
      : event.key === 'Home'
        ? ([row, 0] as const)
        : event.key === 'End'
          ? ([row, columns - 1] as const)
          : null;
    if (!target) return;
    event.preventDefault();
    choose(Math.max(0, Math.min(rows - 1, target[0])), Math.max(0, Math.min(columns - 1, target[1])), true);
  });

  redraw();
  return {
    element,
    redraw,
    choose(row, column) {
      chosen = [row, column];
      redraw();
    },
  };
}
