import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Command } from './participant.ts';
import type { Assignment } from './protocol.ts';

/** Who can be measured beside us, how they are started, and what they can do. */

export const peerNames = [
  'torch',
  'torch-compile',
  'torch-openblas',
  'jax-js',
  'ort',
  'tokenizers',
  'hf-js',
] as const;

export type PeerName = (typeof peerNames)[number];

export const isPeerName = (name: string): name is PeerName => (peerNames as readonly string[]).includes(name);

/** The cases that a peer has: a workload's name for all of them. What it lacks it cannot do, or never finished. */
const abilities: Record<PeerName, readonly string[]> = {
  torch: ['W1', 'W2', 'W3', 'W4', 'W5', 'W6 decode', 'W6 prefill512', 'W6 finetune'],
  'torch-compile': ['W2', 'W3', 'W4', 'W5', 'W6 prefill512', 'W6 finetune'],
  // An older one, as Debian has it: no compiler of graphs.
  'torch-openblas': ['W1', 'W2', 'W3', 'W4', 'W5', 'W6 decode', 'W6 prefill512', 'W6 finetune'],
  'jax-js': ['W1', 'W2', 'W3', 'W4', 'W6 decode', 'W6 prefill512'],
  // Weights of 16 and 8 bits are measured beside its own, which have 32.
  ort: ['W1', 'W6 decode', 'W6 decode-f16', 'W6 decode-int8', 'W6 prefill512'],
  tokenizers: ['W7'],
  // It only encodes, and tells no offsets.
  'hf-js': ['W7 encode', 'W7 encode-cold', 'W7 encode-lines'],
};

export const canDo = (peer: PeerName, workload: string, name: string): boolean =>
  abilities[peer].some((ability) => ability === workload || ability === `${workload} ${name}`);

const folder = fileURLToPath(new URL('../peers/', import.meta.url));
const installation = 'npm ci --prefix bench/peers';

const python = (peer: PeerName): string =>
  peer === 'torch-openblas'
    ? process.env.LUMBRE_PYTHON_OPENBLAS || '/usr/bin/python3'
    : process.env.LUMBRE_PYTHON || 'python3';

const isTorch = (peer: PeerName): boolean => peer.startsWith('torch');

/** glibc gives large blocks back at once and faults them in again at the next step, unless told to keep them. */
const keepMemory = {
  MALLOC_MMAP_THRESHOLD_: '4294967296',
  MALLOC_TRIM_THRESHOLD_: '17179869184',
  MALLOC_TOP_PAD_: '268435456',
};

/** How to start a peer for a case. */
export function peerCommand(peer: PeerName, assignment: Assignment): Command {
  const spec = JSON.stringify({ ...assignment, compile: peer === 'torch-compile' });
  switch (peer) {
    case 'torch':
    case 'torch-compile':
    case 'torch-openblas': {
      const threads = String(assignment.threads);
      return {
        command: python(peer),
        arguments: [`${folder}torch/main.py`, spec],
        environment: {
          ...keepMemory,
          OMP_NUM_THREADS: threads,
          MKL_NUM_THREADS: threads,
          OPENBLAS_NUM_THREADS: threads,
          PYTHONDONTWRITEBYTECODE: '1',
        },
      };
    }
    case 'jax-js':
      return { command: process.execPath, arguments: [`${folder}jax/main.mjs`, spec] };
    case 'ort':
      return { command: process.execPath, arguments: [`${folder}ort/main.mjs`, spec] };
    case 'tokenizers':
      return {
        command: python(peer),
        arguments: [`${folder}tokenizers/main.py`, spec],
        environment: { PYTHONDONTWRITEBYTECODE: '1' },
      };
    case 'hf-js':
      return { command: process.execPath, arguments: [`${folder}tokenizers/main.mjs`, spec] };
  }
}

/** What to do before a peer can be asked, or null if nothing that can be seen from here. */
export function missing(peer: PeerName): string | null {
  if (peer !== 'jax-js' && peer !== 'ort' && peer !== 'hf-js') return null;
  const packages = {
    'jax-js': '@jax-js/jax',
    ort: 'onnxruntime-node',
    'hf-js': '@huggingface/tokenizers',
  };
  const place = `${folder}node_modules/${packages[peer]}`;
  return existsSync(place) ? null : `${packages[peer]} is not installed; run: ${installation}`;
}

/** What may help when a peer could not be started. */
export function startingHint(peer: PeerName): string {
  if (peer === 'tokenizers') {
    return `It is asked through '${python(peer)}': set LUMBRE_PYTHON to a Python that has it (pip install tokenizers).`;
  }
  const variable = peer === 'torch-openblas' ? 'LUMBRE_PYTHON_OPENBLAS' : 'LUMBRE_PYTHON';
  return isTorch(peer)
    ? `PyTorch is asked through '${python(peer)}': set ${variable} to a Python that has it (pip install torch numpy; or apt install python3-torch python3-numpy libopenblas0-openmp).`
    : `Install the peers anew: ${installation}`;
}
