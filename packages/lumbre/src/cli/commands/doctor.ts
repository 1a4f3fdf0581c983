import { allDevices } from '../doctor/devices.ts';
import { type Examination, examine } from '../doctor/examination.ts';
import { toJson } from '../doctor/json.ts';
import { explainError } from '../doctor/reasons.ts';
import { measureSpeed, type Sizes, type Speed, sizesFor } from '../doctor/speed.ts';
import { speedHeader, speedLine, speedNotes, speedUnderWay } from '../doctor/speedTable.ts';
import { describeExamination } from '../doctor/telling.ts';
import { CliError } from '../errors.ts';
import type { Context } from '../io.ts';
import { LiveArea } from '../liveArea.ts';
import type { Messages } from '../messages/index.ts';

export interface DoctorOptions {
  /** The only one to measure; it has to work. */
  readonly device?: string | undefined;
  readonly bench: boolean;
  readonly json: boolean;
  /** Lumbre's. */
  readonly version: string;
  /** How long a device is measured: two seconds unless given. */
  readonly milliseconds?: number;
  /** How large the workloads are, for a device; `sizesFor` unless given. */
  readonly sizes?: (device: string) => Sizes;
}

const BENCH_MS = 2000;

/** Measures devices one after another, a line each. @returns `null` after Ctrl-C */
async function measureAll(
  devices: readonly string[],
  { json, milliseconds = BENCH_MS, sizes = sizesFor }: DoctorOptions,
  context: Context,
): Promise<Speed[] | null> {
  const { output, errors, messages, signal, environment } = context;
  const say = (lines: readonly string[]) => {
    if (!json) for (const line of lines) output.write(`${line}\n`);
  };
  const live = !json && output.isTTY && environment.TERM !== 'dumb' ? new LiveArea(output) : null;
  const speeds: Speed[] = [];
  say(speedHeader(context));
  for (const device of devices) {
    live?.draw([speedUnderWay(device, context)]);
    let speed: Speed | null;
    try {
      speed = await measureSpeed(device, sizes(device), { milliseconds, signal });
    } catch (error) {
      // Most likely there is too little memory: the others may do with what there is.
      errors.write(`${messages.doctorNotMeasured(device, explainError(error)(messages))}\n`);
      continue;
    } finally {
      live?.draw([]);
      live?.done();
    }
    if (!speed) return null;
    say([speedLine(speed, context)]);
    speeds.push(speed);
  }
  say([...(speeds.length > 0 ? speedNotes(speeds, context) : []), '']);
  return speeds;
}

/** @throws CliError where the device that was asked for, or else the default one, does not work */
function judge({ devices, default: chosen }: Examination, asked: string | undefined): string {
  const name = asked ?? chosen.name;
  const device = devices.find((known) => known.name === name);
  if (device?.works) return name;
  const by = asked !== undefined ? '--device' : chosen.reason === 'LUMBRE_DEVICE' ? 'LUMBRE_DEVICE' : null;
  const why = (messages: Messages): string => {
    if (!device?.problem) return messages.doctorUnknownDevice(allDevices.join(', '));
    // The first line: what a compiler says after it has been told.
    const [first = ''] = device.problem(messages).split('\n');
    return first;
  };
  throw new CliError((messages) =>
    by === null
      ? messages.doctorDefaultFails(name, why(messages))
      : messages.doctorAskedFails(name, by, why(messages)),
  );
}

/**
 * `lumbre doctor`: what works here, what does not and why, and how fast it is.
 * @throws CliError where the device that was asked for does not work, after all has been told
 */
export async function runDoctor(options: DoctorOptions, context: Context): Promise<void> {
  const { output, messages, theme, signal } = context;
  const { device: asked, bench, json, version } = options;
  if (!json) {
    output.write(
      `\n  ${theme.ember('▲')} ${theme.strong('lumbre doctor')} ${theme.muted(`· ${version}`)}\n\n`,
    );
  }
  const examination = examine();
  if (!json) for (const line of describeExamination(examination, context)) output.write(`${line}\n`);
  const measured = examination.devices
    .filter(({ name, works }) => works && (asked === undefined || name === asked))
    .map(({ name }) => name);
  const speeds = bench && measured.length > 0 ? await measureAll(measured, options, context) : null;
  if (signal.aborted) return;
  if (json) output.write(`${JSON.stringify(toJson(examination, speeds, version))}\n`);
  const name = judge(examination, asked);
  if (!json) output.write(`  ${theme.glow('●')} ${messages.doctorVerdict(name)}\n\n`);
}
