import { availableParallelism, cpus } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Options } from './options.ts';
import { type Command, Participant } from './participant.ts';
import { canDo, missing, type PeerName, peerCommand, startingHint } from './peers.ts';
import type { Assignment, FinishAnswer, MachineAnswer, OursFinishAnswer } from './protocol.ts';
import { limitOf, type Measurement, ratioOf } from './report.ts';
import { median, type Summary, summarize } from './statistics.ts';
import { type Case, inUnit, type Workload } from './workload.ts';

/** Between turns, in milliseconds: threads of some peers go on spinning for as long after their work. */
const PAUSE = 250;

const MOST_TURNS = 1000;

/** The library's own rule. */
export const threadCount = (): number =>
  Number(process.env.LUMBRE_THREADS) || Math.min(availableParallelism(), 8);

const processor = cpus()[0]?.model.trim() ?? 'unknown processor';
const machineName = `${processor}, ${availableParallelism()} cores, Node ${process.versions.node}`;

/** Whoever makes steps, and how long they took. */
class Runner {
  readonly participant: Participant;
  readonly #together: number;
  readonly #milliseconds: number;
  readonly #times: number[] = [];
  readonly #overheads: number[] = [];
  /** Milliseconds of the clock and on the wall that one turn takes. */
  #turnMs = 0;
  #wallMs = 0;
  firstStepMs = 0;
  secondStepMs = 0;

  constructor(participant: Participant, { together = 1 }: Case, { seconds }: Options) {
    this.participant = participant;
    this.#together = together;
    this.#milliseconds = seconds * 1000;
  }

  /** The first two steps, each by itself, and then as many as it takes for engines to be done with optimizing. */
  async warmUp(): Promise<void> {
    this.firstStepMs = await this.#ask(1, 1);
    this.secondStepMs = await this.#ask(1, 1);
    await this.#ask(1, this.#together);
    await this.#ask(this.#turns(), this.#together);
    this.#times.length = 0;
    this.#overheads.length = 0;
  }

  async run(): Promise<void> {
    await this.#ask(this.#turns(), this.#together);
  }

  /** As many as fit, and with all that is done beside the clock, not much more. */
  #turns(): number {
    const fitting = Math.min(this.#milliseconds / this.#turnMs, (2 * this.#milliseconds) / this.#wallMs);
    return Math.min(MOST_TURNS, Math.max(1, Math.round(fitting)));
  }

  async #ask(turns: number, together: number): Promise<number> {
    const start = performance.now();
    const { times, overhead } = await this.participant.ask({ ask: 'steps', turns, together });
    this.#wallMs = (performance.now() - start) / turns;
    this.#turnMs = median(times) * together;
    this.#times.push(...times);
    if (overhead !== undefined) this.#overheads.push(overhead);
    return this.#turnMs / together;
  }

  get times(): Summary {
    return summarize(this.#times);
  }

  get overhead(): number {
    return median(this.#overheads);
  }
}

interface Opponent {
  readonly peer: PeerName;
  readonly runner: Runner;
  finish: FinishAnswer | null;
}

export interface CaseResult {
  readonly measurements: readonly Measurement[];
  /** What went wrong, one line each; empty if nothing did. */
  readonly problems: readonly string[];
  /** What else there is to know. */
  readonly remarks: readonly string[];
}

/** Measures one case: each in a process of its own, all alive at the same time, one at work at a time. */
export class Campaign {
  readonly #workload: Workload;
  readonly #case: Case;
  readonly #options: Options;
  readonly #assignment: Assignment;
  readonly #problems: string[] = [];
  readonly #remarks: string[] = [];
  readonly #participants: Participant[] = [];
  readonly #machineAnswers: MachineAnswer[] = [];

  constructor(workload: Workload, one: Case, options: Options) {
    this.#workload = workload;
    this.#case = one;
    this.#options = options;
    this.#assignment = {
      workload: workload.name,
      case: one.name,
      device: options.device,
      threads: threadCount(),
      sizes: one.sizes,
    };
  }

  /** @throws Error when Lumbre itself fails. What a peer fails at is a problem of its own. */
  async run(): Promise<CaseResult> {
    try {
      const ours = new Runner(await this.#start(this.#ownCommand('ours')), this.#case, this.#options);
      await ours.warmUp();
      // The limit of `wasm`; nothing else has one that is known how to measure, least of all what computes on no device.
      const hasLimit = this.#options.device === 'wasm' && this.#case.unit !== 'MB/s';
      const machine = hasLimit ? await this.#start(this.#ownCommand('machine')) : null;
      let opponents = await this.#startPeers();
      for (let run = 0; run < this.#options.runs; run++) {
        await sleep(PAUSE);
        await ours.run();
        if (machine) this.#machineAnswers.push(await machine.ask({ ask: 'machine' }));
        opponents = await this.#eachOf(opponents, async ({ runner }) => {
          await sleep(PAUSE);
          await runner.run();
        });
      }
      await machine?.close();
      opponents = await this.#eachOf(opponents, async (opponent) => {
        opponent.finish = await opponent.runner.participant.ask({ ask: 'finish' });
        await opponent.runner.participant.close();
      });
      const finish = (await ours.participant.ask({ ask: 'finish' })) as OursFinishAnswer;
      this.#judge(finish);
      const peers = opponents.length > 0 ? opponents : [null];
      return {
        measurements: peers.map((opponent) => this.#measurement(ours, finish, opponent)),
        problems: this.#problems,
        remarks: this.#remarks,
      };
    } finally {
      await Promise.all(this.#participants.map((participant) => participant.close()));
    }
  }

  #ownCommand(program: 'ours' | 'machine'): Command {
    const file = fileURLToPath(new URL(`./${program}.js`, import.meta.url));
    return {
      command: process.execPath,
      arguments: [file, JSON.stringify(this.#assignment)],
      showErrors: true,
    };
  }

  async #start(command: Command): Promise<Participant> {
    const participant = await Participant.start(command);
    this.#participants.push(participant);
    return participant;
  }

  async #startPeers(): Promise<Opponent[]> {
    const opponents: Opponent[] = [];
    for (const peer of this.#options.peers) {
      if (!canDo(peer, this.#workload.name, this.#case.name)) {
        this.#remarks.push(`${this.#label}: ${peer} does not do this`);
        continue;
      }
      const reason = missing(peer);
      if (reason !== null) {
        this.#problems.push(`${this.#label}: ${reason}`);
        continue;
      }
      let participant: Participant;
      try {
        participant = await this.#start(peerCommand(peer, this.#assignment));
      } catch (error) {
        this.#problems.push(
          `${this.#label}: ${peer} could not be started: ${messageOf(error)}\n${startingHint(peer)}`,
        );
        continue;
      }
      opponents.push({ peer, runner: new Runner(participant, this.#case, this.#options), finish: null });
    }
    return this.#eachOf(opponents, ({ runner }) => runner.warmUp());
  }

  /** Those for whom it went well. */
  async #eachOf(
    opponents: readonly Opponent[],
    act: (opponent: Opponent) => Promise<void>,
  ): Promise<Opponent[]> {
    const left: Opponent[] = [];
    for (const opponent of opponents) {
      try {
        await act(opponent);
        left.push(opponent);
      } catch (error) {
        this.#problems.push(`${this.#label}: ${opponent.peer} failed: ${messageOf(error)}`);
        await opponent.runner.participant.close();
      }
    }
    return left;
  }

  get #label(): string {
    return `${this.#workload.name} ${this.#case.name}`;
  }

  #judge({ check }: OursFinishAnswer): void {
    const { what, deviation, tolerance } = check;
    if (deviation <= tolerance) return;
    this.#problems.push(
      `${this.#label}: WRONG RESULTS: ${what}: relative difference ${deviation}, at most ${tolerance} is right`,
    );
  }

  #measurement(ours: Runner, finish: OursFinishAnswer, opponent: Opponent | null): Measurement {
    const { unit } = this.#case;
    const own = ours.times;
    const theirs = opponent?.runner.times;
    const value = (ms: number) => inUnit(this.#case, ms);
    const optional = (ms: number | undefined) => (ms === undefined ? null : value(ms));
    const machine =
      this.#machineAnswers.length === 0
        ? null
        : {
            gflops: median(this.#machineAnswers.map(({ gflops }) => gflops)),
            gigabytes: median(this.#machineAnswers.map(({ gigabytes }) => gigabytes)),
          };
    return {
      workload: this.#workload.name,
      case: this.#case.name,
      device: this.#options.device,
      threads: finish.threads,
      unit,
      median: value(own.median),
      best: value(own.best),
      limit: machine && limitOf(this.#case, own.median, machine),
      peakMB: finish.peakMB,
      firstStepMs: ours.firstStepMs,
      overhead: ours.overhead,
      peer: opponent?.peer ?? null,
      peerMedian: optional(theirs?.median),
      ratio: theirs ? ratioOf(unit, value(own.median), value(theirs.median)) : null,
      worst: value(own.worst),
      spread: own.spread,
      secondStepMs: ours.secondStepMs,
      rssMB: finish.rssMB,
      peakGflops: machine?.gflops ?? null,
      peakGigabytes: machine?.gigabytes ?? null,
      deviation: finish.check.deviation,
      checked: finish.check.what,
      peerName: opponent?.runner.participant.name ?? null,
      peerBest: optional(theirs?.best),
      peerFirstStepMs: opponent?.runner.firstStepMs ?? null,
      peerRssMB: opponent?.finish?.rssMB ?? null,
      machine: machineName,
    };
  }
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
