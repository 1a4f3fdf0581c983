import type { ReactNode } from 'react';

const points = Array.from({ length: 16 }, (_, i) => ({
  x: 6 + ((i * 0.754877666) % 1) * 38,
  y: 5 + ((i * 0.569840296) % 1) * 30,
}));

const face = ['0111110', '1111111', '1011101', '1111111', '1110111', '1100011', '0111110'];
const notes = [
  [4, 26, 9],
  [13, 20, 6],
  [19, 14, 12],
  [31, 20, 5],
  [36, 9, 9],
] as const;

const drawings: Readonly<Record<string, ReactNode>> = {
  points: points.map(({ x, y }) =>
    x + y > 42 ? (
      <circle key={x} cx={x} cy={y} r="2.6" fill="var(--pos-2)" />
    ) : (
      <rect key={x} x={x - 2.3} y={y - 2.3} width="4.6" height="4.6" fill="var(--neg-3)" />
    ),
  ),
  gpt: (
    <>
      <path d="M4 6Q12 31 26 32T38 33" stroke="var(--ember)" strokeWidth="2.5" />
      <circle cx="39" cy="33" r="4" fill="var(--flame)" stroke="var(--ember)" strokeWidth="2" />
    </>
  ),
  images: face.flatMap((row, y) =>
    [...row].map((dot, x) =>
      dot === '1' ? (
        <rect
          // biome-ignore lint/suspicious/noArrayIndexKey: a drawing never changes.
          key={`${x} ${y}`}
          x={9 + x * 4.4}
          y={5 + y * 4.4}
          width="4.5"
          height="4.5"
          fill={`var(--seq-${y < 2 ? 5 : 2})`}
        />
      ) : null,
    ),
  ),
  music: (
    <>
      {notes.map(([x, y, width]) => (
        <rect key={x} x={x} y={y} width={width} height="4.5" rx="1.5" fill="var(--ember)" />
      ))}
      <path d="M4 35H46" stroke="var(--ash)" strokeWidth="1.5" />
    </>
  ),
  'fine-tuning': (
    <>
      <path d="M6 20H42" stroke="var(--ash)" strokeWidth="2" />
      <path d="M6 20C18 20 18 8 30 8H42M6 20C18 20 18 32 30 32H42" stroke="var(--ember)" strokeWidth="2.5" />
    </>
  ),
  latents: Array.from({ length: 20 }, (_, i) => (
    <rect
      // biome-ignore lint/suspicious/noArrayIndexKey: a drawing never changes.
      key={i}
      x={5 + (i % 5) * 8}
      y={4 + Math.floor(i / 5) * 8}
      width="7"
      height="7"
      rx="1"
      fill={`var(--seq-${((i % 5) + Math.floor(i / 5)) % 7})`}
    />
  )),
  compare: (
    <>
      <path d="M4 6Q14 28 44 30" stroke="var(--ember)" strokeWidth="2.5" />
      <path d="M4 10Q18 22 44 22" stroke="var(--neg-3)" strokeWidth="2.5" strokeDasharray="5 3" />
    </>
  ),
};

export function LaboratoryIcon({ name }: { name: string }) {
  return (
    <svg viewBox="0 0 50 40" fill="none" strokeLinecap="round" aria-hidden="true">
      {drawings[name]}
    </svg>
  );
}
