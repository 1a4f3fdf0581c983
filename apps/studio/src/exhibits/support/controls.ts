import { h, uniqueId } from './dom.ts';

// The controls of exhibits, with the classes of the design and the keyboard of the platform.

/** A slider with its label and its value beside it. */
export function slider(options: {
  label: string;
  min: number;
  max: number;
  step: number;
  value: number;
  format(value: number): string;
  onInput(value: number): void;
}): { element: HTMLElement; set(value: number): void } {
  const id = uniqueId('slider');
  const output = h('output', { for: id }, options.format(options.value));
  const input = h('input', {
    id,
    type: 'range',
    min: options.min,
    max: options.max,
    step: options.step,
    value: options.value,
    'aria-valuetext': options.format(options.value),
  });
  const paint = () => {
    const share = (Number(input.value) - options.min) / (options.max - options.min);
    input.style.setProperty('--p', `${share * 100}%`);
    output.textContent = options.format(Number(input.value));
    input.setAttribute('aria-valuetext', options.format(Number(input.value)));
  };
  input.addEventListener('input', () => {
    paint();
    options.onInput(Number(input.value));
  });
  paint();
  return {
    element: h('div', { class: 'field' }, h('label', { for: id }, options.label, output), input),
    set(value) {
      input.value = String(value);
      paint();
    },
  };
}

/** One choice of a few, side by side: radio buttons. */
export function choice<Value extends string>(options: {
  label: string;
  choices: readonly { value: Value; label: string }[];
  value: Value;
  onChoose(value: Value): void;
}): { element: HTMLElement; set(value: Value): void } {
  const name = uniqueId('choice');
  const inputs = new Map<Value, HTMLInputElement>();
  const element = h('fieldset', { class: 'seg' }, h('legend', { class: 'sr' }, options.label));
  for (const { value, label } of options.choices) {
    const input = h('input', { type: 'radio', name, value });
    input.checked = value === options.value;
    input.addEventListener('change', () => options.onChoose(value));
    inputs.set(value, input);
    element.append(h('label', {}, input, label));
  }
  return {
    element,
    set(value) {
      const input = inputs.get(value);
      if (input) input.checked = true;
    },
  };
}

/** On or off. */
export function toggle(options: { label: string; value: boolean; onToggle(value: boolean): void }): {
  element: HTMLElement;
  set(value: boolean): void;
} {
  const input = h('input', { type: 'checkbox', role: 'switch' });
  input.checked = options.value;
  input.addEventListener('change', () => options.onToggle(input.checked));
  return {
    element: h('label', { class: 'switch' }, input, options.label),
    set(value) {
      input.checked = value;
    },
  };
}

/** A button; `go` is the one that does what the exhibit is for. */
export function button(
  label: string,
  onPress: () => void,
  { kind = '', small = true }: { kind?: '' | 'go' | 'plain' | 'danger'; small?: boolean } = {},
): HTMLButtonElement {
  return h(
    'button',
    { type: 'button', class: `btn ${kind} ${small ? 'sm' : ''}`.trim(), onclick: onPress },
    label,
  );
}
