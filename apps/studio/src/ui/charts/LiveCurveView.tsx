import { type Ref, useEffect, useImperativeHandle, useRef } from 'react';
import { type LiveCurve, type LiveCurveOptions, liveCurve } from './LiveCurve.ts';

/**
 * Live curves in React. Points are added through the ref, past React: a page is not rendered anew for each of them.
 *
 * @example
 * const curve = useRef<LiveCurve>(null);
 * <LiveCurveView ref={curve} options={options} />
 * curve.current?.add(0, step, loss);
 */
export function LiveCurveView({
  options,
  ref,
}: {
  /** Held in a `useMemo`: other options are another chart, without points. */
  options: LiveCurveOptions;
  ref: Ref<LiveCurve | null>;
}) {
  const place = useRef<HTMLDivElement>(null);
  const curve = useRef<LiveCurve | null>(null);
  useEffect(() => {
    if (!place.current) return;
    const mounted = liveCurve(place.current, options);
    curve.current = mounted;
    return () => {
      mounted.destroy();
      curve.current = null;
    };
  }, [options]);
  // What is asked before the chart is there has nothing to be drawn on; it is mounted with the page.
  useImperativeHandle(
    ref,
    (): LiveCurve => ({
      add: (...point) => curve.current?.add(...point),
      replace: (...points) => curve.current?.replace(...points),
      clear: () => curve.current?.clear(),
      setLog: (log) => curve.current?.setLog(log),
      setUntil: (x) => curve.current?.setUntil(x),
      setMark: (x) => curve.current?.setMark(x),
      words: () => curve.current?.words() ?? [],
      destroy: () => curve.current?.destroy(),
    }),
    [],
  );
  return <div ref={place} />;
}
