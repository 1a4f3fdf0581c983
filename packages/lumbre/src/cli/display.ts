import { type Metric, type Metrics, type Sample, sampleFile, type TrainEvent } from '../train/index.ts';
import { drawLossChart, glyphs, type Point } from './chart.ts';
import { figureName } from './figureName.ts';
import { type Context, type Loudness, printable, wrap } from './io.ts';
import { LiveArea } from './liveArea.ts';
import { showSheet } from './pictures.ts';

/** Shows a training as it goes. */
export interface TrainingView {
  /** What came before, when a run goes on. */
  recall(metrics: readonly Metric[]): void;
  event(event: TrainEvent): void;
  /** A line of text now, such as that Ctrl-C was heard. */
  notice(text: string): void;
  /** Leaves the last state standing. */
  end(): void;
}

export interface TrainingViewOptions {
  /** The last step. */
  readonly steps: number;
  /** When the first sample comes, if one does. */
  readonly firstSample: number | undefined;
  /** The figure that the chart shows. */
  readonly watched: string;
}

/** At most ten pictures a second: more is only flicker. */
const FRAME_MS = 100;
/** Where there is no picture, a line every few seconds. */
const LINE_MS = 5000;
/** The loss that is shown is the mean of the last steps: one batch alone says little. */
const SMOOTHED_STEPS = 20;
const WIDEST = 100;
const SAMPLE_LINES = 6;
const PICTURE_LINES = 14;

/** What a figure is called in the user's language. */
const labelOf = (metric: string, { messages }: Context): string => figureName(metric, messages);

/** A sample as lines: a text as a quotation, a picture in blocks where there are colours. */
function drawSample(sample: Sample, context: Context, width: number): string[] {
  const { theme, messages } = context;
  if (sample.kind === 'midi') return [theme.muted(messages.sampleOfMusic)];
  if (sample.kind === 'image') {
    const rows = showSheet(sample.picture, context, { columns: width, rows: PICTURE_LINES });
    return rows.length > 0 ? rows : [theme.muted(messages.sampleOfImages)];
  }
  const text = wrap(printable(sample.text).trim(), width - 2);
  const shown = text.length > SAMPLE_LINES ? [...text.slice(0, SAMPLE_LINES - 1), '…'] : text;
  return shown.map((line) => `${theme.ember('▎')} ${line}`);
}

/** What a view remembers of a training. */
class Progress {
  readonly training: Point[] = [];
  readonly validation: Point[] = [];
  latest: Extract<TrainEvent, { type: 'step' }> | undefined;
  sample: { readonly step: number; readonly sample: Sample } | undefined;
  readonly #watched: string;
  /** The figures of the last steps. */
  readonly #recent: Metrics[] = [];

  constructor(watched: string) {
    this.#watched = watched;
  }

  /** What is charted: the figure that is watched, wherever it is measured. */
  #point(points: Point[], step: number, metrics: Metrics): void {
    const loss = metrics[this.#watched];
    if (loss !== undefined) points.push({ step, loss });
  }

  recall(metrics: readonly Metric[]): void {
    for (const metric of metrics) {
      if ('train' in metric) this.#point(this.training, metric.step, metric.train);
      else this.#point(this.validation, metric.step, metric.validation);
    }
  }

  add(event: TrainEvent): void {
    if (event.type === 'step') {
      this.latest = event;
      this.#recent.push(event.metrics);
      if (this.#recent.length > SMOOTHED_STEPS) this.#recent.shift();
      this.#point(this.training, event.step, event.metrics);
    } else if (event.type === 'validation') {
      this.#point(this.validation, event.step, event.metrics);
    } else if (event.type === 'sample') {
      this.sample = event;
    }
  }

  /**
   * What the last steps gave: the mean of the figure that is watched or, where steps do not give that, as those of a GAN,
   * of their first two.
   */
  figures(): [name: string, value: number][] {
    const names = Object.keys(this.#recent.at(-1) ?? {});
    const shown = names.includes(this.#watched) ? [this.#watched] : names.slice(0, 2);
    const mean = (name: string) =>
      this.#recent.reduce((sum, metrics) => sum + (metrics[name] ?? 0), 0) / this.#recent.length;
    return shown.map((name) => [name, mean(name)]);
  }
}

/** A picture that is drawn over and over in one place of a terminal. */
class LiveView implements TrainingView {
  readonly #context: Context;
  readonly #options: TrainingViewOptions;
  readonly #progress: Progress;
  readonly #area: LiveArea;
  #drawn = Number.NEGATIVE_INFINITY;
  readonly #label: string;
  #notice: string;
  #ended = false;

  constructor(context: Context, options: TrainingViewOptions) {
    this.#context = context;
    this.#options = options;
    this.#progress = new Progress(options.watched);
    this.#label = labelOf(options.watched, context);
    this.#notice = context.messages.interruptHint;
    this.#area = new LiveArea(context.output);
    this.#draw();
  }

  recall(metrics: readonly Metric[]): void {
    this.#progress.recall(metrics);
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
    const sampleLines = sample?.sample.kind === 'image' ? PICTURE_LINES : SAMPLE_LINES;
    const height = Math.min(18, (output.rows ?? 24) - sampleLines - 9);
    const chart = drawLossChart(
      { training, validation, steps: this.#options.steps, width, height },
      theme,
      format,
    );
    const lines = [''];
    if (chart.length > 0) {
      const legend = `${theme.glow(glyphs.tip)} ${messages.trainingLegend}   ${theme.second(glyphs.validation)} ${messages.validationLegend}`;
      lines.push(`${theme.strong(messages.chartTitle(this.#label))}   ${theme.muted(legend)}`, ...chart, '');
    }
    lines.push(...this.#figures(width), '');
    if (sample) {
      lines.push(theme.muted(messages.sampleAt(format.integer(sample.step))));
      lines.push(...drawSample(sample.sample, this.#context, width));
    } else if (!this.#ended && this.#options.firstSample !== undefined) {
      lines.push(theme.muted(messages.firstSampleAt(format.integer(this.#options.firstSample))));
    }
    if (!this.#ended) lines.push('', ...wrap(this.#notice, width).map(theme.muted));
    return lines.map((line) => (line === '' ? '' : `  ${line}`));
  }

  #figures(width: number): string[] {
    const { theme, messages, format } = this.#context;
    const { latest, validation } = this.#progress;
    if (!latest) return [theme.ember(messages.preparing)];
    const { step, steps, rate, unit, secondsLeft } = latest;
    const bar = Math.min(40, width - 30);
    const done = Math.round((step / steps) * (bar - 1));
    const line =
      bar < 8
        ? ''
        : `${theme.ember('━'.repeat(done))}${theme.glow('●')}${theme.ash('─'.repeat(bar - 1 - done))} `;
    const figure = (label: string, value: string) => `${theme.muted(label)} ${theme.strong(value)}`;
    const figures = this.#progress
      .figures()
      .map(([name, value]) => figure(labelOf(name, this.#context), format.number(value, 3)));
    const lastValidation = validation.at(-1);
    if (lastValidation) {
      figures.push(
        `${theme.second(glyphs.validation)} ${figure(messages.validation, format.number(lastValidation.loss, 3))}`,
      );
    }
    if (rate > 0) {
      figures.push(`${theme.strong(format.integer(rate))} ${theme.muted(messages.perSecond[unit])}`);
      if (!this.#ended) figures.push(theme.muted(messages.left(format.duration(secondsLeft))));
    }
    const counted = `${messages.step} ${format.integer(step)} ${messages.of} ${format.integer(steps)}`;
    return [`${line}${counted} ${theme.muted(format.percent(step / steps))}`, figures.join('   ')];
  }
}

/** A line now and then, for files and pipes. */
class PlainView implements TrainingView {
  readonly #context: Context;
  readonly #watched: string;
  readonly #progress: Progress;
  #written = performance.now();

  constructor(context: Context, options: TrainingViewOptions) {
    this.#context = context;
    this.#progress = new Progress(options.watched);
    this.#watched = options.watched;
  }

  recall(): void {}

  event(event: TrainEvent): void {
    this.#progress.add(event);
    const { messages, format } = this.#context;
    const { sample } = this.#progress;
    const figures = () =>
      this.#progress
        .figures()
        .map(([name, value]) => `${labelOf(name, this.#context)} ${format.number(value, 3)}`);
    if (event.type === 'step') {
      const due = event.step === 1 || performance.now() - this.#written >= LINE_MS;
      if (!due) return;
      const parts = [
        `${messages.step} ${format.integer(event.step)} ${messages.of} ${format.integer(event.steps)}`,
        ...figures(),
      ];
      if (event.rate > 0) {
        parts.push(`${format.integer(event.rate)} ${messages.perSecond[event.unit]}`);
        parts.push(messages.left(format.duration(event.secondsLeft)));
      }
      this.#write(parts.join(' · '));
    } else if (event.type === 'validation') {
      const parts = [
        `${messages.step} ${format.integer(event.step)}`,
        ...figures(),
        ...Object.entries(event.metrics).map(([name, value]) => {
          const label = name === this.#watched ? messages.validation : labelOf(name, this.#context);
          return `${label} ${format.number(value, 3)}`;
        }),
      ];
      this.#write(parts.join(' · '));
    } else if (event.type === 'sample' && sample) {
      this.#write(`${messages.sampleAt(format.integer(sample.step))}:`);
      for (const line of drawSample(sample.sample, this.#context, 96)) this.#write(`  ${line}`);
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

  constructor(context: Context) {
    this.#context = context;
  }

  recall(): void {}

  event(event: TrainEvent): void {
    if (event.type === 'sample') {
      const { step, sample } = event;
      this.#write({
        type: event.type,
        step,
        kind: sample.kind,
        ...(sample.kind === 'text' && { text: sample.text }),
        ...(sample.kind === 'image' && { file: sampleFile(step, 'png') }),
        ...(sample.kind === 'midi' && { file: sampleFile(step, 'mid') }),
      });
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
  if (loudness === 'json') return new JsonView(context);
  const dumb = context.environment.TERM === 'dumb';
  return context.output.isTTY && !dumb ? new LiveView(context, options) : new PlainView(context, options);
}
