export const programNames = ['labels', 'frames', 'counts', 'rows'] as const;
export type ProgramName = (typeof programNames)[number];

/** Short programs whose memory is worth a look. What they do was recorded by running them: recorded.json, which a test keeps true. */
export const programs: Readonly<Record<ProgramName, string>> = {
  labels: `const mine = ['cueca', 'zamba'];
const yours = mine;
yours.push('joropo');
const copy = [...mine];
copy.push('vals');
let a = 5;
let b = a;
b = b + 1;`,
  frames: `function double(n: number): number {
  n = n * 2;
  return n;
}

function addTo(list: number[], n: number): void {
  list.push(double(n));
}

const x = 5;
const y = double(x);
const numbers = [y];
addTo(numbers, x);
console.log(x, numbers);`,
  counts: `const counts = new Map<string, number>();
for (const letter of 'ana') {
  const before = counts.get(letter) ?? 0;
  counts.set(letter, before + 1);
}
const pairs = [...counts];
console.log(pairs);`,
  rows: `const rows = [
  { city: 'Lima', rain: 6 },
  { city: 'Bogotá', rain: 1013 },
];
const first = rows[0];
first.rain = 7;
const wet = rows.filter((row) => row.rain > 100);
wet[0].city = 'Bogotá D. C.';
console.log(rows[1].city);`,
};
