import { button } from '../support/controls.ts';
import { h, uniqueId } from '../support/dom.ts';
import type { MemoryTranslate } from './exhibit.ts';
import { MOST_STEPS } from './trace.ts';

const LONGEST = 4000;

/** The program, with the line that comes next marked; and the same as text that can be changed. */
export function codeView(
  t: MemoryTranslate,
  { record, original }: { record(source: string): Promise<void>; original(): void },
) {
  let source = '';
  let lines: HTMLElement[] = [];
  const code = h('code');
  const listing = h('pre', { class: 'code me-code', tabindex: 0, 'aria-label': t('code') }, code);
  const id = uniqueId('program');
  const area = h('textarea', {
    id,
    class: 'inp me-editor',
    spellcheck: 'false',
    autocapitalize: 'off',
    autocomplete: 'off',
    maxlength: LONGEST,
    rows: 12,
  });
  const complaint = h('p', { class: 'errtext', role: 'alert' });
  const run = button(t('run'), () => void start(), { kind: 'go' });
  const editor = h(
    'div',
    { class: 'me-edit', hidden: true },
    h('label', { for: id, class: 'sr' }, t('editLabel')),
    area,
    h('p', { class: 'hint' }, t('editHelp', { steps: MOST_STEPS })),
    complaint,
    h('div', { class: 'row' }, run),
  );
  const edit = button(t('edit'), () => {
    area.value = source;
    complaint.textContent = '';
    toggle(true);
    area.focus();
  });
  const back = button(t('original'), original, { kind: 'plain' });
  const actions = h('div', { class: 'row me-actions' }, edit, back);

  area.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      void start();
    } else if (event.key === 'Escape') toggle(false);
  });

  const toggle = (editing: boolean) => {
    editor.hidden = !editing;
    listing.hidden = editing;
    actions.hidden = editing;
  };

  async function start(): Promise<void> {
    run.disabled = true;
    run.textContent = t('running');
    complaint.textContent = '';
    try {
      await record(area.value.slice(0, LONGEST));
    } finally {
      run.disabled = false;
      run.textContent = t('run');
    }
  }

  return {
    element: h('div', { class: 'me-program' }, listing, editor, actions),
    load(next: string, edited: boolean) {
      source = next;
      lines = next.split('\n').map((line) => h('span', { class: 'l' }, line || ' '));
      code.replaceChildren(...lines);
      back.hidden = !edited;
      toggle(false);
    },
    mark(line: number | null) {
      lines.forEach((each, i) => {
        each.classList.toggle('mark', i + 1 === line);
      });
    },
    complain(message: string) {
      complaint.textContent = message;
    },
  };
}
