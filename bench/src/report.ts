import { isRate, type Unit } from './workload.ts';

/** One measurement, as a line of JSON. Without a peer, the last three are null. */
export interface Measurement {
  readonly workload: string;
  readonly case: string;
  readonly device: string;
  readonly threads: number;
  readonly unit: Unit;
  readonly median: number;
  readonly best: number;
  /** The part of the machine's limit that the median reaches: of multiply-adds or of bandwidth, whichever binds. */
  readonly limit: number | null;
  /** The most that the device has held. */
  readonly peakMB: number;
  readonly firstStepMs: number;
  /** The part of a step that is spent outside of kernels. */
  readonly overhead: number;
  readonly peer: string | null;
  readonly peerMedian: number | null;
  /** Above 1: ours is better. */
  readonly ratio: number | null;
  readonly worst: number;
  /** The middle half's width as a part of the median. */
  readonly spread: number;
  readonly secondStepMs: number;
  /** The most that the whole process had in memory. */
  readonly rssMB: number;
  /** The machine's limits in the same run: of multiply-adds and of reading memory. */
  readonly peakGflops: number | null;
  readonly peakGigabytes: number | null;
  /** The largest relative difference from the oracle, and what was compared. */
  readonly deviation: number;
  readonly checked: string;
  readonly peerName: string | null;
  readonly peerBest: number | null;
  readonly peerFirstStepMs: number | null;
  readonly peerRssMB: number | null;
  readonly machine: string;
}

/** The time that a step must take at the least on this machine, as a part of the time that it takes. */
export function limitOf(
  { operations, bytes }: { readonly operations: number; readonly bytes: number },
  ms: number,
  { gflops, gigabytes }: { readonly gflops: number; readonly gigabytes: number },
): number {
  return Math.max(operations / gflops, bytes / gigabytes) / 1e6 / ms;
}

/** How many times better `ours` is. */
export const ratioOf = (unit: Unit, ours: number, theirs: number): number =>
  isRate(unit) ? ours / theirs : theirs / ours;

/** To four significant digits, so that lines can be read; whole numbers stay. */
function rounded(value: unknown): unknown {
  return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(4)) : value;
}

export const formatLine = (measurement: Measurement): string =>
  JSON.stringify(measurement, (_, value: unknown) => rounded(value));

const number = (value: number): string => {
  if (Math.abs(value) >= 100) return value.toFixed(0);
  return value.toFixed(Math.abs(value) >= 10 ? 1 : 2);
};
const percent = (part: number | null): string => (part === null ? '' : `${number(part * 100)} %`);
const optional = (value: number | null): string => (value === null ? '' : number(value));

interface Column {
  readonly title: string;
  readonly text: (measurement: Measurement) => string;
}

const ownColumns: readonly Column[] = [
  { title: 'case', text: (m) => m.case },
  { title: 'median', text: (m) => `${number(m.median)} ${m.unit}` },
  { title: 'best', text: (m) => number(m.best) },
  { title: 'spread', text: (m) => percent(m.spread) },
  { title: 'limit', text: (m) => percent(m.limit) },
  { title: 'overhead', text: (m) => percent(m.overhead) },
  { title: 'first ms', text: (m) => number(m.firstStepMs) },
  { title: 'second', text: (m) => number(m.secondStepMs) },
  { title: 'peak MB', text: (m) => number(m.peakMB) },
];

const peerColumns: readonly Column[] = [
  { title: 'peer', text: (m) => m.peer ?? '' },
  { title: 'its median', text: (m) => optional(m.peerMedian) },
  { title: 'its best', text: (m) => optional(m.peerBest) },
  { title: 'its MB', text: (m) => optional(m.peerRssMB) },
  { title: 'ratio', text: (m) => optional(m.ratio) },
];

/** A table for people: a row for each measurement, ours only once for a case. */
export function formatTable(measurements: readonly Measurement[]): string {
  const withPeers = measurements.some(({ peer }) => peer !== null);
  const columns = [...ownColumns, ...(withPeers ? peerColumns : [])];
  const rows = measurements.map((measurement, i) => {
    const repeated = i > 0 && measurements[i - 1]?.case === measurement.case;
    return columns.map((column) => (repeated && ownColumns.includes(column) ? '' : column.text(measurement)));
  });
  const titles = columns.map(({ title }) => title);
  const widths = titles.map((title, i) =>
    Math.max(title.length, ...rows.map((row) => (row[i] as string).length)),
  );
  const isText = (i: number) => columns[i]?.title === 'case' || columns[i]?.title === 'peer';
  const format = (cells: readonly string[]) =>
    cells
      .map((cell, i) => (isText(i) ? cell.padEnd(widths[i] as number) : cell.padStart(widths[i] as number)))
      .join('  ')
      .trimEnd();
  return [titles, ...rows].map(format).join('\n');
}

/** What stands above and below the table: the machine, and how results were checked. */
export function formatNotes(measurements: readonly Measurement[]): string {
  const [first] = measurements;
  if (!first) return '';
  const limits = measurements.flatMap(({ case: name, peakGflops, peakGigabytes }) =>
    peakGflops === null || peakGigabytes === null
      ? []
      : [`${name} ${number(peakGflops)} GFLOP/s, ${number(peakGigabytes)} GB/s`],
  );
  const checks = new Map<string, Set<string>>();
  for (const { case: name, deviation, checked } of measurements) {
    const deviations = checks.get(checked) ?? new Set();
    checks.set(checked, deviations.add(`${name} ${deviation.toExponential(1)}`));
  }
  const lines = [`machine: ${first.machine}, ${first.threads} threads on '${first.device}'`];
  if (limits.length > 0) lines.push(`its limits: ${[...new Set(limits)].join('; ')}`);
  for (const [what, deviations] of checks) {
    lines.push(`largest relative difference: ${[...deviations].join(', ')} (${what})`);
  }
  const peers = new Set(measurements.flatMap(({ peerName }) => (peerName === null ? [] : [peerName])));
  if (peers.size > 0) lines.push(`peers: ${[...peers].join('; ')}`);
  return lines.join('\n');
}
