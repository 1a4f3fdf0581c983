import { flamePath } from '../../ui/flame.ts';
import { s } from '../support/dom.ts';
import { type Handle, handle, type Plane, plane } from '../support/plane.ts';

/** One possibility: what it is called, how probable it is, what is bet on it, and how often it came. */
export interface Possibility {
  readonly name: string;
  readonly p: number;
  readonly q: number;
  /** Null before anything has been drawn. */
  readonly frequency: number | null;
}

/** The possibilities side by side: P as flames, Q as bars whose edge is dragged, frequencies as ticks. */
export function flamesView(options: {
  label: string;
  nameQ(name: string): string;
  say(share: number): string;
  move(place: number, share: number): void;
}) {
  let shown: readonly Possibility[] = [];
  let top = 1;
  const marks = s('g');
  const on: Plane = plane({
    label: options.label,
    x: [0, 1],
    y: [0, 1],
    className: 'sk-plane',
    height: (width) => Math.max(240, Math.min(340, width * 0.42)),
    draw: () => draw(),
  });
  on.svg.append(marks);
  let handles: Handle[] = [];

  function draw(): void {
    if (on.width === 0 || shown.length === 0) return;
    const wide = on.width / shown.length;
    const floor = on.y(0);
    const tall = (share: number) => floor - on.y(Math.min(share, top));
    const parts: SVGElement[] = [
      s('path', { d: `M0 ${floor}H${on.width}`, class: 'sk-floor' }),
      ...[0.25, 0.5, 0.75, 1]
        .filter((share) => share <= top)
        .map((share) => s('path', { d: `M0 ${on.y(share)}H${on.width}`, class: 'ex-plane-grid' })),
    ];
    shown.forEach(({ name, p, q, frequency }, i) => {
      const left = i * wide;
      const flame = Math.min(46, wide * 0.42);
      parts.push(
        s('path', {
          d: flamePath(flame, Math.max(2, tall(p))),
          transform: `translate(${left + wide * 0.29 - flame / 2} ${floor})`,
          class: 'sk-flame',
        }),
        s('rect', {
          x: left + wide * 0.58,
          y: floor - tall(q),
          width: wide * 0.28,
          height: tall(q),
          class: q === 0 && p > 0 ? 'sk-bar none' : 'sk-bar',
        }),
        s('text', { x: left + wide / 2, y: floor + 22, 'text-anchor': 'middle', class: 'sk-name' }, name),
        s(
          'text',
          { x: left + wide * 0.5, y: floor + 40, 'text-anchor': 'middle', class: 'sk-share' },
          options.say(p),
        ),
      );
      if (frequency !== null)
        parts.push(
          s('path', {
            d: `M${left + wide * 0.06} ${floor - tall(frequency)}h${wide * 0.46}`,
            class: 'sk-frequency',
          }),
        );
    });
    marks.replaceChildren(...parts);
    for (const each of handles) each.place();
  }

  return {
    element: on.element,
    show(next: readonly Possibility[], highest: number) {
      const other = next.length !== shown.length || next.some(({ name }, i) => name !== shown[i]?.name);
      shown = next;
      top = highest;
      // Room below for names.
      on.show([0, next.length], [-top * 0.27, top * 1.06]);
      if (other) {
        for (const each of handles) each.element.remove();
        handles = next.map(({ name }, i) =>
          handle(on, {
            label: options.nameQ(name),
            color: 'var(--cat-2)',
            radius: 6,
            step: 0.01,
            x: [i + 0.72, i + 0.72],
            y: [0, 1],
            get: () => [i + 0.72, Math.min(top, shown[i]?.q ?? 0)],
            move: ([, share]) => options.move(i, share),
            say: () => options.say(shown[i]?.q ?? 0),
          }),
        );
        on.svg.append(...handles.map(({ element }) => element));
      }
      draw();
    },
    destroy: on.destroy,
  };
}
