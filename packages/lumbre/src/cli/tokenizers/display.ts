import type { TrainingProgress } from '../../tokenizers/index.ts';
import type { Context } from '../io.ts';
import { LiveArea } from '../liveArea.ts';

const BAR = 24;
/** Without a terminal, a line for as many seconds, and one for each stage. */
const LINE_SECONDS = 5;

const unitOf = {
  words: 'characters',
  pairs: 'words',
  merges: 'tokens',
} as const satisfies Partial<Record<TrainingProgress['stage'], string>>;

/** Shows how far a tokenizer's training has come: a bar on a terminal, a line now and then elsewhere. */
export class TokenizerDisplay {
  readonly #context: Context;
  readonly #area: LiveArea | undefined;
  #stage = '';
  #written = 0;

  constructor(context: Context) {
    this.#context = context;
    if (context.output.isTTY && context.environment.TERM !== 'dumb')
      this.#area = new LiveArea(context.output);
  }

  show(progress: TrainingProgress): void {
    if (this.#area) {
      this.#area.draw([this.#bar(progress)]);
      return;
    }
    const { output, messages } = this.#context;
    const { stage, done, total, seconds } = progress;
    const isNew = stage !== this.#stage;
    if (!isNew && seconds - this.#written < LINE_SECONDS) return;
    this.#stage = stage;
    this.#written = isNew ? 0 : seconds;
    const label = messages.tokenizerStages[stage];
    output.write(
      `${[label, ...(done > 0 && total ? [this.#share(done, total)] : []), ...this.#speed(progress)].join(' · ')}\n`,
    );
  }

  /** Leaves what was drawn last. */
  done(): void {
    this.#area?.done();
  }

  #share(done: number, total: number): string {
    return this.#context.format.percent(Math.min(1, done / total));
  }

  #speed({ stage, done, rate, secondsLeft }: TrainingProgress): string[] {
    const { format, messages } = this.#context;
    if (done === 0 || rate === 0) return [];
    const parts: string[] = [];
    if (stage in unitOf) {
      const unit = unitOf[stage as keyof typeof unitOf];
      parts.push(`${format.integer(rate)} ${messages.tokenizerRate[unit]}`);
    }
    if (secondsLeft) parts.push(messages.left(format.duration(secondsLeft)));
    return parts;
  }

  #bar(progress: TrainingProgress): string {
    const { theme, messages } = this.#context;
    const { stage, done, total } = progress;
    const width = Math.max(...Object.values(messages.tokenizerStages).map((label) => label.length));
    const label = messages.tokenizerStages[stage].padEnd(width);
    const speed = theme.muted(this.#speed(progress).join('  '));
    if (!total) return `  ${label}  ${speed}`.trimEnd();
    const full = Math.round(Math.min(1, done / total) * BAR);
    const bar = theme.ember('━'.repeat(full)) + theme.ash('━'.repeat(BAR - full));
    return `  ${label}  ${bar}  ${this.#share(done, total)}  ${speed}`.trimEnd();
  }
}
