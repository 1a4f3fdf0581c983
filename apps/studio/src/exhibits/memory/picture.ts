import { h, s } from '../support/dom.ts';
import type { MemoryTranslate } from './exhibit.ts';
import type { Frame, Held, Step, Thing } from './trace.ts';

/** Memory as it is at a step: names on the left, each tied to its value; what can be shared, on the right. */
export function pictureOf(t: MemoryTranslate) {
  const frames = h('div', { class: 'me-frames' });
  const heap = h('div', { class: 'me-heap' });
  const ropes = s('svg', { class: 'me-ropes', 'aria-hidden': 'true' });
  const element = h(
    'div',
    { class: 'me-memory' },
    h('div', { class: 'me-column' }, h('h4', {}, t('names')), frames),
    h('div', { class: 'me-column' }, h('h4', {}, t('things')), heap),
    ropes,
  );
  const observer = new ResizeObserver(() => tie());
  observer.observe(element);

  /** A value in its place: written, or the knot of a rope that leads to it. */
  const value = (held: Held, changed: boolean) =>
    'text' in held
      ? h('span', { class: `me-value${changed ? ' changed' : ''}` }, held.text)
      : h(
          'span',
          { class: `me-knot${changed ? ' changed' : ''}`, 'data-ref': held.ref },
          h('span', { class: 'sr' }, `#${held.ref}`),
        );

  const same = (a: Held | undefined, b: Held) => JSON.stringify(a) === JSON.stringify(b);

  function frame({ name, variables }: Frame, before: Frame | undefined, last: boolean, returns: Held | null) {
    return h(
      'section',
      { class: `me-frame${last ? ' on' : ''}` },
      h('h5', {}, name === '' ? t('global') : t('call', { name })),
      variables.length === 0 && !returns ? h('p', { class: 'hint' }, t('none')) : null,
      variables.map(([variable, held]) => {
        const old = before?.variables.find(([other]) => other === variable)?.[1];
        return h(
          'div',
          { class: 'me-variable' },
          h('span', { class: 'me-label' }, variable),
          value(held, !same(old, held)),
        );
      }),
      returns
        ? h(
            'div',
            { class: 'me-variable returns' },
            h('span', { class: 'me-label' }, t('return')),
            value(returns, true),
          )
        : null,
    );
  }

  function thing({ id, kind, entries, size }: Thing, before: Thing | undefined) {
    const rows = entries.map(([key, held], i) => {
      const changed =
        !same(before?.entries.find(([other]) => other === key)?.[1], held) && before !== undefined;
      return h(
        'div',
        { class: 'me-entry', style: { '--i': i } },
        h('span', { class: 'me-key' }, key),
        value(held, changed),
      );
    });
    return h(
      'section',
      { class: `me-thing ${kind}${before ? '' : ' fresh'}`, 'data-id': id },
      h('h5', {}, `${t(kind)} `, h('span', { class: 'muted' }, `#${id}`)),
      h(
        'div',
        { class: 'me-entries' },
        rows.length > 0 ? rows : h('span', { class: 'hint' }, t('empty')),
        size > entries.length
          ? h('span', { class: 'hint' }, t('more', { count: size - entries.length }))
          : null,
      ),
    );
  }

  function show(step: Step, before: Step | undefined): void {
    frames.replaceChildren(
      ...step.frames.map((each, i) =>
        frame(
          each,
          before?.frames[i]?.name === each.name ? before.frames[i] : undefined,
          i === step.frames.length - 1,
          i === step.frames.length - 1 ? step.returns : null,
        ),
      ),
    );
    heap.replaceChildren(
      ...[...step.heap]
        .filter(({ kind }) => kind !== 'function')
        .sort((a, b) => a.id - b.id)
        .map((each) =>
          thing(
            each,
            before?.heap.find(({ id }) => id === each.id),
          ),
        ),
    );
    tie();
  }

  /** Draws the ropes from names to what they are tied to. */
  function tie(): void {
    const frame = element.getBoundingClientRect();
    ropes.replaceChildren();
    if (frame.width === 0) return;
    ropes.setAttribute('viewBox', `0 0 ${frame.width} ${frame.height}`);
    const arrivals = new Map<string, number>();
    for (const knot of element.querySelectorAll<HTMLElement>('.me-knot')) {
      const { ref } = knot.dataset;
      const target = heap.querySelector(`[data-id="${ref}"] .me-entries`);
      if (!target || !ref) continue;
      const from = knot.getBoundingClientRect();
      const to = target.getBoundingClientRect();
      const nth = arrivals.get(ref) ?? 0;
      arrivals.set(ref, nth + 1);
      const inHeap = heap.contains(knot);
      const x = from.left + from.width / 2 - frame.left;
      const y = from.top + from.height / 2 - frame.top;
      // Side by side ropes arrive at the left edge; where things stand below, at the top.
      const beside = to.left > from.right;
      const u = beside || inHeap ? to.left - frame.left - 3 : to.left - frame.left + 24 + nth * 18;
      const v = beside || inHeap ? to.top - frame.top + 17 + nth * 9 : to.top - frame.top - 3;
      const path =
        inHeap && !beside
          ? `M${x} ${y}C${x - 40} ${y + 20} ${u - 50} ${v} ${u} ${v}`
          : beside
            ? `M${x} ${y}C${x + (u - x) * 0.55} ${y} ${u - (u - x) * 0.5} ${v} ${u} ${v}`
            : `M${x} ${y}C${x} ${y + 50} ${u} ${v - 50} ${u} ${v}`;
      const changed = knot.classList.contains('changed');
      const down = !(beside || inHeap);
      ropes.append(
        s('path', { class: changed ? 'changed' : '', d: path }),
        s('path', {
          class: `head${changed ? ' changed' : ''}`,
          d: down
            ? `M${u - 5} ${v - 8}L${u} ${v}L${u + 5} ${v - 8}`
            : `M${u - 8} ${v - 5}L${u} ${v}L${u - 8} ${v + 5}`,
        }),
      );
    }
  }

  return { element, show, destroy: () => observer.disconnect() };
}
