import type { TrainEvent } from '../train/index.ts';
import { drawLossChart, glyphs, type Point } from './chart.ts';
import { type Context, type Loudness, printable, wrap } from './io.ts';
import { LiveArea } from './liveArea.ts';

/** Shows a training as it goes. */
export interface TrainingView {
  /** What came before, when a run goes on. */
  recall(training: readonly Point[], validation: readonly Point[]): void;
  event(event: TrainEvent): void;
  /** A line of text now, such as that Ctrl-C was heard. */
  notice(text: string): void;
  /** Leaves the last state standing. */
  end(): void;
}

export interface TrainingViewOptions {
  /** The last step. */
  readonly steps: number;
  /** When the first sample comes. */
  readonly firstSample: number;
  readonly decode: (tokens: readonly number[]) => string;
}

/** At most ten pictures a second: more is only flicker. */
const FRAME_MS = 100;
/** Where there is no picture, a line every few seconds. */
const LINE_MS = 5000;
/** The loss that is shown is the mean of the last steps: one batch alone says little. */
const SMOOTHED_STEPS = 20;
const WIDEST = 100;
const SAMPLE_LINES = 6;

/** What a view remembers of a training. */
class Progress {
  readonly training: Point[] = [];
  readonly validation: Point[] = [];
  latest: Extract<TrainEvent, { type: 'step' }> | undefined;
  sample: { readonly step: number; readonly text: string } | undefined;
  readonly #decode: (tokens: readonly number[]) => string;

  constructor(decode: (tokens: readonly number[]) => string) {
    this.#decode = decode;
  }

  add(event: TrainEvent): void {
    if (event.type === 'step') {
      this.latest = event;
      this.training.push(event);
    } else if (event.type === 'validation') {
      this.validation.push(event);
    } else if (event.type === 'sample') {
      this.sample = { step: event.step, text: printable(this.#decode(event.tokens)).trim() };
    }
  }

  get loss(): number | undefined {
    const last = this.training.slice(-SMOOTHED_STEPS);
    return last.length > 0 ? last.reduce((sum, { loss }) => sum + loss, 0) / last.length : undefined;
  }
}

/** A picture that is drawn over and over in one place of a terminal. */
class LiveView implements TrainingView {
  readonly #context: Context;
  readonly #options: TrainingViewOptions;
  readonly #progress: Progress;
  readonly #area: LiveArea;
  #drawn = Number.NEGATIVE_INFINITY;
  #notice: string;
  #ended = false;

  constructor(context: Context, options: TrainingViewOptions) {
    this.#context = context;
    this.#options = options;
    this.#progress = new Progress(options.decode);
    this.#notice = context.messages.interruptHint;
    this.#area = new LiveArea(context.output);
    this.#draw();
  }

  recall(training: readonly Point[], validation: readonly Point[]): void {
    this.#progress.training.push(...training);
    this.#progress.validation.push(...validation);
    this.#draw();
  }

  event(event: TrainEvent): void {
    this.#progress.add(event);
    if (event.type !== 'step' || performance.now() - this.#drawn >= FRAME_MS) this.#draw();
  }

  notice(text: string): void {
    this.#notice = text;
    this.#draw();
  }

  end(): void {
    this.#ended = true;
    this.#draw();
    this.#area.done();
  }

  #draw(): void {
    this.#drawn = performance.now();
    this.#area.draw(this.#frame());
  }

  #frame(): string[] {
    const { output, theme, messages, format } = this.#context;
    const { training, validation, sample } = this.#progress;
    const width = Math.min(WIDEST, (output.columns ?? 80) - 4);
    // The rest of the picture has about 14 lines; the last line of a terminal stays free.
    const height = Math.min(18, (output.rows ?? 24) - SAMPLE_LINES - 9);
    const chart = drawLossChart(
      { training, validation, steps: this.#options.steps, width, height },
      theme,
      format,
    );
    const lines = [''];
    if (chart.length > 0) {
      const legend = `${theme.glow(glyphs.tip)} ${messages.trainingLegend}   ${theme.second(glyphs.validation)} ${messages.validationLegend}`;
      lines.push(`${theme.strong(messages.chartTitle)}   ${theme.muted(legend)}`, ...chart, '');
    }
    lines.push(...this.#figures(width), '');
    if (sample) {
      lines.push(theme.muted(messages.sampleAt(format.integer(sample.step))));
      const text = wrap(sample.text, width - 2);
      const shown = text.length > SAMPLE_LINES ? [...text.slice(0, SAMPLE_LINES - 1), '…'] : text;
      lines.push(...shown.map((line) => `${theme.ember('▎')} ${line}`));
    } else if (!this.#ended) {
      lines.push(theme.muted(messages.firstSampleAt(format.integer(this.#options.firstSample))));
    }
    if (!this.#ended) lines.push('', ...wrap(this.#notice, width).map(theme.muted));
    return lines.map((line) => (line === '' ? '' : `  ${line}`));
  }

  #figures(width: number): string[] {
    const { theme, messages, format } = this.#context;
    const { latest, validation, loss } = this.#progress;
    if (!latest || loss === undefined) return [theme.ember(messages.preparing)];
    const { step, steps, tokensPerSecond, secondsLeft } = latest;
    const bar = Math.min(40, width - 30);
    const done = Math.round((step / steps) * (bar - 1));
    const line =
      bar < 8
        ? ''
        : `${theme.ember('━'.repeat(done))}${theme.glow('●')}${theme.ash('─'.repeat(bar - 1 - done))} `;
    const figure = (label: string, value: string) => `${theme.muted(label)} ${theme.strong(value)}`;
    const figures = [figure(messages.loss, format.number(loss, 3))];
    const lastValidation = validation.at(-1);
    if (lastValidation) {
      figures.push(
        `${theme.second(glyphs.validation)} ${figure(messages.validation, format.number(lastValidation.loss, 3))}`,
      );
    }
    if (tokensPerSecond > 0) {
      figures.push(
        `${theme.strong(format.integer(tokensPerSecond))} ${theme.muted(messages.tokensPerSecond)}`,
      );
      if (!this.#ended) figures.push(theme.muted(messages.left(format.duration(secondsLeft))));
    }
    const counted = `${messages.step} ${format.integer(step)} ${messages.of} ${format.integer(steps)}`;
    return [`${line}${counted} ${theme.muted(format.percent(step / steps))}`, figures.join('   ')];
  }
}

/** A line now and then, for files and pipes. */
class PlainView implements TrainingView {
  readonly #context: Context;
  readonly #progress: Progress;
  #written = performance.now();

  constructor(context: Context, options: TrainingViewOptions) {
    this.#context = context;
    this.#progress = new Progress(options.decode);
  }

  recall(): void {}

  event(event: TrainEvent): void {
    this.#progress.add(event);
    const { messages, format } = this.#context;
    const { latest, loss = Number.NaN, sample } = this.#progress;
    if (event.type === 'step') {
      const due = event.step === 1 || performance.now() - this.#written >= LINE_MS;
      if (!due || !latest) return;
      const parts = [
        `${messages.step} ${format.integer(event.step)} ${messages.of} ${format.integer(event.steps)}`,
        `${messages.loss} ${format.number(loss, 3)}`,
      ];
      if (event.tokensPerSecond > 0) {
        parts.push(`${format.integer(event.tokensPerSecond)} ${messages.tokensPerSecond}`);
        parts.push(messages.left(format.duration(event.secondsLeft)));
      }
      this.#write(parts.join(' · '));
    } else if (event.type === 'validation') {
      const parts = [
        `${messages.step} ${format.integer(event.step)}`,
        `${messages.loss} ${format.number(loss, 3)}`,
        `${messages.validation} ${format.number(event.loss, 3)}`,
      ];
      this.#write(parts.join(' · '));
    } else if (event.type === 'sample' && sample) {
      this.#write(`${messages.sampleAt(format.integer(sample.step))}:`);
      for (const line of wrap(sample.text, 96)) this.#write(`  ${line}`);
    }
  }

  notice(text: string): void {
    this.#write(text);
  }

  end(): void {}

  #write(line: string): void {
    this.#written = performance.now();
    this.#context.output.write(`${line}\n`);
  }
}

/** One JSON object a line for each event. */
class JsonView implements TrainingView {
  readonly #context: Context;
  readonly #decode: TrainingViewOptions['decode'];

  constructor(context: Context, { decode }: TrainingViewOptions) {
    this.#context = context;
    this.#decode = decode;
  }

  recall(): void {}

  event(event: TrainEvent): void {
    if (event.type === 'sample') {
      this.#write({ type: event.type, step: event.step, text: this.#decode(event.tokens) });
    } else if (event.type === 'checkpoint') {
      this.#write({ type: event.type, step: event.step });
    } else {
      this.#write(event);
    }
  }

  notice(): void {}

  end(): void {}

  #write(value: object): void {
    this.#context.output.write(`${JSON.stringify(value)}\n`);
  }
}

const silent: TrainingView = { recall() {}, event() {}, notice() {}, end() {} };

/** The view that suits how much is to be said and where it goes. */
export function openTrainingView(
  context: Context,
  loudness: Loudness,
  options: TrainingViewOptions,
): TrainingView {
  if (loudness === 'quiet') return silent;
  if (loudness === 'json') return new JsonView(context, options);
  const dumb = context.environment.TERM === 'dumb';
  return context.output.isTTY && !dumb ? new LiveView(context, options) : new PlainView(context, options);
}
