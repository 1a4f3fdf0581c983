import { deviceNames } from 'lumbre';
import { Campaign, messageOf } from './campaign.ts';
import { type Options, parseOptions, usage } from './options.ts';
import { endAll } from './participant.ts';
import { formatLine, formatNotes, formatTable, type Measurement } from './report.ts';

const exitCodes = { fine: 0, failed: 1, usage: 2, interrupted: 130, terminated: 143 } as const;

function readCommandLine(): Options | null {
  try {
    const options = parseOptions(process.argv.slice(2), deviceNames());
    if (options === null) console.log(usage);
    return options;
  } catch (error) {
    console.error(`${messageOf(error)}\n\n${usage}`);
    process.exitCode = exitCodes.usage;
    return null;
  }
}

const tell = (line: string) => process.stderr.write(`${line}\n`);

async function main({ workloads, json, ...options }: Options): Promise<void> {
  for (const { workload, cases } of workloads) {
    const measurements: Measurement[] = [];
    for (const one of cases) {
      tell(`${workload.name} ${one.name} …`);
      try {
        const result = await new Campaign(workload, one, { workloads, json, ...options }).run();
        measurements.push(...result.measurements);
        if (json) for (const measurement of result.measurements) console.log(formatLine(measurement));
        for (const line of [...result.remarks, ...result.problems]) tell(line);
        if (result.problems.length > 0) process.exitCode = exitCodes.failed;
      } catch (error) {
        tell(`${workload.name} ${one.name}: failed: ${messageOf(error)}`);
        process.exitCode = exitCodes.failed;
      }
    }
    if (!json && measurements.length > 0) {
      console.log(`\n${workload.name}: ${workload.title}\n`);
      console.log(`${formatTable(measurements)}\n\n${formatNotes(measurements)}\n`);
    }
  }
}

// Whatever ends this process ends those that it has started.
process.on('exit', endAll);
process.on('SIGINT', () => process.exit(exitCodes.interrupted));
process.on('SIGTERM', () => process.exit(exitCodes.terminated));
process.on('SIGHUP', () => process.exit(exitCodes.terminated));

const options = readCommandLine();
if (options) await main(options);
