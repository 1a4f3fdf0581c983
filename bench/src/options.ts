import { parseArgs } from 'node:util';
import { isPeerName, type PeerName, peerNames } from './peers.ts';
import type { Case, Workload } from './workload.ts';
import { findCase, findWorkload, workloads } from './workloads/index.ts';

export interface Options {
  readonly workloads: readonly { readonly workload: Workload; readonly cases: readonly Case[] }[];
  readonly device: string;
  readonly peers: readonly PeerName[];
  readonly json: boolean;
  /** How often each takes its turn. */
  readonly runs: number;
  /** How long a turn lasts, about. */
  readonly seconds: number;
}

const list = workloads.map(
  ({ name, title, cases }) => `  ${name}  ${title}\n      ${cases.map((one) => one.name).join(', ')}`,
);

export const usage = `Usage: npm run bench -- <workload> … [options]

Measures Lumbre, and peers in turn with it: ours, theirs, ours, theirs.

Workloads and their cases:
${list.join('\n')}

Options:
  --device <name>   where Lumbre computes (default: wasm)
  --case <names>    these cases only, separated by commas
  --peer <names>    beside whom, separated by commas: ${peerNames.join(', ')}
  --runs <n>        how often each takes its turn (default: 7)
  --seconds <s>     how long a turn lasts, about; at least one step (default: 1)
  --json            one line of JSON for each measurement, and nothing else
  --help            this text

LUMBRE_THREADS is the number of threads, for peers too. LUMBRE_PYTHON is a Python that has PyTorch (default: python3),
LUMBRE_PYTHON_OPENBLAS one that has an older one with OpenBLAS (default: /usr/bin/python3, where Debian puts it);
the other peers are installed by: npm ci --prefix bench/peers
The exit code is 0 when all went well, 1 when a measurement failed or a result was wrong, 2 for a wrong command line.`;

const split = (text: string | undefined): string[] => (text ?? '').split(',').filter((part) => part !== '');

function positive(name: string, text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value > 0 && Number.isFinite(value)) return value;
  throw new RangeError(`--${name} must be a positive number, not '${text}'.`);
}

/**
 * Reads a command line; null asks for help.
 * @throws RangeError or TypeError that says what is wrong with it.
 */
export function parseOptions(commandLine: readonly string[], deviceNames: readonly string[]): Options | null {
  const { values, positionals } = parseArgs({
    args: [...commandLine],
    allowPositionals: true,
    options: {
      device: { type: 'string', default: 'wasm' },
      case: { type: 'string' },
      peer: { type: 'string' },
      runs: { type: 'string', default: '7' },
      seconds: { type: 'string', default: '1' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return null;
  if (positionals.length === 0) throw new RangeError('Which workload? Name one or more, W1 for example.');
  const { device } = values;
  if (!deviceNames.includes(device)) {
    throw new RangeError(`There is no device '${device}'; choose one of: ${deviceNames.join(', ')}.`);
  }
  const peers = split(values.peer).map((name) => {
    if (isPeerName(name)) return name;
    throw new RangeError(`There is no peer '${name}'; choose from: ${peerNames.join(', ')}.`);
  });
  const names = split(values.case);
  if (names.length > 0 && positionals.length > 1) {
    throw new RangeError('--case goes with one workload; run the others apart.');
  }
  const runs = positive('runs', values.runs);
  if (!Number.isInteger(runs)) throw new RangeError(`--runs must be a whole number, not '${values.runs}'.`);
  return {
    workloads: positionals.map((name) => {
      const workload = findWorkload(name.toUpperCase());
      const cases = names.length > 0 ? names.map((one) => findCase(workload.name, one)) : workload.cases;
      return { workload, cases };
    }),
    device,
    peers: [...new Set(peers)],
    json: values.json,
    runs,
    seconds: positive('seconds', values.seconds),
  };
}
