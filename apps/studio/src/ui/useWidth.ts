import { type RefObject, useLayoutEffect, useState } from 'react';

/** How wide an element is, in whole pixels, now and whenever that changes. */
export function useWidth(element: RefObject<HTMLElement | null>, before: number): number {
  const [width, setWidth] = useState(before);
  useLayoutEffect(() => {
    const { current } = element;
    if (!current) return;
    const measure = () => {
      // Nothing is as wide as zero but what is hidden, and that need not be drawn anew.
      if (current.clientWidth > 0) setWidth(Math.floor(current.clientWidth));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(current);
    return () => observer.disconnect();
  }, [element]);
  return width;
}
