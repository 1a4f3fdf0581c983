import { flamePath } from './flame.ts';

const heights = [8, 16, 24, 13, 6];

export function Logo() {
  return (
    <svg viewBox="0 0 28 28" aria-hidden="true">
      {heights.map((height, i) => (
        <path
          key={height}
          transform={`translate(${1 + i * 5.2} 26)`}
          d={flamePath(5, height)}
          fill={i === 2 ? 'var(--flame)' : 'var(--ember)'}
        />
      ))}
    </svg>
  );
}
