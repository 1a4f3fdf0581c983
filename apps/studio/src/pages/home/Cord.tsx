import { type RefObject, useEffect, useState } from 'react';

/** The cord that the sheets hang from: burnt as far as the sheet that one has come to, where its tip glows. */
export function Cord({ list, here }: { list: RefObject<HTMLOListElement | null>; here: number }) {
  const [centers, setCenters] = useState<readonly number[]>([]);
  // Not in a layout effect: the sheets come after the cord, and are not there yet.
  useEffect(() => {
    const element = list.current;
    if (!element) return;
    const measure = () => {
      const left = element.getBoundingClientRect().left;
      setCenters(
        [...element.querySelectorAll('.plate')].map((plate) => {
          const box = plate.getBoundingClientRect();
          return box.left + box.width / 2 - left;
        }),
      );
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [list]);
  const gap = (centers[1] ?? 0) - (centers[0] ?? 0);
  const start = -gap * 0.6;
  const sag = (from: number, to: number, first: boolean) => `Q${(from + to) / 2} ${first ? 20 : 32} ${to} 9`;
  const pieces = centers.map((x, i) => sag(centers[i - 1] ?? start, x, i === 0));
  const last = centers.at(-1) ?? 0;
  const path = (count: number) => `M${start} 0${pieces.slice(0, count).join('')}`;
  return (
    <div className="cord" aria-hidden="true">
      {gap > 0 && (
        <>
          <svg aria-hidden="true">
            <path d={`${path(pieces.length)}Q${last + gap * 0.5} 24 ${last + gap * 0.8} 0`} />
            <path className="lit" d={path(here + 1)} />
          </svg>
          <i className="cord-tip breathe" style={{ left: centers[here] }} />
        </>
      )}
    </div>
  );
}
