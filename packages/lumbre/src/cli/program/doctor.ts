import { Command } from 'commander';
import { runDoctor } from '../commands/doctor.ts';
import { allDevices } from '../doctor/devices.ts';
import type { Context } from '../io.ts';
import * as read from '../options.ts';
import { withLanguage } from './common.ts';

interface DoctorFlags {
  readonly device?: string;
  readonly bench: boolean;
  readonly json?: boolean;
}

export function doctorCommand(context: Context, version: string): Command {
  const command = new Command('doctor')
    .description('what works here and what does not, why, and how fast it is')
    // One that does not work may be asked for, too: that is when one wants to know why.
    .option(
      '--device <name>',
      `measure this one alone: ${allDevices.join(', ')}`,
      read.choice('--device', allDevices),
    )
    .option('--no-bench', 'measure nothing')
    .option('--json', 'one JSON object, for programs');
  return withLanguage(command).action(({ device, bench, json = false }: DoctorFlags) =>
    runDoctor({ device, bench, json, version }, context),
  );
}
