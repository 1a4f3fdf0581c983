import { memory } from 'lumbre';
import { writeSafetensors } from 'lumbre/hub';
import { configFile, type Recipe } from 'lumbre/recipes';
import {
  decodeCheckpoint,
  encodeCheckpoint,
  type Metric,
  parseMetrics,
  parseSamples,
  RunRecorder,
  runFileNames,
  storeTensors,
  type Task,
  type TextSample,
  type TrainEvent,
  TrainingLoop,
} from 'lumbre/train';
import { ABOUT_FILE, type AboutRun, decodeAbout, encodeAbout } from './about.ts';
import { configOf, type GptConfig, learnsStories, readConfig } from './config.ts';
import type { RunFolder } from './files.ts';
import { type PreparedGpt, prepare } from './prepare.ts';
import { LaboratoryError, type Problem, problemOf } from './problem.ts';
import { Reader } from './reader.ts';
import { type LabRecipe, storyPrompts } from './recipe.ts';
import { fileNameOf, firstWords, readText, storiesText } from './text.ts';
import { type Branch, growTree } from './tree.ts';
import { contextOf, writeSample } from './writing.ts';

export type Point = readonly [step: number, loss: number];

/** The scores of what comes next after a text. */
export interface NextScores {
  readonly text: string;
  readonly step: number;
  readonly logits: Float32Array;
}

export type RunState = 'paused' | 'training' | 'finished' | 'failed';

/** What has changed since the last time that the page was told. */
export interface Update {
  readonly state: RunState;
  readonly step: number;
  readonly train: readonly Point[];
  readonly validation: readonly Point[];
  readonly samples: readonly TextSample[];
  /** Tokens a second; 0 until it is known. */
  readonly rate: number;
  readonly secondsLeft: number;
  /** Bytes that tensors hold now, and held at most. */
  readonly memory: { readonly live: number; readonly peak: number };
  /** The step that is on the disk. */
  readonly savedStep: number | null;
  readonly next: NextScores | null;
  readonly problem: Problem | null;
}

/** What does not change while a run is open. */
export interface RunFacts {
  readonly about: AboutRun;
  readonly config: GptConfig;
  readonly recipe: string;
  readonly parameters: number;
  /** What each token is written as. */
  readonly vocabulary: readonly string[];
  readonly byCharacter: boolean;
}

/** Messages to the page, in milliseconds from one to the next at least. */
const PACE = 150;
/** What comes next is read anew so often while the model learns, in milliseconds. */
const READING = 1000;
/** How much is lost at most when a tab is closed in the middle, in milliseconds; where saving takes long, a little more. */
const SAVING = 8000;
/** Saving takes no more than this share of the time. */
const SAVING_SHARE = 0.03;

/** The text that a run learns from; null where its recipe makes it. */
async function textOf(folder: RunFolder, about: AboutRun | null, config: GptConfig): Promise<string | null> {
  const name = about?.textFile ?? (config.data.name.split(/[/\\]/).at(-1) as string);
  const bytes = await folder.read(name);
  return bytes && readText(bytes);
}

/**
 * One training in the laboratory. It keeps the folder that `lumbre train` keeps, by the same code: what it leaves at any time
 * can be taken up there, and what was begun there is taken up here.
 */
export class Session {
  readonly facts: RunFacts;
  readonly folder: RunFolder;
  readonly #prepared: PreparedGpt;
  readonly #loop: TrainingLoop;
  readonly #recorder: RunRecorder;
  readonly #reader: Reader;
  #tell: (update: Update) => unknown = () => {};
  #toTell: { train: Point[]; validation: Point[]; samples: TextSample[] };
  #state: RunState = 'paused';
  #problem: Problem | null = null;
  #rate = 0;
  #secondsLeft = 0;
  #savedStep: number | null;
  #savedAt = performance.now();
  #patience = SAVING;
  #toldAt = 0;
  #telling = false;
  #measured: boolean;
  #watched: { text: string; context: number[] } | null = null;
  #next: NextScores | null = null;
  #nextAt = 0;
  #wantsSaving = false;
  /** A pause that comes while the first measurement is made, before there are steps. */
  #stopping = false;
  /** Whether something has happened that the page does not know. */
  #untold = false;
  #running: Promise<void> | null = null;
  /** What waits for the end of a step, or for whatever else uses the model. */
  #jobs: (() => Promise<void>)[] = [];
  #working: Promise<void> = Promise.resolve();

  private constructor(
    folder: RunFolder,
    recipe: Recipe,
    about: AboutRun,
    prepared: PreparedGpt,
    past: { metrics: readonly Metric[]; samples: readonly TextSample[]; savedStep: number | null },
  ) {
    const { task, config, tokenizer, model } = prepared;
    this.folder = folder;
    this.#prepared = prepared;
    this.#reader = new Reader(model);
    this.#loop = new TrainingLoop(this.#withSamples(task, about, recipe), config.train);
    this.#recorder = new RunRecorder(folder, () => Promise.reject(new Error('A text has no pictures.')));
    this.#savedStep = past.savedStep;
    const points = (part: 'train' | 'validation') =>
      past.metrics.flatMap((metric): Point[] => {
        const figures =
          part === 'train' ? 'train' in metric && metric.train : 'validation' in metric && metric.validation;
        return figures && typeof figures.loss === 'number' ? [[metric.step, figures.loss]] : [];
      });
    this.#toTell = { train: points('train'), validation: points('validation'), samples: [...past.samples] };
    this.#measured = this.#toTell.validation.length > 0;
    this.facts = {
      about,
      config,
      recipe: recipe.name,
      parameters: model.parameters().reduce((sum, { size }) => sum + size, 0),
      vocabulary: Array.from({ length: tokenizer.vocabSize }, (_, id) => tokenizer.decode([id])),
      byCharacter: tokenizer.toJSON().type === 'char',
    };
  }

  /**
   * Begins a run in an empty folder.
   * @param ownText the learner's, or one of the server's
   */
  static async begin(
    folder: RunFolder,
    name: string,
    lab: LabRecipe,
    ownText: string | null,
  ): Promise<Session> {
    const makesText = learnsStories(lab);
    const text =
      lab.data.kind === 'stories' && !makesText ? storiesText(lab.data.language) : makesText ? null : ownText;
    const textFile = makesText ? null : `${fileNameOf(name)}.txt`;
    const { recipe, config } = configOf(lab, textFile ?? '');
    const prepared = await prepare(recipe, config, text);
    try {
      const { data, prompt, sampleSeed } = lab;
      contextOf(prepared.tokenizer, prompt);
      const about: AboutRun = { format: 1, name, created: Date.now(), textFile, data, prompt, sampleSeed };
      if (textFile !== null && text !== null) await folder.write(textFile, text);
      await folder.write(ABOUT_FILE, encodeAbout(about));
      const session = new Session(folder, recipe, about, prepared, {
        metrics: [],
        samples: [],
        savedStep: null,
      });
      await session.#recorder.begin(configFile(recipe, prepared.config), prepared.files);
      return session;
    } catch (error) {
      prepared.task.dispose();
      throw error;
    }
  }

  /**
   * Takes up a run where its checkpoint left it, whoever made it.
   * @param name what to call it when it comes from the command line
   * @throws LaboratoryError when its text is missing; the errors of damaged files
   */
  static async open(folder: RunFolder, name = 'GPT'): Promise<Session> {
    const configBytes = await folder.read(runFileNames.config);
    if (!configBytes) throw new LaboratoryError('notRun');
    const { recipe, config } = readConfig(JSON.parse(new TextDecoder().decode(configBytes)));
    const known = decodeAbout(await folder.read(ABOUT_FILE));
    const text = await textOf(folder, known, config);
    const prepared = await prepare(recipe, config, text);
    try {
      const about = known ?? {
        format: 1,
        name,
        created: Date.now(),
        textFile: text === null ? null : (config.data.name.split(/[/\\]/).at(-1) as string),
        data: text === null ? { kind: 'stories', language: config.data.language ?? 'es' } : { kind: 'own' },
        prompt: text === null ? storyPrompts[config.data.language ?? 'es'] : firstWords(text),
        sampleSeed: 7,
      };
      const checkpoint = await folder.read(runFileNames.checkpoint);
      const decoded = checkpoint && decodeCheckpoint(checkpoint);
      const step = decoded?.loop.step ?? 0;
      const read = async (file: string) => new TextDecoder().decode((await folder.read(file)) ?? undefined);
      const session = new Session(folder, recipe, about as AboutRun, prepared, {
        metrics: parseMetrics(await read(runFileNames.metrics), step),
        samples: parseSamples(await read(runFileNames.samples)).filter((sample) => sample.step <= step),
        savedStep: decoded ? step : null,
      });
      if (decoded) session.#loop.restore(decoded);
      await session.#recorder.resume(step);
      if (session.#loop.finished) session.#state = 'finished';
      return session;
    } catch (error) {
      prepared.task.dispose();
      throw error;
    }
  }

  /** The task with samples that all begin alike and are drawn alike, so that they can be compared. */
  #withSamples(task: Task, { prompt, sampleSeed: seed }: AboutRun, recipe: Recipe): Task {
    const { model, tokenizer, config } = this.#prepared;
    const endsAtLine = recipe.name === 'stories' || config.data.lines === true;
    return {
      parts: task.parts,
      pace: task.pace,
      watched: task.watched,
      fingerprint: task.fingerprint,
      published: () => task.published(),
      step: (progress) => task.step(progress),
      evaluate: () => (task.evaluate as () => ReturnType<NonNullable<Task['evaluate']>>)(),
      sample: async () => {
        model.eval();
        return { kind: 'text', text: await writeSample(model, tokenizer, { prompt, seed, endsAtLine }) };
      },
      dispose: () => task.dispose(),
    };
  }

  get step(): number {
    return this.#loop.step;
  }

  get state(): RunState {
    return this.#state;
  }

  /** Who is told of what happens; all that there is is told at once. */
  listen(tell: (update: Update) => unknown): void {
    this.#tell = tell;
    this.#toldAt = 0;
    this.#tellNow();
  }

  #tellNow(): void {
    // One message at a time is under way: a page that is busy is not given more of them.
    if (this.#telling) return;
    this.#toldAt = performance.now();
    const use = memory(this.#prepared.model.device);
    const update: Update = {
      state: this.#state,
      step: this.#loop.step,
      ...this.#toTell,
      rate: this.#rate,
      secondsLeft: this.#secondsLeft,
      memory: { live: use.liveBytes, peak: use.peakBytes },
      savedStep: this.#savedStep,
      next: this.#next,
      problem: this.#problem,
    };
    this.#toTell = { train: [], validation: [], samples: [] };
    this.#next = null;
    this.#telling = true;
    void Promise.resolve(this.#tell(update)).finally(() => {
      this.#telling = false;
      // What was not told meanwhile, because this was under way, and what nothing later would tell.
      if (this.#untold && this.#state !== 'training') this.#tellNow();
    });
    this.#untold = false;
  }

  /** Tells the page, unless it has just been told. */
  #tellSoon(now = false): void {
    this.#untold = true;
    if (now || performance.now() - this.#toldAt >= PACE) this.#tellNow();
  }

  /** Makes so many steps, or all that are left. Resolves when it has begun. */
  async start(steps = Number.POSITIVE_INFINITY): Promise<void> {
    if (this.#running || this.#state === 'finished') return;
    for (let working: unknown; working !== this.#working; ) {
      working = this.#working;
      await working;
    }
    if (this.#running) return;
    this.#state = 'training';
    this.#stopping = false;
    this.#problem = null;
    this.#savedAt = performance.now();
    this.#tellSoon(true);
    this.#running = this.#train(this.#loop.step + steps);
  }

  /** Ends after the step that is being made, with everything saved. */
  async pause(): Promise<void> {
    this.#stopping = true;
    this.#loop.stop();
    await this.#running;
  }

  /** Resolves when the steps that were asked for are made. */
  async ended(): Promise<void> {
    await this.#running;
  }

  async #train(until: number): Promise<void> {
    try {
      if (!this.#measured) await this.#measureBefore();
      const end = this.#stopping ? 'stopped' : await this.#loop.run((event) => this.#hear(event, until));
      this.#state = end === 'finished' ? 'finished' : 'paused';
    } catch (error) {
      this.#problem = problemOf(error);
      this.#state = 'failed';
    }
    this.#running = null;
    await this.#doJobs();
    await this.#readWatched();
    this.#tellSoon(true);
  }

  /** How it does before it has learned anything: the first point of the curve, and the first of what it writes. */
  async #measureBefore(): Promise<void> {
    const { task } = this.#loop;
    const metrics = (await task.evaluate?.()) ?? {};
    await this.#hear({ type: 'validation', step: 0, metrics, best: false }, Number.POSITIVE_INFINITY);
    const sample = await task.sample?.({ step: 0, steps: this.#loop.config.steps, fraction: 0 });
    if (sample) await this.#hear({ type: 'sample', step: 0, sample }, Number.POSITIVE_INFINITY);
    this.#measured = true;
  }

  async #hear(event: TrainEvent, until: number): Promise<void> {
    await this.#recorder.record(event);
    switch (event.type) {
      case 'step':
        this.#toTell.train.push([event.step, event.metrics.loss as number]);
        this.#rate = event.rate;
        this.#secondsLeft = event.secondsLeft;
        if (event.step >= until) this.#loop.stop();
        await this.#doJobs();
        if (this.#wantsSaving || performance.now() - this.#savedAt > this.#patience) await this.#save();
        if (performance.now() - this.#nextAt > READING) await this.#readWatched();
        break;
      case 'validation':
        this.#toTell.validation.push([event.step, event.metrics.loss as number]);
        break;
      case 'sample':
        if (event.sample.kind === 'text')
          this.#toTell.samples.push({ step: event.step, text: event.sample.text });
        break;
      case 'checkpoint':
        this.#savedStep = event.step;
        this.#savedAt = performance.now();
        this.#wantsSaving = false;
        break;
    }
    this.#tellSoon();
  }

  /** Writes a checkpoint of this very step. */
  async #save(): Promise<void> {
    const began = performance.now();
    const bytes = encodeCheckpoint(await this.#loop.checkpoint());
    const weights = writeSafetensors(await storeTensors(this.#loop.task.published()));
    const { step } = this.#loop;
    await this.#recorder.record({ type: 'checkpoint', step, bytes, weights });
    this.#savedStep = step;
    this.#savedAt = performance.now();
    this.#patience = Math.max(SAVING, (this.#savedAt - began) / SAVING_SHARE);
    this.#wantsSaving = false;
  }

  /** Saves as soon as the step that is being made is done: before a tab is hidden, and before a run is handed out. */
  async save(): Promise<number> {
    if (this.#savedStep === this.#loop.step && !this.#running) return this.#loop.step;
    this.#wantsSaving = true;
    return this.#between(async () => {
      if (this.#savedStep !== this.#loop.step) await this.#save();
      this.#tellSoon(true);
      return this.#loop.step;
    });
  }

  /** Does something with the model between two steps. */
  #between<T>(job: () => Promise<T>): Promise<T> {
    const result = new Promise<T>((resolve, reject) => {
      this.#jobs.push(() => job().then(resolve, reject));
    });
    if (!this.#running) void this.#doJobs();
    return result;
  }

  #doJobs(): Promise<void> {
    this.#working = this.#working.then(async () => {
      for (let job = this.#jobs.shift(); job; job = this.#jobs.shift()) await job();
    });
    return this.#working;
  }

  async #readWatched(): Promise<void> {
    if (!this.#watched) return;
    const { text, context } = this.#watched;
    const [logits] = await this.#reader.next([context]);
    this.#next = { text, step: this.#loop.step, logits: logits as Float32Array };
    this.#nextAt = performance.now();
  }

  /**
   * What the model expects after a text: now, and from now on whenever the page is told something.
   * @throws LaboratoryError for a character that it does not know
   */
  async watch(text: string): Promise<void> {
    const context = contextOf(this.#prepared.tokenizer, text);
    this.#watched = { text, context };
    await this.#between(() => this.#readWatched());
    this.#tellSoon(true);
  }

  /** Where a text may go. @throws LaboratoryError for a character that the model does not know */
  tree(text: string): Promise<Branch[]> {
    const { tokenizer } = this.#prepared;
    const context = contextOf(tokenizer, text);
    return this.#between(() => growTree(tokenizer, context, (contexts) => this.#reader.next(contexts)));
  }

  /** Calls the run by another name. */
  async rename(name: string): Promise<void> {
    const about = { ...this.facts.about, name };
    await this.folder.write(ABOUT_FILE, encodeAbout(about));
  }

  async dispose(): Promise<void> {
    await this.pause();
    await this.#working;
    this.#reader.dispose();
    this.#loop.task.dispose();
  }
}
