import { flamePath } from '../../ui/flame.ts';

// The six printed sheets. Drawn by rules, so that they follow the theme.

function Numbers() {
  const cells = Array.from({ length: 54 }, (_, i) => {
    const [x, y] = [i % 9, Math.floor(i / 9)];
    const value = Math.round(3 + 2.6 * Math.sin(x * 0.7 + y * 0.9) * Math.cos(y * 0.5 - x * 0.2));
    return { x: 12 + x * 20, y: 12 + y * 20, step: Math.max(0, Math.min(6, value)) };
  });
  return cells.map(({ x, y, step }) => (
    <rect key={`${x} ${y}`} x={x} y={y} width="17" height="17" rx="2" fill={`var(--seq-${step})`} />
  ));
}

function Warp() {
  const at = (u: number, v: number) =>
    [100 + u * 15 + v * 7 + Math.sin(v * 0.45) * 3, 70 - v * 11 + u * 4.5] as const;
  const line = (points: readonly (readonly [number, number])[]) =>
    `M${points.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join('L')}`;
  const along = Array.from({ length: 33 }, (_, i) => -8 + i / 2);
  const [origin, east, north] = [at(0, 0), at(3, 0), at(0, 3)];
  return (
    <>
      {Array.from({ length: 15 }, (_, i) => i - 7).map((k) => (
        <g key={k} className="g">
          <path d={line(along.map((t) => at(t, k)))} />
          <path d={line(along.map((t) => at(k, t)))} />
        </g>
      ))}
      <path d={line([origin, east])} stroke="var(--pos-2)" strokeWidth="4" strokeLinecap="round" />
      <path d={line([origin, north])} stroke="var(--neg-2)" strokeWidth="4" strokeLinecap="round" />
      <circle cx={origin[0]} cy={origin[1]} r="4.5" fill="var(--ink)" />
    </>
  );
}

function Points() {
  const border = 'M0 96C30 60 62 122 96 88S134 20 206 44';
  const points = Array.from({ length: 46 }, (_, i) => {
    // A sequence that fills the sheet evenly, without chance.
    const x = 8 + ((i * 0.754877666) % 1) * 188;
    const y = 8 + ((i * 0.569840296) % 1) * 124;
    return { x, y, above: y < 96 - 18 * Math.sin(x / 34) - x * 0.2 };
  });
  return (
    <>
      <path d={`${border}V140H0Z`} fill="var(--neg-1)" />
      <path d={`${border}V0H0Z`} fill="var(--pos-1)" />
      {points.map(({ x, y, above }) =>
        above ? (
          <circle key={x} cx={x} cy={y} r="3.4" fill="var(--pos-3)" />
        ) : (
          <rect key={x} x={x - 3} y={y - 3} width="6" height="6" fill="var(--neg-3)" />
        ),
      )}
    </>
  );
}

function Flames() {
  const heights = [26, 112, 28, 38, 24, 48, 40];
  return (
    <>
      {heights.map((height, i) => (
        <path
          key={height}
          transform={`translate(${14 + i * 25} 124)`}
          d={flamePath(20, height)}
          className={i === 1 ? 'hot' : 'fl'}
        />
      ))}
      <path d="M8 124.5H194" stroke="var(--ink)" strokeWidth="1.5" />
    </>
  );
}

function Descent() {
  const points = Array.from({ length: 131 }, (_, x) => {
    const y = 22 + 88 * (1 - Math.exp(-x / 34)) + Math.sin(x * 1.9) * 3.2 * Math.exp(-x / 60);
    return `${10 + x} ${y.toFixed(1)}`;
  });
  const [x, y] = (points.at(-1) ?? '140 110').split(' ');
  return (
    <>
      <path d="M10 12V124H194" className="g" />
      <path d={`M${points.join('L')}`} className="ln" />
      <circle cx={x} cy={y} r="6" className="tipc" />
    </>
  );
}

function Card() {
  return (
    <>
      <path d="M62 14H124L142 32V128H62Z" className="ln" />
      <path d="M124 14V32H142" className="ln" />
      <path d="M76 100H128M76 112H112" className="g" />
      {[20, 34, 46, 28, 16].map((height, i) => (
        <path
          key={height}
          transform={`translate(${78 + i * 10} 88)`}
          d={flamePath(8, height)}
          className="fl"
        />
      ))}
    </>
  );
}

const drawings = [Numbers, Warp, Points, Flames, Descent, Card];

/** The sheet of a part, from 1 to 6. */
export function Plate({ part }: { part: number }) {
  const Drawing = drawings[part - 1] ?? Card;
  return (
    <span className="plate">
      <svg viewBox="0 0 204 140" aria-hidden="true" fill="none">
        <Drawing />
      </svg>
    </span>
  );
}
