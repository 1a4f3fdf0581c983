import type { Context } from '../io.ts';
import { FEW, type Figure, type Speed } from './speed.ts';

const NAME = 10;
const COLUMN = 26;

/** Three figures, as far as they go. */
const short = (value: number, { format }: Context): string =>
  format.number(value, value >= 100 ? 0 : value >= 10 ? 1 : value >= 1 ? 2 : 3);

const cell = ({ best, median }: Figure, unit: string, context: Context): string =>
  `${short(best, context)} ${unit} (${short(median, context)})`.padEnd(COLUMN);

/** What stands above the devices. */
export function speedHeader({ messages, theme }: Context): string[] {
  const columns = [messages.doctorMatmul, messages.doctorThroughput, messages.doctorCall];
  return [
    `  ${theme.strong(messages.doctorSpeed)}`,
    `    ${theme.muted(`${''.padEnd(NAME)}${columns.map((name) => name.padEnd(COLUMN)).join('')}`.trimEnd())}`,
  ];
}

/** A device while it is measured. */
export const speedUnderWay = (device: string, { messages, theme }: Context): string =>
  `    ${device.padEnd(NAME)}${theme.glow(messages.doctorMeasuring)}`;

export function speedLine({ device, gflops, gigabytes, microseconds }: Speed, context: Context): string {
  const cells = [
    cell(gflops, 'GFLOP/s', context),
    cell(gigabytes, 'GB/s', context),
    cell(microseconds, 'µs', context),
  ];
  return `    ${device.padEnd(NAME)}${cells.join('')}`.trimEnd();
}

/** What was measured: devices of one size share a sentence. */
export function speedNotes(speeds: readonly Speed[], { messages, format, theme }: Context): string[] {
  const bySize = new Map<string, { devices: string[]; speed: Speed }>();
  for (const speed of speeds) {
    const key = `${speed.matmul} ${speed.elements}`;
    const known = bySize.get(key);
    if (known) known.devices.push(speed.device);
    else bySize.set(key, { devices: [speed.device], speed });
  }
  return [
    messages.doctorBestAndMedian,
    ...[...bySize.values()].map(({ devices, speed }) =>
      messages.doctorMeasured(
        devices.join(', '),
        format.integer(speed.matmul),
        format.integer(speed.elements),
        format.integer(FEW),
      ),
    ),
  ].map((line) => `    ${theme.muted(line)}`);
}
