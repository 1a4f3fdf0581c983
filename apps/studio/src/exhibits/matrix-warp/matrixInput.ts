import { h } from '../support/dom.ts';
import type { Matrix } from './geometry.ts';

/** Four cells between brackets, the columns in the colours of their arrows. */
export function matrixInput(options: {
  name: string;
  /** `fila 1, columna 2`. */
  label(row: number, column: number): string;
  onInput(matrix: Matrix): void;
}): { element: HTMLElement; set(matrix: Matrix): void } {
  const inputs = Array.from({ length: 4 }, (_, i) =>
    h('input', {
      type: 'number',
      step: 0.1,
      min: -9,
      max: 9,
      inputmode: 'decimal',
      class: `mw-cell column-${(i % 2) + 1}`,
      'aria-label': options.label(Math.floor(i / 2) + 1, (i % 2) + 1),
      oninput: () => {
        const values = inputs.map((input) => input.valueAsNumber);
        // Half a number, «-», is not one yet.
        if (values.every((value) => Number.isFinite(value) && Math.abs(value) <= 9))
          options.onInput(values as unknown as Matrix);
      },
    }),
  );
  return {
    element: h(
      'div',
      { class: 'mw-matrix', role: 'group', 'aria-label': options.name },
      h('span', { class: 'mw-name', 'aria-hidden': 'true' }, options.name.split(' ').at(-1)),
      h('span', { 'aria-hidden': 'true' }, '='),
      h('div', { class: 'mw-brackets' }, inputs),
    ),
    set(matrix) {
      inputs.forEach((input, i) => {
        const value = Number((matrix[i] as number).toFixed(3));
        if (input !== document.activeElement || input.valueAsNumber !== value) {
          if (document.activeElement === input && Number.isNaN(input.valueAsNumber)) return;
          input.value = String(value);
        }
      });
    },
  };
}
